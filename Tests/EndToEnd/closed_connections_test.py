"""A cloud that ends connections, after an answer or when they were idle, costs an edge nothing but a new connection."""

import unittest
from pathlib import Path

from link import Link
from waystation import WaystationTestCase, recording_lines, wait_for


class ClosedConnectionsTest(WaystationTestCase):
    def test_each_batch_needs_a_connection_of_its_own_where_none_is_kept(self):
        self.station.start_cloud("[limits]\nkept-connections = 0\n")
        uplink = self.station.keep(Link(self.station.device_port))
        self._collect(uplink.port, lambda: uplink.carried)

    def test_a_batch_finds_that_its_connection_was_closed_for_being_idle(self):
        self.station.start_cloud("[limits]\nidle = 1 s\n")
        port = self.station.device_port
        self._collect(port, lambda: len(clients(port)))

    def _collect(self, port: int, connections) -> None:
        """Collects over that port; `connections` says how many there have been."""
        station = self.station
        lines = recording_lines("rsvps-2017-03-19.ndjson")[:300]
        recording = station.record("short.ndjson", lines)
        station.start_replay([recording], rate=20)
        edge = station.add_enrolled_edge("edge-a", cloud_port=port, seal_interval="3 s")
        earlier = connections()
        edge.start()
        self.assert_tables_equal([recording])
        wait_for("each batch has its receipt", lambda: edge.backlog() == 0)

        sequences = [manifest["sequence"] for manifest in station.manifests()]
        self.assertGreater(len(sequences), 3, "there are too few batches for this to show anything")
        self.assertEqual(sequences, list(range(1, len(sequences) + 1)))
        wait_for("each batch had a connection of its own", lambda: connections() - earlier >= len(sequences), 10)
        self.assertEqual(station.raw_lines(), lines)
        for word in ("warning", "error"):
            self.assertNotIn(word, edge.log_text)
        status = station.snapshot_of("edge-a")
        self.assertEqual((status["flags"], status["gaps"]), ([], 0))


def clients(port: int) -> set[str]:
    """Who has or had a connection to `port` of this machine: those open, and those that ended this minute, since the side
    that ends one first remembers it that long (RFC 9293, TIME-WAIT)."""
    local = f":{port:04X}"
    ends = [line.split()[1:3] for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {other for pair in ends for own, other in (pair, pair[::-1])
            if own.endswith(local) and not other.endswith(":0000")}


if __name__ == "__main__":
    unittest.main()
