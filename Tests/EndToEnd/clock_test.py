"""Clocks that are wrong: collection goes on, TLS waits for no clock, manifests say what the clock was worth."""

import datetime
import json
import os
import shutil
import subprocess
import time
import unittest
from pathlib import Path

from waystation import WaystationTestCase, recording_lines, wait_for

SOURCE = Path(__file__).with_name("wrong_clock.c")
YEAR = 365 * 86_400


def seconds_until(moment: str) -> int:
    """How far a clock that shows that moment, in UTC, is ahead of the right one."""
    return int(datetime.datetime.fromisoformat(moment + "+00:00").timestamp() - time.time())


def compiler() -> str:
    """Any that there is; Swift's toolchain brings one."""
    beside_swift = os.path.dirname(os.path.realpath(shutil.which("swift")))
    return shutil.which("cc") or shutil.which("clang", path=beside_swift)


class ClockTest(WaystationTestCase):
    def wrong_clock(self, edge, offset: int) -> Path:
        """Lets the edge's clock be so many seconds ahead; the file can be written anew while it runs."""
        library = self.station.folder / "wrong_clock.so"
        if not library.exists():
            subprocess.run([compiler(), "-shared", "-fPIC", "-O1", "-o", library, SOURCE], check=True)
        file = edge.folder / "offset"
        file.write_text(str(offset))
        edge.environment = {"LD_PRELOAD": str(library), "WRONG_CLOCK": str(file)}
        return file

    def test_devices_without_a_clock_enrol_collect_and_deliver_whatever_year_they_begin_in(self):
        station = self.station
        lines = recording_lines("rsvps-2017-03-19.ndjson")[:400]
        recording = station.record("some.ndjson", lines)
        begins = ["1970-01-01T00:00:01", "2038-01-19T03:14:00", "2106-02-07T06:28:00", "2400-01-01T00:00:00"]
        station.start_replay([recording], rate=60, clients=len(begins))
        station.start_cloud()
        edges = {}
        for number, begin in enumerate(begins):
            edge = station.add_edge(f"edge-{number}")
            self.wrong_clock(edge, seconds_until(begin))
            edge.enrol(station.invite(f"edge-{number}"))
            edges[edge.status()["device"]] = (edge, begin)
            edge.start()
        self.assert_tables_equal([recording])
        for edge, begin in edges.values():
            wait_for(f"all is delivered that began in {begin}", lambda: edge.backlog() == 0)
            wait_for("all is collected", lambda: edge.stored() == len(lines))
            self.assertEqual(edge.json_status()["dead_letters"], 0)
        for device, (_, begin) in edges.items():
            mine = [one for one in station.manifests() if one["device"] == device]
            clocks = {one["clock"] for one in mine}
            self.assertEqual(clocks, {"floor" if "1970" in begin else "unsynchronized"}, begin)
            # From the cloud's first word on the time of day is right, though the clock is not.
            self.assertLess(abs(mine[-1]["sealed_at_ms"] - time.time() * 1000), 60_000, begin)
        self.assertEqual(station.snapshot()["events"], len(begins) * len(lines))

    def test_a_clock_that_jumps_both_ways_while_the_edge_runs_changes_nothing_but_what_is_said_of_it(self):
        station = self.station
        lines = recording_lines("rsvps-2017-03-19.ndjson")[:1400]
        recording = station.record("some.ndjson", lines)
        station.start_replay([recording], rate=80)
        station.start_cloud()
        edge = station.add_edge("edge-a")
        file = self.wrong_clock(edge, 0)
        edge.enrol(station.invite("edge-a"))
        edge.start()
        jumps = ((150, -40 * YEAR), (350, 90 * YEAR), (550, -10_000), (750, 7_000), (950, -40 * YEAR), (1150, 0))
        for count, offset in jumps:
            station.wait_published(count)
            file.write_text(str(offset))
            if count == 350:
                edge.kill()
                edge.start()
        self.assert_tables_equal([recording])
        wait_for("all is delivered", lambda: edge.backlog() == 0)
        clocks = {one["clock"] for one in station.manifests()}
        self.assertIn("floor", clocks)
        self.assertGreaterEqual(len(clocks), 2, clocks)
        self.assertEqual(station.snapshot_of("edge-a")["flags"], [])
        self.assertEqual(station.snapshot_of("edge-a")["gaps"], 0)

    def test_a_certificate_that_no_known_time_is_good_for_is_refused_clearly_until_the_clock_is_right(self):
        station = self.station
        recording = station.record("some.ndjson", recording_lines("rsvps-2017-03-19.ndjson")[:200])
        station.start_replay([recording], rate=80)
        station.start_cloud()
        edge = station.add_enrolled_edge("edge-a")
        # As if it had been enrolled before the cloud's certificate was made: the program is older, too.
        enrolment = edge.folder / "state" / "enrolment.json"
        known = json.loads(enrolment.read_text())
        self.assertGreater(known["floor_ms"], 1_700_000_000_000)
        enrolment.write_text(json.dumps(known | {"floor_ms": 0}))
        file = self.wrong_clock(edge, seconds_until("1970-01-01T00:00:01"))
        edge.start()
        wait_for("all is collected", lambda: edge.stored() == 200)
        self.assertIn("not yet valid", edge.json_status()["last_error"]["text"])
        self.assertEqual(station.snapshot()["events"], 0)
        file.write_text("0")
        self.assert_tables_equal([recording])
        self.assertIn("floor", {one["clock"] for one in station.manifests()})


if __name__ == "__main__":
    unittest.main()
