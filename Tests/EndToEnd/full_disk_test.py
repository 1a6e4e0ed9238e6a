"""The edge on a disk that is full, or cannot be written to: it loses nothing, says so, and goes on by itself."""

import os
import subprocess
import unittest
from pathlib import Path

from waystation import Edge, WaystationTestCase, resumable_lines, wait_for

MEBIBYTE = 1 << 20


def _mount(*arguments) -> None:
    subprocess.run(["mount", *arguments], check=True, capture_output=True)


def _may_mount() -> bool:
    """Root in a container often may not."""
    return os.geteuid() == 0 and subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode == 0


@unittest.skipUnless(_may_mount(), "a small disk of its own needs root that may mount")
class FullDiskTest(WaystationTestCase):
    def setUp(self):
        super().setUp()
        station = self.station
        self.recording = station.record("short.ndjson", resumable_lines("rsvps-2017-03-19.ndjson")[:1100])

    def edge_on_a_small_disk(self, rate: float, more: str = "") -> tuple[Edge, Path]:
        """One that is enrolled and not started yet, and its state directory; the stream comes at that rate."""
        station = self.station
        station.start_replay([self.recording], rate=rate)
        station.start_cloud()
        edge = station.add_edge("edge-a", more=more)
        state = self.small_disk(edge, 12)
        edge.enrol(station.invite("edge-a"))
        return edge, state

    def small_disk(self, edge: Edge, mebibytes: int) -> Path:
        """A tmpfs in place of the edge's state directory."""
        state = edge.folder / "state"
        state.mkdir(exist_ok=True)
        _mount("-t", "tmpfs", "-o", f"size={mebibytes}m,mode=700", "tmpfs", state)
        # Before the test's folder is deleted, and after the programs have ended.
        self.addCleanup(subprocess.run, ["umount", "--lazy", state], check=True)
        return state

    def fill(self, state: Path) -> Path:
        ballast = state / "ballast"
        with open(ballast, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                pass
        self.assertEqual(os.statvfs(state).f_bavail, 0)
        return ballast

    def test_reading_stops_while_the_disk_is_full_and_nothing_is_lost(self):
        edge, state = self.edge_on_a_small_disk(200, more="[log]\nlevel = debug\n")
        edge.start()
        wait_for("something is merged", lambda: self.station.snapshot()["events"] > 100)
        ballast = self.fill(state)
        wait_for("the source is closed", lambda: "takes no more events" in edge.log_text)
        self.assertTrue(edge.is_running)
        ballast.unlink()
        wait_for("the source is open again", lambda: "takes events again" in edge.log_text)
        self.assert_tables_equal([self.recording])
        self.assertEqual(edge.stop(), 0)

    def test_start_on_a_full_disk_says_what_is_wrong(self):
        edge, state = self.edge_on_a_small_disk(400)
        ballast = self.fill(state)
        self.assert_starts_in_vain(edge, "is full")
        ballast.unlink()
        edge.start()
        self.assert_tables_equal([self.recording])

    def test_start_on_a_read_only_disk_says_what_is_wrong(self):
        edge, state = self.edge_on_a_small_disk(400)
        _mount("-o", "remount,ro", state)
        self.assert_starts_in_vain(edge, "read-only")
        _mount("-o", "remount,rw", state)
        edge.start()
        self.assert_tables_equal([self.recording])

    def assert_starts_in_vain(self, edge: Edge, words: str):
        """It ends at once, with a status of failure and a sentence that says why; the service manager tries again."""
        edge.start()
        wait_for("the edge has ended", lambda: not edge.is_running)
        self.assertNotEqual(edge.stop(), 0)
        self.assertIn(words, edge.log_text.lower())
        self.assertLess(len(edge.log_text.splitlines()), 5, edge.log_text)
        self.assertNotIn("Fatal", edge.log_text)


if __name__ == "__main__":
    unittest.main()
