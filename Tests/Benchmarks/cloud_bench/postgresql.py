"""A PostgreSQL server of a benchmark's own, which syncs its disk as one in use does."""

import contextlib
import subprocess

from .stage import PROJECT

# What a server in use is told that has a GiB to spare; all else is PostgreSQL's own default.
SETTINGS = ["shared_buffers=512MB", "max_wal_size=4GB"]
SCRIPT = """
set -euo pipefail
project=$1
shift
. "$project/provisioning/lib/say.sh"
. "$project/provisioning/lib/postgresql.sh"
trap stop_postgresql EXIT
start_postgresql "$@"
# As cloud/README.md has it: what rows refer to is in the same message.
as_postgresql_superuser "$(postgresql_programs)" "ALTER ROLE waystation SET session_replication_role = replica"
printf '%s\\n' "$postgresql"
read -r || true
"""


@contextlib.contextmanager
def server():
    """Its connection string; it is gone at the end."""
    process = subprocess.Popen(
        ["bash", "-c", SCRIPT, "postgresql", PROJECT, *SETTINGS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        address = process.stdout.readline().strip()
        assert address, "the server does not start"
        yield address
    finally:
        process.stdin.close()
        process.wait()
