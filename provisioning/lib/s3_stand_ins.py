"""Two servers that stand in for S3 on this machine. Both check the signature of each request.

    python s3_stand_ins.py [--bucket NAME] [--until-signal] [moto] [rclone]

Starts both, or those named, and prints a line a server: NAME ADDRESS KEY_ID SECRET. Ends when its standard input does, or
by a signal.

moto does what S3 does, conditional puts included, and keeps all in memory. It takes one request at a time: its check
for a conditional put and the put are two steps. rclone keeps files in a folder that goes with it; it ignores
conditions, and a range is answered with the whole.
"""
import argparse
import contextlib
import json
import logging
import os
import pathlib
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

REGION = "us-east-1"
ACCESS_POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
# The requests that make user, policy and key; all later ones must be signed.
OPENING_REQUESTS = 3


def start_moto():
    """Returns address, key and secret of a moto server in this process."""
    os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = str(OPENING_REQUESTS)
    import boto3
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.port}"
    iam = boto3.client(
        "iam", endpoint_url=address, aws_access_key_id="opening", aws_secret_access_key="opening", region_name=REGION)
    iam.create_user(UserName="waystation")
    iam.put_user_policy(UserName="waystation", PolicyName="all", PolicyDocument=json.dumps(ACCESS_POLICY))
    key = iam.create_access_key(UserName="waystation")["AccessKey"]
    return address, key["AccessKeyId"], key["SecretAccessKey"]


def make_bucket(name, address, key, secret):
    import boto3

    boto3.client(
        "s3", endpoint_url=address, aws_access_key_id=key, aws_secret_access_key=secret,
        region_name=REGION).create_bucket(Bucket=name)


def start_rclone(ending):
    """Returns address, key and secret of an rclone server on a folder; both go when `ending` does."""
    program = shutil.which("rclone", path=str(pathlib.Path(sys.executable).parent))
    if program is None:
        sys.exit("rclone is not in the Python environment; run provisioning/setup --for test.")
    folder = ending.enter_context(tempfile.TemporaryDirectory(prefix="rclone-"))
    key, secret = secrets.token_hex(8), secrets.token_hex(16)
    process = subprocess.Popen(
        [program, "serve", "s3", folder, "--addr", "127.0.0.1:0", "--auth-key", f"{key},{secret}",
         "--config", os.devnull],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    ending.callback(process.wait)
    ending.callback(process.terminate)
    for line in process.stderr:
        _, found, rest = line.partition("Starting s3 server on [")
        if found:
            threading.Thread(target=process.stderr.read, daemon=True).start()
            return rest.split("]")[0].rstrip("/"), key, secret
    sys.exit("rclone does not start.")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bucket", help="make this bucket")
    parser.add_argument("--until-signal", action="store_true", help="whatever becomes of the standard input")
    parser.add_argument("servers", nargs="*", metavar="moto|rclone", help="both where left out")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with contextlib.ExitStack() as ending:
        for name in options.servers or ["moto", "rclone"]:
            server = start_moto() if name == "moto" else start_rclone(ending)
            if options.bucket:
                make_bucket(options.bucket, *server)
            print(name, *server, flush=True)
        if options.until_signal:
            signal.pause()
        sys.stdin.buffer.read()


if __name__ == "__main__":
    main()
