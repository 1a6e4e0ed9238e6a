"""Tables in a PostgreSQL database that goes away and comes back, while devices send on."""

import os
import subprocess
import sys
import unittest

from senders import ORACLE, Senders
from waystation import PROGRAMS, WaystationTestCase, recording_lines, wait_for

SERVER = os.environ.get("WAYSTATION_POSTGRESQL")


@unittest.skipUnless(SERVER, "needs a server in WAYSTATION_POSTGRESQL, which provisioning/test starts")
class PostgreSQLTest(WaystationTestCase):
    def setUp(self):
        super().setUp()
        self.database = f"end_to_end_{os.getpid()}"
        self.administer(f"CREATE DATABASE {self.database} OWNER waystation")
        self.addCleanup(self.administer, f"DROP DATABASE {self.database} WITH (FORCE)")
        self.station.start_cloud(more=f"""
[warehouse]
engine = postgresql
connection = {SERVER} dbname={self.database}
""")

    def administer(self, *statements: str) -> None:
        """As the server's superuser, beside the database under test."""
        for statement in statements:
            subprocess.run(
                ["psql", f"{SERVER} user=postgres dbname=postgres", "--quiet", "--no-psqlrc", "--output", "/dev/null",
                 "--set", "ON_ERROR_STOP=1", "--command", statement], check=True)

    def take_away(self) -> None:
        """Nobody can connect any more, and who is connected is not any more."""
        self.administer(
            f"ALTER DATABASE {self.database} ALLOW_CONNECTIONS false",
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self.database}'")

    def give_back(self) -> None:
        self.administer(f"ALTER DATABASE {self.database} ALLOW_CONNECTIONS true")

    def test_a_database_that_goes_away_costs_nothing(self):
        station = self.station
        senders = Senders(station, recording_lines("rsvps-2015-03-08.ndjson"), devices=2, batch_events=20)
        senders.start()

        def wait_acknowledged(more: int) -> None:
            wanted = len(senders.acknowledged) + more
            wait_for(f"{more} more batches are acknowledged",
                     lambda: senders.assert_alive() or len(senders.acknowledged) >= wanted)

        for _ in range(2):
            wait_acknowledged(10)
            self.take_away()
            before = senders.retries
            wait_for("uploads are refused", lambda: senders.assert_alive() or senders.retries > before + 10)
            self.assertTrue(station.cloud.is_running, "the cloud has ended by itself")
            self.assertIn("cannot be reached", station.cloud_command("tables").stderr)
            self.give_back()
        wait_acknowledged(20)
        wait_for("the cloud says that it is back",
                 lambda: senders.assert_alive() or "The database is back" in station.cloud.log_text)
        senders.finish()
        self.assertEqual(senders.problems, {"warehouse-unreachable"}, "each refusal says why")
        recording = station.record("acknowledged.ndjson", [
            line for batch in senders.acknowledged for line in batch.lines])
        oracle = subprocess.run(
            [sys.executable, ORACLE, recording], capture_output=True, text=True, check=True).stdout
        self.assertEqual(station.digests(), oracle)

        # The tables again from the raw batches, in the place of the old ones.
        self.assertEqual(station.cloud.stop(), 0)
        self.assertIn(", 0 refused", station.cloud_says("rebuild"))
        self.assertEqual(station.digests(), oracle)
        self.assertIn("pg_dump", station.cloud_command("backup").stderr)
        self.assertIn("tables in PostgreSQL", station.cloud_says("check"))
        self.assertIn("yes", station.cloud_says("query", "SELECT DISTINCT response FROM rsvps"))

    def test_a_rebuild_that_is_killed_and_run_again_gives_the_same_tables(self):
        station = self.station
        senders = Senders(station, recording_lines("rsvps-2015-03-08.ndjson"), batch_events=15)
        senders.start()
        wait_for("60 batches are acknowledged", lambda: senders.assert_alive() or len(senders.acknowledged) >= 60)
        senders.finish()
        self.assertEqual(station.cloud.stop(), 0)
        digests = station.digests()
        for seconds in (0.1, 0.3):
            rebuild = subprocess.Popen(
                [PROGRAMS / "waystation-cloud", "rebuild", "--config", station.folder / "cloud" / "cloud.conf"],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                rebuild.wait(seconds)
            except subprocess.TimeoutExpired:
                rebuild.kill()
                rebuild.wait()
            self.assertEqual(station.digests(), digests)
        self.assertIn(", 0 refused", station.cloud_says("rebuild"))
        self.assertEqual(station.digests(), digests)
        verified = station.cloud_says("verify-raw")
        self.assertIn(f"{len(senders.acknowledged)} raw batches", verified)
        self.assertIn("ledger: 0 missing in the raw store", verified)


if __name__ == "__main__":
    unittest.main()
