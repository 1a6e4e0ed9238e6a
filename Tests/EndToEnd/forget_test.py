"""Members who are forgotten while the cloud runs, and who stay forgotten whatever comes back."""

import csv
import io
import json
import unittest

from senders import Senders
from waystation import WaystationTestCase, recording_lines, wait_for


class ForgetTest(WaystationTestCase):
    def test_a_member_stays_forgotten_through_repeats_a_restore_and_a_rebuild(self):
        station = self.station
        station.start_cloud()
        lines = recording_lines("rsvps-2015-03-08.ndjson")[:400]
        member = json.loads(lines[0])["member"]["member_id"]
        others = [line for line in lines if json.loads(line)["member"]["member_id"] != member]
        self.assertLess(len(others), len(lines))
        self.send(lines, seed=1)
        self.assertEqual(self.rows_of(member), [1, 1])
        backup = station.cloud_says("backup").split()[1]

        self.assertIn("rows removed", station.cloud_says("forget", "member", str(member)))
        self.assertEqual(self.rows_of(member), [0, 0])
        # Other devices bring the same messages, from the beginning to the end.
        self.send(lines, seed=2)
        self.assertEqual(self.rows_of(member), [0, 0])
        self.assertEqual(self.tables_of_people(), self.expected(others))

        # The backup is older than the forgetting, and the raw batches still hold all.
        self.assertEqual(station.cloud.stop(), 0)
        station.cloud_says("restore", backup, options=["--replace"])
        self.assertEqual(self.rows_of(member), [0, 0])
        self.assertEqual(self.tables_of_people(), self.expected(others))
        station.cloud_says("rebuild")
        self.assertEqual(self.rows_of(member), [0, 0])
        self.assertEqual(self.tables_of_people(), self.expected(others))
        secrets = [path.read_text() for path in (station.state / "forgotten").rglob("*.json")]
        self.assertEqual(len(secrets), 1)
        self.assertNotIn(str(member), secrets[0])

    def send(self, lines: list[bytes], seed: int) -> None:
        """Two devices send each line at least once."""
        senders = Senders(self.station, lines, devices=2, seed=seed)
        senders.start()
        wait_for("all is acknowledged", lambda: sum(len(batch.lines) for batch in senders.acknowledged) >= len(lines))
        senders.finish()

    def rows_of(self, member: int) -> list[int]:
        sql = "SELECT (SELECT count(*) FROM members WHERE member_id = {0}), " \
              "(SELECT count(*) FROM rsvps WHERE member_id = {0})".format(member)
        answer = self.station.cloud_says("query", sql, options=["--format", "csv"])
        return [min(1, int(value)) for value in list(csv.reader(io.StringIO(answer)))[1]]

    def tables_of_people(self) -> list[str]:
        names = ("members ", "member_services ", "rsvps ", "rsvp_revisions ")
        return [line for line in self.station.digests().splitlines() if line.startswith(names)]

    def expected(self, lines: list[bytes]) -> list[str]:
        """The same tables of a cloud that never heard of that member."""
        from waystation import Waystation

        other = Waystation()
        try:
            other.start_cloud()
            station, self.station = self.station, other
            self.send(lines, seed=3)
            return self.tables_of_people()
        finally:
            self.station = station
            other.close(failed=False)


if __name__ == "__main__":
    unittest.main()
