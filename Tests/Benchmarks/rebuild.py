#!/usr/bin/env python3
"""How fast raw batches are verified and tables made again from them: generated messages that an edge has delivered, then
'verify-raw' and 'rebuild' without a server, on this machine.

    Tests/Benchmarks/rebuild.py [--events N] [--programs DIR]

DIR holds release programs (swift build -c release --static-swift-stdlib; default .build/release). Prints a figure a line,
and fails where the new tables are not the old ones.
"""

import os
import subprocess
import time

from pipeline import parse_arguments, say


def timed(waystation, programs, command: str) -> tuple[float, float, float]:
    """Seconds, CPU seconds and peak resident MB of a command of the cloud."""
    began = time.monotonic()
    process = subprocess.Popen(
        [programs / "waystation-cloud", command, "--config", waystation.folder / "cloud" / "cloud.conf"],
        stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, f"{command} has failed"
    return time.monotonic() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def measure(waystation, programs, events: int, wait_for) -> None:
    waystation.start_generator(events, seed=1)
    waystation.start_cloud()
    waystation.add_enrolled_edge("edge").start()
    wait_for("all is merged", lambda: waystation.snapshot()["events"] >= events, 3600)
    waystation.cloud.stop()
    digests = waystation.digests()
    say("events", str(events))
    for command in ("verify-raw", "rebuild"):
        seconds, cpu, resident = timed(waystation, programs, command)
        say(f"{command}: events/s", f"{events / seconds:,.0f}")
        say(f"{command}: CPU-s per million events", f"{cpu / events * 1e6:.1f}")
        say(f"{command}: resident MB, peak", f"{resident:.1f}")
    assert waystation.digests() == digests, "the new tables are not the old ones"


def main() -> None:
    arguments = parse_arguments(__doc__)
    os.environ["WAYSTATION_PROGRAMS"] = str(arguments.programs.resolve())
    from waystation import PROGRAMS, Waystation, wait_for

    waystation = Waystation()
    failed = True
    try:
        measure(waystation, PROGRAMS, arguments.events, wait_for)
        failed = False
    finally:
        waystation.close(failed)


if __name__ == "__main__":
    main()
