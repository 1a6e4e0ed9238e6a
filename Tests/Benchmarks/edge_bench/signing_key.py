"""Ed25519 by libcrypto, and the envelopes of receipts."""

import base64
import ctypes
import ctypes.util
import hashlib
import json
import subprocess
from pathlib import Path

_crypto = ctypes.CDLL(ctypes.util.find_library("crypto"))
_crypto.EVP_PKEY_new_raw_private_key.restype = ctypes.c_void_p
_crypto.EVP_MD_CTX_new.restype = ctypes.c_void_p
_ED25519 = 1087


class SigningKey:
    """An Ed25519 key out of a PEM file."""

    def __init__(self, path: Path):
        def der(*options: str) -> bytes:
            command = ["openssl", "pkey", "-in", str(path), "-outform", "DER", *options]
            return subprocess.run(command, capture_output=True, check=True).stdout

        # Both forms end with the 32 bytes of the key (RFC 8410).
        self.identifier = hashlib.sha256(der("-pubout")[-32:]).hexdigest()
        self._key = ctypes.c_void_p(_crypto.EVP_PKEY_new_raw_private_key(_ED25519, None, der()[-32:], 32))

    def sign(self, message: bytes) -> bytes:
        context = ctypes.c_void_p(_crypto.EVP_MD_CTX_new())
        signature, count = ctypes.create_string_buffer(64), ctypes.c_size_t(64)
        _crypto.EVP_DigestSignInit(context, None, None, None, self._key)
        done = _crypto.EVP_DigestSign(context, signature, ctypes.byref(count), message, ctypes.c_size_t(len(message)))
        _crypto.EVP_MD_CTX_free(context)
        assert done == 1, "Ed25519 failed"
        return signature.raw

    def envelope(self, kind: str, payload: bytes) -> bytes:
        """A signed DSSE envelope."""
        signature = self.sign(f"DSSEv1 {len(kind)} {kind} {len(payload)} ".encode() + payload)
        return json.dumps({
            "payloadType": kind, "payload": base64.b64encode(payload).decode(),
            "signatures": [{"keyid": self.identifier, "sig": base64.b64encode(signature).decode()}],
        }).encode()
