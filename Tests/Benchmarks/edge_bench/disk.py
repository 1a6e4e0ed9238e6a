"""A file system that counts what is written to its device, and whose device can lose its power."""

import os
import subprocess
from pathlib import Path


class Disk:
    """An ext4 file system of its own on a loop device, mounted at `path`; without root, a plain folder there.

    The device writes straight into its image (direct I/O), past the page cache, so the image holds at each moment what
    the device was told, and nothing else.
    """

    def __init__(self, folder: Path, name: str, megabytes: int = 2048):
        self._image, self.path = folder / f"{name}.image", folder / name
        self.path.mkdir()
        self._device: str | None = None
        if not self.is_real:
            return
        with open(self._image, "wb") as image:
            image.truncate(megabytes << 20)
        _run("mkfs.ext4", "-q", "-E", "lazy_itable_init=0,lazy_journal_init=0", self._image)
        self._mount()

    is_real = os.geteuid() == 0

    def written(self) -> int:
        """The bytes written to the device so far, the file system's own included."""
        _run("sync", "-f", self.path)
        return int(Path(f"/sys/block/{Path(self._device).name}/stat").read_text().split()[6]) * 512

    def used(self) -> int:
        """The bytes that the files on it take."""
        return sum(file.stat().st_blocks * 512 for file in self.path.rglob("*") if file.is_file())

    def photograph(self) -> Path:
        """The image as the device has it now: nobody is asked to write down anything before."""
        copy = self._image.with_suffix(".cut")
        _run("cp", "--sparse=always", self._image, copy)
        return copy

    def replace(self, photograph: Path) -> None:
        """Puts what was photographed in the place of what has become of the disk since."""
        self._unmount()
        photograph.replace(self._image)
        self._mount()

    def close(self) -> None:
        if self._device:
            self._unmount()
        self._image.unlink(missing_ok=True)

    def _mount(self) -> None:
        self._device = _run("losetup", "--find", "--show", "--direct-io=on", self._image).strip()
        _run("mount", "-o", "noatime", self._device, self.path)

    def _unmount(self) -> None:
        if subprocess.run(["mountpoint", "-q", self.path]).returncode == 0:
            _run("umount", self.path)
        _run("losetup", "--detach", self._device)
        self._device = None


def _run(*command) -> str:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: {done.stderr.strip()}")
    return done.stdout
