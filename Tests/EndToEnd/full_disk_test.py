"""The edge on a disk that is full, or cannot be written to: it loses nothing, says so, and goes on by itself."""

import json
import os
import subprocess
import unittest
from pathlib import Path

from waystation import Edge, WaystationTestCase, recording_lines, wait_for

MEBIBYTE = 1 << 20


def _mount(*arguments) -> None:
    subprocess.run(["mount", *arguments], check=True, capture_output=True)


@unittest.skipUnless(os.geteuid() == 0, "a small disk of its own needs root")
class FullDiskTest(WaystationTestCase):
    def setUp(self):
        super().setUp()
        station = self.station
        self.recording = station.record("short.ndjson", self.resumable(recording_lines("rsvps-2017-03-19.ndjson")[:1200]))

    @staticmethod
    def resumable(lines: list[bytes]) -> list[bytes]:
        """Those messages that `since_mtime` can find again: announced anew long after their mtime, they are gone."""
        kept, newest = [], 0
        for line in lines:
            mtime = json.loads(line)["mtime"]
            if mtime > newest - 30_000:
                kept.append(line)
            newest = max(newest, mtime)
        return kept

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
        station = self.station
        station.start_replay([self.recording], rate=200)
        station.start_cloud()
        edge = station.add_edge("edge-a", more="[log]\nlevel = debug\n")
        state = self.small_disk(edge, 12)
        edge.enrol(station.invite("edge-a"))
        edge.start()
        wait_for("something is merged", lambda: station.snapshot()["events"] > 100)
        ballast = self.fill(state)
        wait_for("the source is closed", lambda: "takes no more events" in edge.log_text)
        self.assertTrue(edge.is_running)
        ballast.unlink()
        wait_for("the source is open again", lambda: "takes events again" in edge.log_text)
        self.assert_tables_equal([self.recording])
        self.assertEqual(edge.stop(), 0)

    def test_start_on_a_full_disk_says_what_is_wrong(self):
        station = self.station
        station.start_replay([self.recording], rate=400)
        station.start_cloud()
        edge = station.add_edge("edge-a")
        state = self.small_disk(edge, 12)
        edge.enrol(station.invite("edge-a"))
        ballast = self.fill(state)
        self.assert_starts_in_vain(edge, "is full")
        ballast.unlink()
        edge.start()
        self.assert_tables_equal([self.recording])

    def test_start_on_a_read_only_disk_says_what_is_wrong(self):
        station = self.station
        station.start_replay([self.recording], rate=400)
        station.start_cloud()
        edge = station.add_edge("edge-a")
        state = self.small_disk(edge, 12)
        edge.enrol(station.invite("edge-a"))
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
