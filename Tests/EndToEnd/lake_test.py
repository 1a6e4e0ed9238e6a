"""The tables as Parquet: what pyarrow and DuckDB read is what the warehouse holds, whatever happened to the programs."""

import collections
import datetime
import hashlib
import io
import json
import os
import random
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from contextlib import closing
from pathlib import Path

import boto3
import duckdb
import pyarrow
import pyarrow.parquet

from device import Device
from senders import Senders
from waystation import PROGRAMS, PROJECT, WaystationTestCase, recording_lines, wait_for

TYPES = {
    "integer": pyarrow.int64(), "text": pyarrow.string(), "real": pyarrow.float64(), "boolean": pyarrow.bool_(),
}
POSTGRESQL = os.environ.get("WAYSTATION_POSTGRESQL")
DAY_MS = 86_400_000
EPOCH = datetime.date(1970, 1, 1)
# The first day of the year 1 and the last of the year 9999.
CALENDAR = (-719_162, 2_932_896)
# Beyond what calendars know, on both sides; before 1970; a leap day; the last and first moment of a day.
STRANGE_TIMES = [2**63 - 1, -(2**63), -1, -DAY_MS * 800_000, DAY_MS * 3_000_000, 951_782_400_000, DAY_MS * 20_000 - 1,
                 DAY_MS * 20_000]


