#!/usr/bin/env python3
"""How fast raw batches are verified and tables made again from them: generated messages that an edge has delivered, then
'verify-raw' and 'rebuild' without a server, on this machine.

    Tests/Benchmarks/rebuild.py [--events N] [--programs DIR]

DIR holds release programs (swift build -c release --static-swift-stdlib; default .build/release). Prints a figure a line,
beside it the goal where there is one, and fails where the new tables are not the old ones.
"""

import os
import subprocess
import time

from edge_bench.report import Report, at_least, at_most
from pipeline import parse_arguments

GOAL_EVENTS_PER_SECOND, GOAL_MEGABYTES = 100_000, 300


def timed(waystation, programs, command: str) -> tuple[float, float, float]:
    """Seconds, CPU seconds and peak resident MB of a command of the cloud."""
    began = time.monotonic()
    process = subprocess.Popen(
        [programs / "waystation-cloud", command, "--config", waystation.folder / "cloud" / "cloud.conf"],
        stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, f"{command} has failed"
    return time.monotonic() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def measure(waystation, programs, events: int, wait_for, report: Report) -> None:
    waystation.start_generator(events, seed=1)
    waystation.start_cloud()
    waystation.add_enrolled_edge("edge").start()
    wait_for("all is merged", lambda: waystation.snapshot()["events"] >= events, 3600)
    waystation.cloud.stop()
    digests = waystation.digests()
    report.heading(f"{events:,} events")
    for command in ("verify-raw", "rebuild"):
        seconds, cpu, resident = timed(waystation, programs, command)
        rate = events / seconds
        report.figure(
            f"{command}: events/s", f"{rate:,.0f}",
            at_least(rate, GOAL_EVENTS_PER_SECOND) if command == "rebuild" else None)
        report.figure(f"{command}: CPU-s per million events", f"{cpu / events * 1e6:.1f}")
        report.figure(f"{command}: resident MB, peak", f"{resident:.1f}", at_most(resident, GOAL_MEGABYTES))
    assert waystation.digests() == digests, "the new tables are not the old ones"


def main() -> None:
    arguments = parse_arguments(__doc__)
    os.environ["WAYSTATION_PROGRAMS"] = str(arguments.programs.resolve())
    from waystation import PROGRAMS, Waystation, wait_for

    waystation = Waystation()
    failed = True
    try:
        measure(waystation, PROGRAMS, arguments.events, wait_for, Report())
        failed = False
    finally:
        waystation.close(failed)


if __name__ == "__main__":
    main()
