"""power-cuts: the edge's device loses its power at random moments under a load of 1,000 messages a second.

The edge is stopped in its tracks, and what its device had been told by then is photographed; then it is killed, and it
starts again on the photograph. What only the page cache knew is gone, unlike after a kill.
"""

import random
import signal
import subprocess
import time

from .disk import Disk
from .whole import Whole, resumable

RATE = 1000
LIFE_SECONDS = (0.5, 4.0)
SPARE_SECONDS = 20


def run(stage, report, options) -> None:
    if not Disk.is_real:
        return report.note("left out: that needs root, for a loop device")
    dice = random.Random(options.seed)
    lives = [dice.uniform(*LIFE_SECONDS) for _ in range(options.cuts)]
    messages = resumable(stage.generated(int(RATE * (sum(lives) + SPARE_SECONDS + len(lives)))))
    with Whole(messages, RATE, spool=options.spool) as whole:
        subprocess.run(["sync", "-f", whole.disk.path], check=True)  # What was before the edge ran is no subject here.
        whole.edge.start()
        for life in lives:
            time.sleep(life)
            _cut(whole)
        report.note(f"{len(lives)} power cuts, moments by seed {options.seed}")
        whole.report(report, f"{len(lives)} power cuts", "Fluent Bit 0.3-0.7 s of messages lost each")


def _cut(whole: Whole) -> None:
    assert whole.edge.is_running, "the edge has ended by itself"
    whole.edge.send_signal(signal.SIGSTOP)
    photograph = whole.disk.photograph()
    whole.edge.kill()
    whole.disk.replace(photograph)
    whole.edge.start()
