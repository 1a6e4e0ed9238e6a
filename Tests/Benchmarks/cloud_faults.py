#!/usr/bin/env python3
"""What the cloud keeps when it is killed, or its machine loses its power, again and again under load.

    Tests/Benchmarks/cloud_faults.py kills [--count 1000] [--seed 1] [--programs DIR]
    Tests/Benchmarks/cloud_faults.py power-cuts [--count 20] [--seed 1] [--programs DIR]    (root)

Devices send batches of generated messages without a pause, and keep each receipt whose signature they have verified. At
random moments the cloud gets SIGKILL, or is stopped in its tracks while the image behind its file system is copied
without a sync, and goes on from the copy. It is started again at once. In the end the receipts, the ledger, the tables (by
the oracle, over all acknowledged batches), the counters and the raw batches must agree, no epoch may have been granted
twice, and no invitation be good twice.

DIR holds the programs (default .build/release).
"""

import argparse
import os
import random
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path

from edge_bench.disk import Disk
from edge_bench.report import Report

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "Tests" / "EndToEnd"))

MESSAGES = 200_000
DEVICES, BATCH_EVENTS, PAUSE_SECONDS = 8, 10, 0.1
KILL_LIFE_SECONDS = (0.02, 1.0)
CUT_LIFE_SECONDS = (0.5, 4.0)
DISK_MEGABYTES = 1024


class Scene:
    """A cloud on a disk of its own, and the senders that do not give up."""

    def __init__(self, station, programs: Path, seed: int, disk: Disk | None):
        from senders import Senders

        self.station, self.disk = station, disk
        self._recoveries: list[float] = []
        station.start_cloud(state=disk.path / "state" if disk else None)
        command = [programs / "waystation-replay", "generate", str(MESSAGES), "--seed", str(seed)]
        messages = subprocess.run(command, capture_output=True, check=True).stdout.splitlines()
        self.senders = Senders(station, messages, DEVICES, BATCH_EVENTS, PAUSE_SECONDS, seed)

    def run(self, count: int, life_seconds: tuple[float, float], seed: int, strike) -> None:
        """So many lives, each ended by `strike`."""
        dice = random.Random(seed)
        self.senders.start()
        for number in range(1, count + 1):
            time.sleep(dice.uniform(*life_seconds))
            assert self.station.cloud.is_running, "the cloud has ended by itself"
            strike()
            began = time.monotonic()
            self.station.restart_cloud()
            self._recoveries.append(time.monotonic() - began)
            self.senders.assert_alive()
            if number % 100 == 0:
                print(f"   {number}: {len(self.senders.acknowledged):,} batches acknowledged", flush=True)
        self.senders.finish()

    def kill(self) -> None:
        self.station.cloud.kill()

    def cut_power(self) -> None:
        self.station.cloud.send_signal(signal.SIGSTOP)
        photograph = self.disk.photograph()
        self.station.cloud.kill()
        self.disk.replace(photograph)

    def verdict(self, report: Report, name: str) -> bool:
        from senders import contradictions

        senders = self.senders
        events = sum(len(batch.lines) for batch in senders.acknowledged)
        report.note(
            f"{len(senders.acknowledged):,} batches with {events:,} events acknowledged, {senders.retries:,} retries, "
            f"{len(senders.granted):,} epochs granted")
        recoveries = sorted(self._recoveries)
        report.note(
            f"listening again after, s: median {statistics.median(recoveries):.2f}, "
            f"p99 {recoveries[int(len(recoveries) * 0.99)]:.2f}, most {recoveries[-1]:.2f}")
        found = contradictions(self.station, senders)
        for sentence in found:
            report.note(sentence)
        report.contradictions(name, len(found))
        return not found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenario", choices=["kills", "power-cuts"])
    parser.add_argument("--count", type=int, help="how many (default 1000 kills, 20 power cuts)")
    parser.add_argument("--seed", type=int, default=1, help="decides messages and moments (default 1)")
    parser.add_argument("--programs", type=Path, default=PROJECT / ".build" / "release", help="where the programs are")
    options = parser.parse_args()
    os.environ["WAYSTATION_PROGRAMS"] = str(options.programs.resolve())
    is_cut = options.scenario == "power-cuts"
    if is_cut and not Disk.is_real:
        sys.exit("power cuts need root, for a loop device")
    from waystation import Waystation

    report = Report()
    count = options.count or (20 if is_cut else 1000)
    name = f"{count} {'power cuts' if is_cut else 'SIGKILLs'} of the cloud"
    report.heading(f"{name}, seed {options.seed}")
    station = Waystation()
    is_good = False
    disk = Disk(station.folder, "disk", DISK_MEGABYTES) if is_cut else None
    try:
        scene = Scene(station, options.programs, options.seed, disk)
        if is_cut:
            scene.run(count, CUT_LIFE_SECONDS, options.seed, scene.cut_power)
        else:
            scene.run(count, KILL_LIFE_SECONDS, options.seed, scene.kill)
        is_good = scene.verdict(report, name)
    finally:
        station.cloud.end()
        if disk:
            disk.close()
        station.close(failed=not is_good)
    sys.exit(not is_good)


if __name__ == "__main__":
    main()