class LakeTest(WaystationTestCase):
    def setUp(self):
        super().setUp()
        self.lines = recording_lines("rsvps-2015-03-08.ndjson", "rsvps-2017-03-19.ndjson")[:-1]

    # ---- the tests

    def test_readers_find_the_tables_of_the_warehouse(self):
        self.check_that_readers_find_the_tables()

    def test_the_cloud_parses_json_with_its_own_library_and_not_with_what_arrow_brings_along(self):
        done = subprocess.run(
            [PROGRAMS / "waystation-cloud", "tables", "--help"], env=os.environ | {"LD_DEBUG": "bindings", "LD_BIND_NOW": "1"},
            capture_output=True, text=True, timeout=60)
        bindings = [line for line in done.stderr.splitlines() if "waystation-cloud [" in line and "simdjson" in line]
        self.assertGreater(len(bindings), 0)
        self.assertEqual([line for line in bindings if "libsimdjson.so" not in line], [])

    @unittest.skipUnless(POSTGRESQL, "no server in WAYSTATION_POSTGRESQL, as provisioning/test starts one")
    def test_readers_find_the_tables_of_a_warehouse_in_postgresql(self):
        schema = f"lake_{secrets.token_hex(4)}"
        self.addCleanup(
            subprocess.run, ["psql", "--quiet", POSTGRESQL, "--command", f"DROP SCHEMA {schema} CASCADE"], check=True,
            stderr=subprocess.DEVNULL)
        self.check_that_readers_find_the_tables(
            f"[warehouse]\nengine = postgresql\nconnection = {POSTGRESQL}\nschema = {schema}\n")

    def check_that_readers_find_the_tables(self, more: str = ""):
        self.start(more, streams=self.all_streams())
        others = {name: self.station.generate(name, 300, seed=4).read_bytes().splitlines()
                  for name in ("photos", "event_comments")} | {"recentchange": recording_lines("recentchange.ndjson")}
        self.send(self.lines[:900])
        for name, lines in others.items():
            self.send(lines[:200], stream=name)
        self.assertIn("files written, 0 removed", self.etl())
        self.assert_equal_to_warehouse()
        # Some are changed, some come again, and some are new.
        self.send(self.lines[600:1500] + self.strange_lines())
        for name, lines in others.items():
            self.send(lines[100:], stream=name)
        self.etl()
        self.assert_equal_to_warehouse()
        self.assertIn("0 files written, 0 removed", self.etl())
        # What is written step by step is what is written at once, byte for byte.
        self.assertIn("0 files written, 0 removed", self.etl("--full"))
        before = self.files()
        self.send(self.lines[1500:2000])
        self.etl()
        self.assert_equal_to_warehouse()
        self.assertTrue(self.files() & before, "days that have not changed keep their files")
        self.assertIn("0 files written, 0 removed", self.etl("--full"))
        # So is what is made without the tables, and they go on from it.
        self.assertIn("0 files written, 0 removed", self.etl("--from-raw"))
        self.send(self.lines[2000:2100])
        self.assertNotIn(" 0 files written", self.etl("--from-raw"))
        self.assert_equal_to_warehouse()
        self.assertIn("0 files written, 0 removed", self.etl())

    def test_a_lake_made_of_raw_batches_needs_no_tables_and_all_batches(self):
        self.start()
        self.send(self.lines[:600] + self.strange_lines())
        member = json.loads(self.lines[0])["member"]["member_id"]
        self.station.cloud_says("forget", "member", str(member))
        self.etl("--from-raw")
        self.assert_equal_to_warehouse()
        expected, named = self.warehouse(), self.named_files()
        self.assertEqual(self.station.cloud.stop(), 0)
        self.assertNotIn(member, [row[0] for row in expected["members"]])
        for file in self.station.state.glob("warehouse.sqlite*"):
            file.unlink()
        self.assertIn("0 files written, 0 removed", self.etl("--from-raw"))

        raw = sorted((self.station.state / "raw").rglob("*.batch"))
        content = bytearray(raw[3].read_bytes())
        content[len(content) // 2] ^= 1
        raw[3].write_bytes(content)
        said = self.fails("--from-raw")
        self.assertIn("/".join(raw[3].parts[-3:]) + " is refused: ", said)
        self.assertIn("1 are refused; the lake is left as it is", said)
        self.assertEqual(self.named_files(), named)
        self.assertEqual(self.read_by_manifest(), expected)
        partial = self.station.cloud_command("etl", options=["--from-raw", "--partial"])
        self.assertEqual(partial.returncode, 1)
        self.assertIn("with 508 events, 1 refused", partial.stdout)
        self.assertLess(len(self.read_by_manifest()["rsvps"]), len(expected["rsvps"]))
        self.assertEqual(self.station.cloud_command("etl", options=["--partial"]).returncode, 64)

    def test_a_run_that_is_killed_leaves_the_old_state_and_the_next_one_clears_up(self):
        self.start()
        dice = random.Random(4)
        self.send(self.lines[:200] + self.strange_lines())
        began = time.monotonic()
        self.etl()
        whole = time.monotonic() - began
        strays = 0
        for turn in range(9):
            known, before = self.manifest_bytes(), self.files()
            self.send(self.lines[200 + turn * 40:][:300])
            run = subprocess.Popen(self.command("--full"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            # At any moment, and every third time once its first file is in its place.
            end = time.monotonic() + dice.uniform(0, whole)
            while run.poll() is None and not (self.files() - before if turn % 3 == 0 else time.monotonic() > end):
                pass
            run.kill()
            run.wait()
            state = self.read_by_manifest()
            if self.manifest_bytes() == known:
                strays += len(self.files() - self.named_files())
            else:
                self.assertEqual(state, self.warehouse())
        self.assertGreater(strays, 0, "no run was killed between its first file and its manifest")
        self.etl()
        self.assertEqual(self.files(), self.named_files())
        self.assert_equal_to_warehouse()

    def test_a_reader_never_sees_half_of_a_state(self):
        self.start("[lake]\ngrace = 1 h\n")
        self.send(self.lines[:100])
        self.etl()
        is_over, failures, read = threading.Event(), [], collections.Counter()

        def keep_reading():
            while not is_over.is_set():
                try:
                    rows = {name: len(rows) for name, rows in self.read_by_manifest().items()}
                    # Each answer is of a member and an event that are there: tables of one moment.
                    read[tuple(rows.items())] += 1
                except BaseException as error:
                    failures.append(error)
                    return

        reader = threading.Thread(target=keep_reading, daemon=True)
        reader.start()
        senders = Senders(self.station, self.lines, devices=2, batch_events=40, pause=0.05)
        senders.start()
        for _ in range(8):
            self.etl()
        self.etl("--full")
        senders.finish()
        is_over.set()
        reader.join()
        self.assertEqual(failures, [])
        self.assertGreater(len(read), 2, "the reader saw too few states")
        self.assertGreater(len(self.files() - self.named_files(superseded=False)), 0, "nothing was superseded")

    def test_the_lake_follows_a_warehouse_that_was_put_back(self):
        self.start()
        self.send(self.lines[:300])
        self.station.cloud_says("backup")
        self.send(self.lines[300:700])
        self.etl()
        self.assertEqual(self.station.cloud.stop(), 0)
        self.station.cloud_says("restore", options=["--replace"])
        self.station.restart_cloud()
        self.etl()
        self.assert_equal_to_warehouse()
        # Another way to the same number of commits.
        self.send(self.lines[700:900])
        self.etl()
        self.assert_equal_to_warehouse()

    def test_the_lake_may_be_in_a_bucket(self):
        address, key, secret = self.start_bucket("tables")
        credentials = self.station.folder / "s3.conf"
        credentials.touch(0o600)
        credentials.write_text(f"[credentials]\nkey-id = {key}\nsecret = {secret}\n")
        self.start(f"""
[lake]
store = s3
bucket = tables
prefix = fleet/lake
endpoint = {address}
credentials = file
credentials-file = {credentials}
""")
        self.assertIn("lake in s3://tables/fleet/lake/", self.station.cloud_says("check"))
        for lines in (self.lines[:400], self.lines[300:800]):
            self.send(lines)
            self.etl()
            copy = self.copy_of_bucket("tables", address, key, secret) / "fleet" / "lake"
            self.assertEqual(self.read_by_manifest(copy), self.warehouse())
            named = {copy / file["path"] for table in json.loads(self.manifest_bytes(copy))["tables"]
                     for file in table["files"]}
            self.assertEqual(set(copy.rglob("*.parquet")), named)
        self.assertIn("0 files written, 0 removed", self.etl("--full"))
        self.assertIn("0 files written, 0 removed", self.etl("--from-raw"))

    def test_what_is_wrong_is_said(self):
        folder = self.station.folder / "elsewhere"
        self.start(f"[lake]\nstore = directory\nfolder = {folder}\n")
        self.send(self.lines[:50])
        self.assertIn(f"lake in {folder}", self.etl())
        self.assertEqual(self.read_by_manifest(folder), self.warehouse())
        manifest = folder / "manifest.json"
        good = manifest.read_bytes()
        manifest.write_bytes(good.replace(b'"fleet":"test"', b'"fleet":"other"'))
        self.assertIn("of the fleet 'other'", self.fails("--full"))
        manifest.write_bytes(good[:-10])
        self.assertIn("run 'waystation-cloud etl --full'", self.fails())
        self.etl("--full")
        self.assertEqual(self.read_by_manifest(folder), self.warehouse())

    # ---- a bucket

    def start_bucket(self, name: str) -> list[str]:
        """Address, key and secret of a server that stands in for S3."""
        server = subprocess.Popen(
            [sys.executable, "-B", PROJECT / "provisioning" / "lib" / "s3_stand_ins.py", "--bucket", name, "moto"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(server.communicate)
        return server.stdout.readline().split()[1:]

    def copy_of_bucket(self, name: str, address: str, key: str, secret: str) -> Path:
        """All objects, as files of a new folder."""
        bucket = boto3.resource(
            "s3", endpoint_url=address, aws_access_key_id=key, aws_secret_access_key=secret,
            region_name="us-east-1").Bucket(name)
        folder = Path(tempfile.mkdtemp(dir=self.station.folder))
        for item in bucket.objects.all():
            (folder / item.key).parent.mkdir(parents=True, exist_ok=True)
            (folder / item.key).write_bytes(item.get()["Body"].read())
        return folder

    # ---- the warehouse's side

    def start(self, more: str = "", streams: Path | None = None) -> None:
        self.station.start_cloud(more, streams=streams)
        self.devices: dict[str, Device] = {}

    def all_streams(self) -> Path:
        """A folder with the streams that are delivered, and one that is not."""
        folder = self.station.folder / "streams"
        shutil.copytree(PROJECT / "cloud" / "streams", folder)
        shutil.copy(PROJECT / "Tests" / "Fixtures" / "streams" / "recentchange.json", folder)
        return folder

    def send(self, lines: list[bytes], batch_events: int = 100, stream: str = "rsvps") -> None:
        if stream not in self.devices:
            device = Device(self.station.folder / "keys", lambda: self.station.device_port, stream=stream)
            self.addCleanup(device.close)
            device.enrol(self.station.invite(f"sender of {stream}"))
            device.request_epoch()
            self.devices[stream] = device
        device = self.devices[stream]
        for start in range(0, len(lines), batch_events):
            device.upload(device.seal(lines[start:start + batch_events]))

    def strange_lines(self) -> list[bytes]:
        """Messages of strange times, with empty and odd texts and missing values."""
        lines = []
        for number, moment in enumerate(STRANGE_TIMES):
            message = json.loads(self.lines[number])
            message |= {"rsvp_id": number + 1, "mtime": moment, "response": ["", "żółć 🚲 \n\"", "\u0000", "yes"][number % 4]}
            message["member"] |= {"member_id": number + 1, "member_name": None}
            message.pop("venue", None)
            lines.append(json.dumps(message).encode())
        return lines

    def command(self, *options: str) -> list:
        return [PROGRAMS / "waystation-cloud", "etl", "--config", self.station.folder / "cloud" / "cloud.conf", *options]

    def etl(self, *options: str) -> str:
        """The last line of what it says."""
        return self.station.cloud_says("etl", options=list(options)).splitlines()[-1]

    def fails(self, *options: str) -> str:
        done = self.station.cloud_command("etl", options=list(options))
        self.assertEqual(done.returncode, 1, done.stderr)
        return done.stderr

    def row_counts(self) -> dict[str, int]:
        """The rows of each table of all streams."""
        lines = [line.split() for line in self.station.digests(stream=None).splitlines()]
        return {name: int(rows) for name, rows, _ in lines}

    def warehouse(self) -> dict[str, list]:
        """The rows of each table as `tables --table` prints them, sorted."""
        tables = {}
        for name, rows in self.row_counts().items():
            text = self.station.cloud_says("tables", options=["--table", name]) if rows else ""
            tables[name] = ordered(json.loads(line) for line in text.split("\n")[:-1])
        return tables

    # ---- the readers' side

    @property
    def lake(self) -> Path:
        return self.station.state / "lake"

    def manifest_bytes(self, lake: Path | None = None) -> bytes:
        return ((lake or self.lake) / "manifest.json").read_bytes()

    def files(self) -> set[Path]:
        return set(self.lake.rglob("*.parquet"))

    def named_files(self, superseded: bool = True) -> set[Path]:
        manifest = json.loads(self.manifest_bytes())
        files = [file for table in manifest["tables"] for file in table["files"]]
        return {self.lake / file["path"] for file in files + (manifest["superseded"] if superseded else [])}

    def read_by_manifest(self, lake: Path | None = None) -> dict[str, list]:
        """The rows of each table, of files that are what the manifest says."""
        lake = lake or self.lake
        tables = {}
        for table in json.loads(self.manifest_bytes(lake))["tables"]:
            schema = pyarrow.schema([
                pyarrow.field(column["name"], TYPES[column["type"]], column["nullable"]) for column in table["columns"]])
            rows = []
            for file in table["files"]:
                content = (lake / file["path"]).read_bytes()
                self.assertEqual(len(content), file["bytes"], file["path"])
                self.assertEqual(hashlib.sha256(content).hexdigest(), file["sha256"], file["path"])
                part = pyarrow.parquet.ParquetFile(io.BytesIO(content), page_checksum_verification=True)
                self.assertEqual(part.schema_arrow, schema, table["name"])
                some = [list(row.values()) for row in part.read().to_pylist()]
                self.assertEqual(len(some), file["rows"], file["path"])
                rows += some
            self.assertEqual(len(rows), table["rows"], table["name"])
            tables[table["name"]] = ordered(rows)
        return tables

    def assert_equal_to_warehouse(self) -> None:
        """By the manifest with pyarrow, and by the names of the files with DuckDB."""
        expected = self.warehouse()
        self.assertEqual(self.read_by_manifest(), expected)
        with closing(duckdb.connect()) as database:
            for table in json.loads(self.manifest_bytes())["tables"]:
                name, time_column = table["name"], table.get("time")
                if not table["files"]:
                    self.assertEqual(expected[name], [])
                    continue
                columns = ", ".join(f'"{column["name"]}"' for column in table["columns"])
                source = f"read_parquet('{self.lake}/{name}/**/*.parquet', hive_partitioning = true)"
                rows = database.sql(f"SELECT {columns} FROM {source}").fetchall()
                self.assertEqual(ordered(map(list, rows)), expected[name], name)
                if time_column:
                    length = {"millisecond": DAY_MS, "second": DAY_MS // 1000}[table["unit"]]
                    days = f"SELECT dt, min({time_column}), max({time_column}) FROM {source} GROUP BY dt"
                    for day, first, last in database.sql(days).fetchall():
                        if day is not None:
                            self.assertEqual(EPOCH + datetime.timedelta(days=first // length), day)
                            self.assertEqual(first // length, last // length, f"{name} {day}")
                    strange = f"{time_column} NOT BETWEEN {CALENDAR[0] * length} AND {(CALENDAR[1] + 1) * length - 1}"
                    wrong = f"SELECT count(*) FROM {source} WHERE (dt IS NULL) <> ({strange})"
                    self.assertEqual(database.sql(wrong).fetchall(), [(0,)], name)


def ordered(rows) -> list:
    """Rows in an order of their own, whatever they hold."""
    return sorted(rows, key=lambda row: [(value is not None, isinstance(value, str), value or 0) for value in row])


if __name__ == "__main__":
    unittest.main()
