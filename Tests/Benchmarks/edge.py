#!/usr/bin/env python3
"""What an edge costs, and what it does when things break: one scenario a row of the figures to reach.

    Tests/Benchmarks/edge.py SCENARIO... [--programs DIR] [--recording FILE...]
    Tests/Benchmarks/edge.py all

DIR holds release programs (swift build -c release --static-swift-stdlib; default .build/release). Prints a figure a
line with its goal, and in brackets what other collectors were measured at with events of the same kind, elsewhere;
at the end once more all that has a goal.

The edge has everything on: parse, score with a model, compress, store durably, sign, upload over TLS. It is enrolled
with a real cloud. Where a scenario says "sink", a cheap stand-in that signs receipts takes the cloud's place; otherwise
it is the real cloud, and what counts is what its tables say. As root its state lies on an ext4 file system of its own
behind a loop device with direct I/O, whose writes are counted; otherwise those figures are left out.
Everything is taken away at the end, also after Ctrl-C. Nothing else should run meanwhile.
"""

import argparse
import os
import signal
import sys
import traceback
from pathlib import Path

from edge_bench import backlog, damage, kills, lost_replies, outage, paced, peers, power_cuts, quota, speed
from edge_bench.disk import Disk
from edge_bench.report import Report
from edge_bench.stage import PROJECT, Stage

# In the order of the table.
SCENARIOS = {
    "speed": (speed.run, "sink: as fast as it goes: CPU, events/s, wire and device bytes"),
    "paced": (paced.run, "sink: 100/s: memory and device bytes"),
    "when-offline": (paced.run_when_offline, "sink: 100/s with durability = when-offline"),
    "backlog": (backlog.run, "sink: 380 MB collected offline, then drained: memory, time, order"),
    "kills": (kills.run, "cloud: SIGKILL at random moments under load"),
    "power-cuts": (power_cuts.run, "cloud: the device loses its power at random moments (root)"),
    "lost-replies": (lost_replies.run, "cloud: every 5th reply is lost after the batch was taken"),
    "outage": (outage.run, "sink: 1,000/s, the link away for 60 s"),
    "quota": (quota.run, "sink: offline with a quota of 20 MB"),
    "damage": (damage.run, "cloud: the database damaged, cut to half, zeroed"),
    "peers": (peers.run, "rsyslog and mosquitto on the same messages, where installed"),
}


def parse_arguments() -> argparse.Namespace:
    names = "\n".join(f"  {name:14} {text}" for name, (_, text) in SCENARIOS.items())
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=f"scenarios:\n{names}", formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="edge.py [options] SCENARIO... | all")
    parser.add_argument("scenarios", nargs="+", choices=[*SCENARIOS, "all"], metavar="SCENARIO")
    parser.add_argument("--programs", type=Path, default=PROJECT / ".build" / "release", help="where the programs are")
    parser.add_argument("--events", type=int, default=1_000_000, help="speed, peers: how many (default 1000000)")
    parser.add_argument("--seconds", type=int, default=60, help="paced, when-offline: how long (default 60)")
    parser.add_argument("--kills", type=int, default=100, help="kills: how many (default 100)")
    parser.add_argument("--cuts", type=int, default=20, help="power-cuts: how many (default 20)")
    parser.add_argument("--seed", type=int, default=1, help="kills, power-cuts: decides the moments (default 1)")
    parser.add_argument(
        "--spool", default="", metavar="LINE",
        help="kills, power-cuts: a line of the configuration's [spool], such as 'durability = when-offline'")
    parser.add_argument(
        "--recording", type=Path, nargs="+", default=[], metavar="FILE",
        help="send these recordings, again and again, instead of generated messages (sink)")
    arguments = parser.parse_args()
    if "all" in arguments.scenarios:
        arguments.scenarios = list(SCENARIOS)
    return arguments


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # So that the disk is given back.
    arguments = parse_arguments()
    os.environ["WAYSTATION_PROGRAMS"] = str(arguments.programs.resolve())
    report = Report()
    if not Disk.is_real:
        report.note("no root, no loop device: device bytes and power cuts are left out")
    stage = Stage(arguments.programs, arguments.recording)
    failed = []
    try:
        for name in arguments.scenarios:
            run, text = SCENARIOS[name]
            report.heading(f"{name}: {text}")
            try:
                run(stage, report, arguments)
            except Exception:  # The others are worth their time; what is in the folder may tell why this one failed.
                traceback.print_exc()
                failed.append(name)
    finally:
        stage.close(failed=bool(failed))
    report.summary()
    if failed:
        sys.exit(f"these scenarios failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
