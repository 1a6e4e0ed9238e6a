"""merge: as fast as it goes over HTTPS, and DuckDB on the same messages. growth: how it goes on up to ten times as many.
postgresql: as fast as it goes into tables of PostgreSQL."""

import time

from edge_bench.report import at_least, at_most

from .peer import Peer
from .postgresql import server

MEMORY_GOAL = 300
RATE_GOAL = 50_000
POSTGRESQL_RATE_GOAL = 30_000


def run(stage, report, options) -> None:
    with stage.cloud() as scene:
        before = scene.cpu()
        load = scene.load("flood", "--events", options.events, "--in-flight", options.in_flight)
        rate = load["events/s"]
        report.figure("events/s over HTTPS, durable, all tables", f"{rate:,.0f}", at_least(rate, RATE_GOAL))
        report.figure("CPU us an event, of the cloud", f"{(scene.cpu() - before) / load['events'] * 1e6:.1f}")
        report.figure("resident MB, peak", f"{scene.peak():.0f}", at_most(scene.peak(), MEMORY_GOAL))
        report.note(f"answers {load.answers}; {load['batches']:,.0f} batches, p99 {load['latency p99 ms']:,.0f} ms")
        rows = scene.row_counts()
        file = scene.folder / "events.json"
        stage.generate(file, options.events)
        peer = Peer(scene.folder / "peer.duckdb")
        seconds = peer.merge(file)
        report.figure("events/s by DuckDB, one transaction, no network", f"{options.events / seconds:,.0f}")
        report.figure("as fast as DuckDB", f"{rate * seconds / options.events:.1f} x")
        theirs = peer.row_counts()
        different = {name for name, count in theirs.items() if rows.get(name) != count}
        report.figure("tables with other row counts than DuckDB's", f"{len(different)}", at_most(len(different), 0))


def run_postgresql(stage, report, options) -> None:
    with server() as address, stage.cloud(f"[warehouse]\nengine = postgresql\nconnection = {address}\n") as scene:
        before = scene.cpu()
        load = scene.load("flood", "--events", options.events, "--in-flight", options.in_flight)
        rate = load["events/s"]
        report.figure(
            "events/s over HTTPS into PostgreSQL, durable, all tables", f"{rate:,.0f}", at_least(rate, POSTGRESQL_RATE_GOAL))
        report.figure("CPU us an event, of the cloud without the server", f"{(scene.cpu() - before) / load['events'] * 1e6:.1f}")
        report.figure("resident MB, peak", f"{scene.peak():.0f}", at_most(scene.peak(), MEMORY_GOAL))
        report.note(f"answers {load.answers}; {load['batches']:,.0f} batches, p99 {load['latency p99 ms']:,.0f} ms")


def run_growth(stage, report, options) -> None:
    with stage.cloud() as scene:
        for part in range(1, options.parts + 1):
            began = time.monotonic()
            load = scene.load(
                "flood", "--events", options.events, "--in-flight", options.in_flight, "--skip", (part - 1) * options.events)
            report.figure(
                f"events/s from {(part - 1) * options.events / 1e6:g} M to {part * options.events / 1e6:g} M",
                f"{load['events/s']:,.0f}")
            report.note(
                f"p99 {load['latency p99 ms']:,.0f} ms, peak {scene.peak():.0f} MB, {time.monotonic() - began:.0f} s with all "
                "preparations")
        report.figure("resident MB, peak", f"{scene.peak():.0f}", at_most(scene.peak(), MEMORY_GOAL))
