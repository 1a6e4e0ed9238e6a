"""lost-replies: every 5th reply of the cloud is lost after the batch was taken."""

from .whole import Whole, resumable

MESSAGES = 40_000
RATE = 1000
LOSE_EVERY = 5


def run(stage, report, options) -> None:
    messages = resumable(stage.generated(MESSAGES))
    with Whole(messages, RATE, lose_every=LOSE_EVERY, spool="seal-bytes = 16 KiB") as whole:
        whole.edge.start()
        whole.report(report, "every 5th reply lost", "Fluent Bit 9,541 of 40,000 twice")
        report.note(f"replies lost: {whole.link.lost}")
        assert whole.link.lost > 20, "hardly a reply was lost, so this shows nothing"
