"""One edge carries four streams at once, each its own way; a stream is one file, whoever made it."""

import shutil
import subprocess
import sys
import time
import unittest

import duckdb
import pyarrow

from link import Link
from waystation import PROJECT, RECORDINGS, WaystationTestCase, resumable_lines, wait_for

DELIVERED = PROJECT / "cloud" / "streams"
RECENTCHANGE = PROJECT / "Tests" / "Fixtures" / "streams" / "recentchange.json"


class StreamsTest(WaystationTestCase):
    def test_four_streams_through_one_edge_after_a_cut_and_two_kills(self):
        station = self.station
        definitions = station.folder / "streams"
        shutil.copytree(DELIVERED, definitions)
        shutil.copy(RECENTCHANGE, definitions)
        recordings = {
            "rsvps": station.record("rsvps.ndjson", resumable_lines("rsvps-2015-03-08.ndjson")[:500]),
            "photos": station.generate("photos", 500, seed=4),
            "event_comments": station.generate("event_comments", 500, seed=4),
            "recentchange": RECORDINGS / "recentchange.ndjson",
        }
        material = [f"{name}={path}" for name, path in recordings.items()]
        station.start_streams(["--recording", *material, "--definition", RECENTCHANGE], rate=40)
        station.start_cloud(streams=definitions)
        link, uplink = station.keep(Link(station.stream_port)), station.keep(Link(station.device_port))
        edge = station.add_enrolled_edge(
            "edge-a", cloud_port=uplink.port, stream_port=link.port, more=self._sections(definitions, link.port))
        edge.start()

        def restart_cloud():
            station.restart_cloud()
            uplink.target = station.device_port

        total = sum(len(path.read_bytes().splitlines()) for path in recordings.values())
        for percent, act in [(20, link.cut), (30, link.restore), (45, edge.kill), (55, edge.start),
                             (70, station.cloud.kill), (75, restart_cloud)]:
            station.wait_published(total * percent // 100)
            act()
        wait_for("all messages are out", lambda: station.stream_status()["done"], 60)
        for name, path in recordings.items():
            self._assert_equals_oracle(name, definitions / f"{name}.json", path)
        for figures in station.snapshot()["streams"]:
            self.assertEqual(figures["malformed"], 0, figures["stream"])
            self.assertGreater(figures["revisions"], 300, figures["stream"])
        self.assertEqual(station.snapshot_of("edge-a")["gaps"], 0)
        self._assert_truths_in_the_lake()

    @staticmethod
    def _sections(definitions, port):
        """The edge's other subscriptions: two as that of the RSVPs, one of server-sent events."""
        sections = "".join(f"""
[stream {name}]
definition = {definitions}/{name}.json
url = ws://127.0.0.1:{port}/2/{name}
resume-url = http://127.0.0.1:{port}/2/{name}
""" for name in ("photos", "event_comments"))
        return sections + f"""
[stream recentchange]
definition = {definitions}/recentchange.json
url = http://127.0.0.1:{port}/2/recentchange
"""

    def _assert_truths_in_the_lake(self):
        """The new stream's tables come as Parquet, too: what was true there is true here."""
        self.station.cloud_says("etl")
        changes = duckdb.sql(
            f"SELECT bot, count(*) AS n FROM read_parquet('{self.station.state}/lake/changes/**/*.parquet') GROUP BY 1")
        found = changes.to_arrow_table()
        self.assertEqual(found.schema.field("bot").type, pyarrow.bool_())
        answer = self.station.cloud_says("query", "SELECT bot, count(*) AS n FROM changes GROUP BY 1 ORDER BY 1",
                                         options=["--format", "csv"])
        expected = [f"{int(row['bot'])},{row['n']}" for row in sorted(found.to_pylist(), key=lambda row: row["bot"])]
        self.assertEqual(answer.split()[1:], expected)
        self.assertEqual(len(expected), 2)

    def _assert_equals_oracle(self, stream, definition, recording):
        expected = subprocess.run(
            [sys.executable, PROJECT / "Tests" / "oracle" / "stream_oracle.py", definition, recording],
            capture_output=True, text=True, check=True).stdout
        digests = ""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and digests != expected:
            digests = self.station.digests(stream)
            time.sleep(0.2)
        self.assertEqual(digests, expected, stream)


if __name__ == "__main__":
    unittest.main()
