#!/usr/bin/env python3
"""What the cloud's database takes in, and how fast it answers: one scenario a row of the figures to reach.

    Tests/Benchmarks/cloud.py SCENARIO... [--programs DIR] [--events N]
    Tests/Benchmarks/cloud.py all

DIR holds release programs (swift build -c release --static-swift-stdlib; default .build/release): waystation-cloud,
waystation-replay and waystation-load. Prints a figure a line with its goal; at the end once more all that has a goal.

Devices with real keys send sealed batches over TLS on this machine, which they share with the cloud; each answer is a
receipt for what is durable, and each receipt is checked. 'merge' needs DuckDB in the Python that runs it
(.waystation/venv has it). 'fleet' needs as many open files as the cloud takes connections, and some: 'ulimit -n 2048'.
Nothing else should run meanwhile.
"""

import argparse
import os
import sys
import traceback
from pathlib import Path

from cloud_bench import merge, paced
from cloud_bench.stage import PROJECT, Stage
from edge_bench.report import Report

SCENARIOS = {
    "merge": (merge.run, "as fast as it goes, and DuckDB on the same messages"),
    "postgresql": (merge.run_postgresql, "as fast as it goes into PostgreSQL, whose server shares the machine"),
    "paced": (paced.run, "at a rate: how long a receipt takes"),
    "growth": (merge.run_growth, "ten times as many, part by part"),
    "fleet": (paced.run_fleet, "many devices, a batch a minute each"),
}


def parse_arguments() -> argparse.Namespace:
    names = "\n".join(f"  {name:14} {text}" for name, (_, text) in SCENARIOS.items())
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=f"scenarios:\n{names}", formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="cloud.py [options] SCENARIO... | all")
    parser.add_argument("scenarios", nargs="+", choices=[*SCENARIOS, "all"], metavar="SCENARIO")
    parser.add_argument("--programs", type=Path, default=PROJECT / ".build" / "release", help="where the programs are")
    parser.add_argument("--events", type=int, default=1_000_000, help="merge, postgresql, growth: events (a part) (default 1000000)")
    parser.add_argument("--parts", type=int, default=10, help="growth: parts (default 10)")
    parser.add_argument("--in-flight", type=int, default=24, help="merge, postgresql, growth: batches under way (default 24)")
    parser.add_argument("--rate", type=int, default=10_000, help="paced: events a second (default 10000)")
    parser.add_argument("--seconds", type=int, default=60, help="paced: how long (default 60)")
    parser.add_argument("--devices", type=int, default=10_000, help="fleet: devices (default 10000)")
    parser.add_argument("--minutes", type=int, default=10, help="fleet: how long (default 10)")
    arguments = parser.parse_args()
    if "all" in arguments.scenarios:
        arguments.scenarios = list(SCENARIOS)
    return arguments


def main() -> None:
    arguments = parse_arguments()
    os.environ["WAYSTATION_PROGRAMS"] = str(arguments.programs.resolve())
    report = Report()
    stage = Stage(arguments.programs)
    failed = []
    for name in arguments.scenarios:
        run, text = SCENARIOS[name]
        report.heading(f"{name}: {text}")
        try:
            run(stage, report, arguments)
        except Exception:  # The others are worth their time.
            traceback.print_exc()
            failed.append(name)
    report.summary()
    if failed:
        sys.exit(f"these scenarios failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
