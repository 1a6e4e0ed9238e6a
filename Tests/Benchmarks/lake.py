#!/usr/bin/env python3
"""What it takes to write the tables as Parquet, beside DuckDB on the same rows and on the same messages.

    .waystation/venv/bin/python3 Tests/Benchmarks/lake.py [--events 1000000] [--seed 1] [--alone] [--programs DIR]

A cloud merges generated messages; then 'etl --full' writes all tables, further messages come in and 'etl' writes what has
changed; and 'etl --from-raw' makes all of the raw batches alone, verified, once into an empty place. DuckDB (2 threads, in
memory) writes the same tables, which it holds in its own form by then, divided alike; and makes them from the messages by
SQL, as far as SQL says it shortly: of messages with the same time any one may win. --alone leaves DuckDB out, which takes
1.5 GB of memory for a million events.

DIR holds the programs (default .build/release). Nothing else should run meanwhile. Needs provisioning/setup --for test.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

from edge_bench.report import Report, at_least, at_most

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "Tests" / "EndToEnd"))

BATCH_EVENTS, SENDERS = 5_000, 4
LATER_EVENTS = 10_000
GOAL_EVENTS_PER_SECOND, GOAL_MEGABYTES = 200_000, 300
THREADS = 2

MESSAGE = """{rsvp_id: 'BIGINT', mtime: 'BIGINT', response: 'VARCHAR', guests: 'BIGINT', visibility: 'VARCHAR',
    member: 'STRUCT(member_id BIGINT, member_name VARCHAR, photo VARCHAR,
                    other_services MAP(VARCHAR, STRUCT(identifier VARCHAR)))',
    "group": 'STRUCT(group_id BIGINT, group_name VARCHAR, group_urlname VARCHAR, group_city VARCHAR, group_state VARCHAR,
                     group_country VARCHAR, group_lat DOUBLE, group_lon DOUBLE,
                     group_topics STRUCT(urlkey VARCHAR, topic_name VARCHAR)[])',
    venue: 'STRUCT(venue_id BIGINT, venue_name VARCHAR, lat DOUBLE, lon DOUBLE)',
    event: 'STRUCT(event_id VARCHAR, event_name VARCHAR, event_url VARCHAR, "time" BIGINT)'}"""
PRECISE = "(SELECT 1 FROM v p WHERE p.mtime % 1000 <> 0 AND p.mtime BETWEEN v.mtime - 500 AND v.mtime + 500 AND " \
    + " AND ".join(f"p.{name} IS NOT DISTINCT FROM v.{name}" for name in
                   ("rsvp_id", "response", "guests", "visibility")) + ")"
# For each table a SELECT from the messages; later ones may use earlier ones.
NORMALISATION = {
    "newest_members": "SELECT DISTINCT ON (member.member_id) member.* FROM messages ORDER BY mtime DESC",
    "newest_groups": 'SELECT DISTINCT ON ("group".group_id) "group".* FROM messages ORDER BY mtime DESC',
    "members": "SELECT member_id, member_name, photo FROM newest_members",
    "member_services": "SELECT member_id, entry.key AS service, entry.value.identifier AS identifier FROM "
                       "(SELECT member_id, unnest(map_entries(other_services)) AS entry FROM newest_members)",
    "groups": "SELECT * EXCLUDE (group_topics) FROM newest_groups",
    "topics": "SELECT DISTINCT ON (topic.urlkey) topic.* FROM "
              '(SELECT mtime, unnest("group".group_topics) AS topic FROM messages) ORDER BY mtime DESC',
    "group_topics": "SELECT DISTINCT group_id, topic.urlkey AS urlkey FROM "
                    "(SELECT group_id, unnest(group_topics) AS topic FROM newest_groups)",
    "venues": "SELECT DISTINCT ON (venue.venue_id) venue.* FROM messages WHERE venue IS NOT NULL ORDER BY mtime DESC",
    "events": 'SELECT DISTINCT ON (event.event_id) event.*, "group".group_id AS group_id, venue.venue_id AS venue_id '
              "FROM messages ORDER BY mtime DESC",
    "rsvp_revisions": "WITH v AS (SELECT DISTINCT rsvp_id, mtime, response, guests, visibility FROM messages) "
                      f"SELECT * FROM v WHERE mtime % 1000 <> 0 OR NOT EXISTS {PRECISE}",
    "rsvps": "SELECT DISTINCT ON (r.rsvp_id) r.rsvp_id, m.member_id, m.event_id, r.response, r.guests, r.visibility, r.mtime "
             "FROM rsvp_revisions r JOIN (SELECT DISTINCT ON (rsvp_id) rsvp_id, member.member_id AS member_id, "
             "event.event_id AS event_id FROM messages ORDER BY mtime DESC) m USING (rsvp_id) ORDER BY r.mtime DESC",
}
HELPERS = ("newest_members", "newest_groups")
EVENT_TABLES = ("rsvps", "rsvp_revisions")


class Scene:
    """A cloud with the messages merged."""

    def __init__(self, station, programs: Path, events: int, seed: int):
        self.station, self._programs = station, programs
        self.messages = station.folder / "messages.ndjson"
        with open(self.messages, "wb") as file:
            command = [programs / "waystation-replay", "generate", str(events + LATER_EVENTS), "--seed", str(seed)]
            subprocess.run(command, stdout=file, check=True)
        station.start_cloud()

    def send(self, first: int, count: int) -> None:
        """Messages from the first one on, by several devices."""
        lock, failures = threading.Lock(), []
        with open(self.messages, "rb") as file:
            for _ in range(first):
                file.readline()
            shares = [count // SENDERS + (number < count % SENDERS) for number in range(SENDERS)]
            threads = [threading.Thread(target=self._send, args=(share, file, lock, failures)) for share in shares]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        if failures:
            raise failures[0]

    def _send(self, count: int, file, lock: threading.Lock, failures: list) -> None:
        from device import Device

        try:
            with closing(Device(self.station.folder / "keys", lambda: self.station.device_port)) as device:
                device.enrol(self.station.invite("sender"))
                device.request_epoch()
                while count > 0:
                    with lock:
                        lines = [file.readline().rstrip(b"\n") for _ in range(min(BATCH_EVENTS, count))]
                    device.upload(device.seal(lines))
                    count -= len(lines)
        except BaseException as error:
            failures.append(error)

    def run(self, *words: str) -> tuple[float, resource.struct_rusage]:
        """The seconds that a command of the cloud takes, and what it uses."""
        command = [self._programs / "waystation-cloud", words[0], "--config", self.station.folder / "cloud" / "cloud.conf",
                   *words[1:]]
        began = time.monotonic()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        said = process.stderr.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0, f"{' '.join(words)}: {said}"
        return time.monotonic() - began, usage

    def rows(self) -> dict[str, int]:
        """The rows of each table of the lake that has any."""
        manifest = json.loads((self.station.state / "lake" / "manifest.json").read_bytes())
        return {table["name"]: table["rows"] for table in manifest["tables"] if table["rows"]}


def measure_cloud(scene: Scene, events: int, report: Report) -> None:
    report.heading(f"waystation-cloud etl, {events:,} events")
    seconds, usage = scene.run("etl", "--full")
    processor = usage.ru_utime + usage.ru_stime
    megabytes = usage.ru_maxrss / 1024
    report.note(f"{sum(scene.rows().values()):,} rows, {seconds:.2f} s, of a processor {processor:.2f} s")
    report.figure("tables to Parquet, events/s", f"{events / seconds:,.0f}", at_least(events / seconds, GOAL_EVENTS_PER_SECOND))
    report.figure("memory, MB", f"{megabytes:,.0f}", at_most(megabytes, GOAL_MEGABYTES))
    seconds, _ = scene.run("etl")
    report.figure("nothing has changed, s", f"{seconds:.2f}")
    scene.send(events, LATER_EVENTS)
    seconds, _ = scene.run("etl")
    report.figure(f"{LATER_EVENTS:,} events later, s", f"{seconds:.2f}")
    report.heading(f"waystation-cloud etl --from-raw, {events + LATER_EVENTS:,} events")
    shutil.rmtree(scene.station.state / "lake")
    seconds, usage = scene.run("etl", "--from-raw")
    processor = usage.ru_utime + usage.ru_stime
    rate, megabytes = (events + LATER_EVENTS) / seconds, usage.ru_maxrss / 1024
    report.note(f"{sum(scene.rows().values()):,} rows, {seconds:.2f} s, of a processor {processor:.2f} s")
    report.figure("raw batches to Parquet, events/s", f"{rate:,.0f}", at_least(rate, GOAL_EVENTS_PER_SECOND))
    report.figure("memory, MB", f"{megabytes:,.0f}", at_most(megabytes, GOAL_MEGABYTES))


def measure_duckdb(scene: Scene, events: int, folder: Path, report: Report) -> None:
    import duckdb

    report.heading(f"DuckDB {duckdb.__version__}, {THREADS} threads")
    with closing(duckdb.connect(config={"threads": THREADS})) as database:
        for name in scene.rows():
            database.execute(
                f"CREATE TABLE {name} AS SELECT * FROM "
                f"read_parquet('{scene.station.state}/lake/{name}/**/*.parquet', hive_partitioning = true)")
        began = time.monotonic()
        for name in scene.rows():
            write(database, f"FROM {name}", name, folder / "rows")
        seconds = time.monotonic() - began
        report.figure("its own tables to Parquet, events/s", f"{(events + LATER_EVENTS) / seconds:,.0f}")
    with closing(duckdb.connect(config={"threads": THREADS})) as database:
        began = time.monotonic()
        database.execute(
            f"CREATE TABLE messages AS FROM read_json('{scene.messages}', format = 'newline_delimited', columns = {MESSAGE})")
        for name, select in NORMALISATION.items():
            database.execute(f"CREATE TABLE {name} AS {select}")
            if name in HELPERS:
                continue
            day = ", strftime(epoch_ms(mtime), '%Y-%m-%d') AS dt" if name in EVENT_TABLES else ""
            write(database, f"SELECT *{day} FROM {name}", name, folder / "messages")
        seconds = time.monotonic() - began
        report.figure("messages to Parquet by SQL, events/s", f"{(events + LATER_EVENTS) / seconds:,.0f}")
        for name, rows in scene.rows().items():
            [(found,)] = database.sql(f"SELECT count(*) FROM {name}").fetchall()
            if found != rows:
                report.note(f"{name}: {found:,} rows, the cloud has {rows:,}")


def write(database, select: str, name: str, folder: Path) -> None:
    """A table as files of Parquet, compressed and divided as the cloud does."""
    folder.mkdir(exist_ok=True)
    division = ", PARTITION_BY (dt)" if name in EVENT_TABLES else ""
    target = folder / (name if division else f"{name}.parquet")
    database.execute(f"COPY ({select}) TO '{target}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 3{division})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000_000, help="how many messages (default 1000000)")
    parser.add_argument("--seed", type=int, default=1, help="decides the messages (default 1)")
    parser.add_argument("--alone", action="store_true", help="leave DuckDB out")
    parser.add_argument("--programs", type=Path, default=PROJECT / ".build" / "release", help="where the programs are")
    options = parser.parse_args()
    os.environ["WAYSTATION_PROGRAMS"] = str(options.programs.resolve())
    from waystation import Waystation

    report = Report()
    station = Waystation()
    is_good = False
    try:
        scene = Scene(station, options.programs, options.events, options.seed)
        scene.send(0, options.events)
        measure_cloud(scene, options.events, report)
        if not options.alone:
            measure_duckdb(scene, options.events, station.folder, report)
        is_good = True
    finally:
        station.cloud.end()
        station.close(failed=not is_good)
    report.summary()


if __name__ == "__main__":
    main()
