"""A disk that can be filled: a tmpfs of a few MiB, for which one must be root and may mount."""

import os
import subprocess
from pathlib import Path


def may_mount() -> bool:
    """Root in a container often may not."""
    return os.geteuid() == 0 and subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode == 0


class SmallDisk:
    """Mounted at `path`, a folder that is made where it is missing."""

    def __init__(self, path: Path, mebibytes: int):
        self.path = path
        self._ballast = path / "ballast"
        path.mkdir(parents=True, exist_ok=True)
        _mount("-t", "tmpfs", "-o", f"size={mebibytes}m,mode=700", "tmpfs", path)

    def fill(self, spare_bytes: int = 0) -> None:
        """No more than `spare_bytes` are left."""
        with open(self._ballast, "ab", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                pass
            assert self._free() == 0
            file.truncate(max(0, file.tell() - spare_bytes))

    def empty(self) -> None:
        """Takes away what filled it."""
        self._ballast.unlink()

    def make_read_only(self) -> None:
        _mount("-o", "remount,ro", self.path)

    def make_writable(self) -> None:
        _mount("-o", "remount,rw", self.path)

    def close(self) -> None:
        subprocess.run(["umount", "--lazy", self.path], check=True)

    def _free(self) -> int:
        return os.statvfs(self.path).f_bavail


def _mount(*arguments) -> None:
    subprocess.run(["mount", *arguments], check=True, capture_output=True)
