#!/usr/bin/env python3
"""How fast a stream goes through everything: generated messages as fast as the edge takes them, over WebSocket, spool,
TLS and merge into the tables of an embedded database, all on this machine.

    Tests/Benchmarks/pipeline.py [--events N] [--programs DIR]

DIR holds release programs (swift build -c release --static-swift-stdlib; default .build/release). Prints a figure a line.
"""

import argparse
import os
import sys
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "Tests" / "EndToEnd"))


def parse_arguments(description: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=description.split("\n\n")[0])
    parser.add_argument("--events", type=int, default=200_000, help="how many messages (default 200000)")
    parser.add_argument("--programs", type=Path, default=PROJECT / ".build" / "release", help="where the programs are")
    return parser.parse_args()


def process_figures(pid: int) -> dict[str, float]:
    """CPU seconds, and resident memory now, its part that is no file's, and its peak in MB, of a running process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    ticks = os.sysconf("SC_CLK_TCK")
    return {
        "cpu": (int(fields[11]) + int(fields[12])) / ticks,
        "rss": int(status["VmRSS"].split()[0]) / 1024,
        "own": int(status["RssAnon"].split()[0]) / 1024,
        "peak": int(status["VmHWM"].split()[0]) / 1024,
    }


def say(name: str, value: str) -> None:
    print(f"{name:44} {value}", flush=True)


def report_program(program, events: int) -> None:
    figures = process_figures(program.pid)
    say(f"{program.name}: CPU-s per million events", f"{figures['cpu'] / events * 1e6:.1f}")
    say(f"{program.name}: resident MB, peak", f"{figures['peak']:.1f}")


def measure(waystation, events: int, wait_for) -> None:
    waystation.start_generator(events, seed=1)
    waystation.start_cloud()
    edge = waystation.add_enrolled_edge("edge")
    began = time.monotonic()
    edge.start()
    wait_for("all is out", lambda: waystation.stream_status()["done"], 3600)
    played = time.monotonic() - began
    wait_for("all is merged", lambda: waystation.snapshot()["events"] >= events, 3600)
    merged = time.monotonic() - began
    say("events", str(events))
    say("events/s taken by the edge", f"{events / played:,.0f}")
    say("events/s through the whole pipeline", f"{events / merged:,.0f}")
    for program in (waystation.replay, edge, waystation.cloud):
        report_program(program, events)


def main() -> None:
    arguments = parse_arguments(__doc__)
    os.environ["WAYSTATION_PROGRAMS"] = str(arguments.programs.resolve())
    from waystation import PROGRAMS, Waystation, wait_for

    waystation = Waystation()
    failed = True
    try:
        measure(waystation, arguments.events, wait_for)
        for name in ("waystation-edge", "waystation-cloud"):
            say(f"{name}: binary MB", f"{(PROGRAMS / name).stat().st_size / 1e6:.1f}")
        failed = False
    finally:
        waystation.close(failed)


if __name__ == "__main__":
    main()
