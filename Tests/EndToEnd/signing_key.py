"""Ed25519 by libcrypto, and the envelopes that are signed with it."""

import base64
import ctypes
import ctypes.util
import hashlib
import json
import os
import subprocess
from pathlib import Path

_crypto = ctypes.CDLL(ctypes.util.find_library("crypto"))
_crypto.EVP_PKEY_new_raw_private_key.restype = ctypes.c_void_p
_crypto.EVP_MD_CTX_new.restype = ctypes.c_void_p
_ED25519 = 1087


class SigningKey:
    """An Ed25519 key; without a seed of 32 bytes a new one."""

    def __init__(self, seed: bytes | None = None):
        key = _crypto.EVP_PKEY_new_raw_private_key(_ED25519, None, seed or os.urandom(32), ctypes.c_size_t(32))
        self._key = ctypes.c_void_p(key)
        public, count = ctypes.create_string_buffer(32), ctypes.c_size_t(32)
        _crypto.EVP_PKEY_get_raw_public_key(self._key, public, ctypes.byref(count))
        self.public = public.raw
        self.identifier = hashlib.sha256(self.public).hexdigest()

    @classmethod
    def read(cls, path: Path) -> "SigningKey":
        """That of a PEM file."""
        command = ["openssl", "pkey", "-in", str(path), "-outform", "DER"]
        # The form ends with the 32 bytes of the key (RFC 8410).
        return cls(subprocess.run(command, capture_output=True, check=True).stdout[-32:])

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
        signature = self.sign(_encoded(kind, payload))
        return json.dumps({
            "payloadType": kind, "payload": base64.b64encode(payload).decode(),
            "signatures": [{"keyid": self.identifier, "sig": base64.b64encode(signature).decode()}],
        }).encode()

    def payload(self, kind: str, envelope: bytes) -> bytes:
        """What is in an envelope of that kind that this key has signed; Ed25519 signs a message in one way only."""
        parts = json.loads(envelope)
        payload = base64.b64decode(parts["payload"])
        assert parts["payloadType"] == kind, f"an envelope of {parts['payloadType']}, not {kind}"
        [signature] = parts["signatures"]
        assert base64.b64decode(signature["sig"]) == self.sign(_encoded(kind, payload)), "the signature is wrong"
        return payload


def _encoded(kind: str, payload: bytes) -> bytes:
    """What DSSE signs."""
    return f"DSSEv1 {len(kind)} {kind} {len(payload)} ".encode() + payload
