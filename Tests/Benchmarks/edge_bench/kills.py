"""kills: SIGKILL at random moments under a load of 1,000 messages a second, with a source that can resume."""

import random
import time

from .whole import Whole, resumable

RATE = 1000
LIFE_SECONDS = (0.05, 3.0)
# The edge starts, recovers and fetches what it has missed.
SPARE_SECONDS = 15


def run(stage, report, options) -> None:
    dice = random.Random(options.seed)
    lives = [dice.uniform(*LIFE_SECONDS) for _ in range(options.kills)]
    messages = resumable(stage.generated(int(RATE * (sum(lives) + SPARE_SECONDS + 0.1 * len(lives)))))
    with Whole(messages, RATE, spool=options.spool) as whole:
        whole.edge.start()
        for life in lives:
            time.sleep(life)
            assert whole.edge.is_running, "the edge has ended by itself"
            whole.edge.kill()
            whole.edge.start()
        report.note(f"{len(lives)} kills, moments by seed {options.seed}")
        whole.report(report, f"{len(lives)} SIGKILLs", "Fluent Bit 2-8 lost each")
