"""Whatever happens to links and processes, the merged tables are those of the messages sent, each once."""

import unittest

from link import Link
from waystation import RECORDINGS, WaystationTestCase, recording_lines, wait_for

BOTH = [RECORDINGS / "rsvps-2015-03-08.ndjson", RECORDINGS / "rsvps-2017-03-19.ndjson"]


class MergingTest(WaystationTestCase):
    def test_cut_links_lost_replies_and_killed_processes_change_nothing(self):
        station = self.station
        station.start_replay(BOTH, rate=120, clients=2)
        station.start_cloud()
        uplink = station.keep(Link(station.device_port, lose_every=5))
        streams = {name: station.keep(Link(station.stream_port)) for name in ("edge-a", "edge-b")}
        first, second = (
            station.add_enrolled_edge(name, cloud_port=uplink.port, stream_port=streams[name].port) for name in streams)
        first.start()
        second.start()
        total = len(recording_lines(*(path.name for path in BOTH)))

        def restart_cloud():
            station.restart_cloud()
            uplink.target = station.device_port

        # At each moment at least one edge lives and hears the stream.
        plan = [
            (10, uplink.cut), (16, first.kill), (22, uplink.restore), (24, first.start),
            (34, streams["edge-b"].cut), (40, streams["edge-b"].restore),
            (46, station.cloud.kill), (50, second.kill), (52, restart_cloud), (56, second.start),
            (64, station.cloud.kill), (65, restart_cloud),
            (72, streams["edge-a"].cut), (76, streams["edge-a"].restore),
            (82, first.kill), (83, first.start), (90, station.cloud.kill), (94, restart_cloud),
        ]
        for percent, act in plan:
            station.wait_published(total * percent // 100)
            if act in (first.kill, second.kill, streams["edge-a"].cut, streams["edge-b"].cut):
                wait_for("both edges hear the stream", lambda: station.stream_status()["websocket_clients"] == 2)
            act()
        wait_for("all messages are out", lambda: station.stream_status()["done"], 120)

        self.assert_tables_equal(BOTH, seconds=90)
        print(f"replies lost on the way: {uplink.lost}")
        self.assertGreater(uplink.lost, 5, "the link has lost hardly a reply, so this test shows nothing")
        for edge in station.snapshot()["edges"]:
            self.assertEqual((edge["flags"], edge["gaps"]), ([], 0), edge)

    def test_raw_batches_unpack_with_zstd_to_the_bytes_that_came(self):
        station = self.station
        lines = recording_lines("rsvps-2017-03-19.ndjson")[:300]
        recording = station.record("short.ndjson", lines)
        station.start_replay([recording], rate=150)
        station.start_cloud()
        station.add_enrolled_edge("edge-a").start()
        self.assert_tables_equal([recording])
        self.assertEqual(station.raw_lines(), lines)


if __name__ == "__main__":
    unittest.main()
