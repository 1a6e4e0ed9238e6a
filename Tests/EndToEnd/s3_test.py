"""Raw batches in a bucket: a server that stands in for S3, and a link to it that breaks."""

import os
import subprocess
import sys
import unittest

from link import Link
from senders import ORACLE, Senders
from waystation import PROJECT, Program, WaystationTestCase, recording_lines, wait_for


class StandIn(Program):
    """moto or rclone, with the bucket `waystation`."""

    def __init__(self, folder, name: str):
        super().__init__(folder, name, [
            sys.executable, "-B", PROJECT / "provisioning" / "lib" / "s3_stand_ins.py", "--until-signal", "--bucket",
            "waystation", name])
        self.start()
        line = wait_for(f"{name} listens", self._announced)
        _, address, self.key, self.secret = line.split()
        self.listening_port = int(address.rpartition(":")[2])

    def _announced(self) -> str:
        assert self.is_running, self.log_text
        text = self._out.read_text()
        return text if text.endswith("\n") else ""


class S3Test(WaystationTestCase):
    def start(self, name: str) -> Link:
        """A cloud whose raw batches go to that stand-in; the link to it."""
        station = self.station
        server = station._add(StandIn(station.folder, name))
        link = station.keep(Link(server.listening_port))
        credentials = station.folder / "s3.conf"
        with open(os.open(credentials, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
            file.write(f"[credentials]\nkey-id = {server.key}\nsecret = {server.secret}\n")
        station.start_cloud(more=f"""
[raw]
store = s3
bucket = waystation
prefix = some where
endpoint = http://127.0.0.1:{link.port}
credentials = file
credentials-file = {credentials}
""")
        return link

    def send(self, count: int, senders: Senders | None = None) -> Senders:
        if senders is None:
            senders = Senders(self.station, recording_lines("rsvps-2015-03-08.ndjson"), devices=2, batch_events=20)
            senders.start()
        already = len(senders.acknowledged)
        wait_for(f"{count} more are acknowledged",
                 lambda: senders.assert_alive() or len(senders.acknowledged) >= already + count)
        return senders

    def assert_all_is_there(self, senders: Senders) -> None:
        recording = self.station.record("acknowledged.ndjson", [
            line for batch in senders.acknowledged for line in batch.lines])
        oracle = subprocess.run(
            [sys.executable, ORACLE, recording], capture_output=True, text=True, check=True).stdout
        self.assertEqual(self.station.digests(), oracle)
        verified = self.station.cloud_says("verify-raw")
        self.assertIn(f"{len(senders.acknowledged)} raw batches", verified)
        self.assertIn(" 0 flawed", verified)

    def test_a_bucket_out_of_reach_costs_nothing_and_the_tables_come_back_from_it(self):
        station = self.station
        link = self.start("moto")
        senders = self.send(10)
        link.cut()
        wait_for("uploads are told to come again", lambda: senders.assert_alive() or "store-unreachable" in senders.problems)
        self.assertIn("cannot be reached", station.cloud_command("verify-raw").stderr)
        link.restore()
        self.send(10, senders)
        wait_for("the cloud says that it is over",
                 lambda: senders.assert_alive() or "The raw store is back" in station.cloud.log_text)
        self.assertEqual(station.cloud.log_text.count("The raw store is out of reach"), 1)
        station.cloud_says("backup")
        self.send(10, senders).finish()
        self.assert_all_is_there(senders)
        self.assertFalse((station.state / "raw").exists())
        self.assertEqual(station.cloud.stop(), 0)
        (station.state / "warehouse.sqlite").unlink()
        self.assertIn(", 0 refused", station.cloud_says("rebuild"))
        self.assert_all_is_there(senders)
        for file in station.state.glob("*.sqlite*"):
            file.unlink()
        self.assertIn("restored backup", station.cloud_says("restore"))
        self.assert_all_is_there(senders)

    def test_a_service_without_conditional_puts_does_too(self):
        self.start("rclone")
        self.assertIn("ignores conditional puts", self.station.cloud_says("check"))
        senders = self.send(10)
        senders.finish()
        self.assert_all_is_there(senders)


if __name__ == "__main__":
    unittest.main()
