"""`durability = when-offline`: hardly a byte reaches the disk while the cloud answers, and nothing is lost by kills."""

import contextlib
import sqlite3
import unittest
from pathlib import Path

from link import Link
from waystation import WaystationTestCase, resumable_lines, wait_for


LOOKS = 3


class HoldingTest(WaystationTestCase):
    def test_healthy_uplink_spares_the_disk_and_kills_and_cuts_lose_nothing(self):
        station = self.station
        lines = resumable_lines("rsvps-2015-03-08.ndjson", "rsvps-2017-03-19.ndjson")
        recording = station.record("all.ndjson", lines)
        station.start_replay([recording], rate=120)
        station.start_cloud()
        uplink = station.keep(Link(station.device_port))
        edge = station.add_enrolled_edge("edge-a", cloud_port=uplink.port)
        text = edge.configuration.read_text()
        edge.configuration.write_text(text.replace("[spool]\n", "[spool]\ndurability = when-offline\n"))
        edge.start()

        # A kilobyte and more an event, and the disk hears nothing of it. A batch that began on the disk goes on there, and
        # is deleted once its receipt has come: that is no part of it. Where a busy machine keeps a receipt waiting and the
        # edge rightly stops holding, it is looked at again.
        for _ in range(LOOKS):
            wait_for("the edge holds", lambda: "in memory" in edge.status())
            wait_for("the disk has no batch any more", lambda: batches_on_disk(edge) == 0)
            written, merged = disk_bytes(edge), station.snapshot()["events"]
            self.assertGreater(written, 0, "the system counts what is written here")
            published = station.stream_status()["published"]
            station.wait_published(published + 600)
            growth = disk_bytes(edge) - written
            if "in memory" in edge.status():
                break
        payload = sum(map(len, lines[published:published + 600]))
        print(f"{growth} bytes written for {payload} of payload: {growth / payload:.4f} a byte")
        self.assertLess(growth, payload * 0.02)
        self.assertGreater(station.snapshot()["events"], merged + 300, "it travels meanwhile")

        # Killed while it holds, and killed after it has written down because of a cut.
        for percent, cuts in ((35, False), (50, True), (65, False), (80, True)):
            station.wait_published(len(lines) * percent // 100)
            wait_for("the edge hears the stream", lambda: station.stream_status()["websocket_clients"] == 1)
            wait_for("the edge holds", lambda: "in memory" in edge.status())
            if cuts:
                uplink.cut()
                wait_for("what is held is written down", lambda: "in memory" not in edge.status())
            edge.kill()
            uplink.restore()
            edge.start()
        wait_for("all messages are out", lambda: station.stream_status()["done"])
        self.assert_tables_equal([recording], seconds=90)
        status = station.snapshot_of("edge-a")
        self.assertEqual((status["flags"], status["gaps"]), ([], 0))

        # What is in memory at the end is written down, and the epoch goes on.
        self.assertEqual(edge.stop(), 0)
        self.assertNotIn("in memory", edge.status())
        self.assertNotEqual(edge.status()["epoch"], "none yet")


def batches_on_disk(edge) -> int:
    """Open ones included."""
    with contextlib.closing(sqlite3.connect(f"file:{edge.folder}/state/spool.sqlite?mode=ro", uri=True)) as spool:
        return spool.execute("SELECT count(*) FROM batches").fetchone()[0]


def disk_bytes(edge) -> int:
    """What the process has sent towards the disk, its log included."""
    counters = Path(f"/proc/{edge.pid}/io").read_text()
    return int(dict(line.split(": ") for line in counters.splitlines())["write_bytes"])


if __name__ == "__main__":
    unittest.main()
