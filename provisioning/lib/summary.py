"""Prints what a run of the demo came to, from a snapshot of the cloud (JSON on standard input)."""

import json
import sys


def main() -> None:
    snapshot = json.load(sys.stdin)
    rows = [
        ("messages played", f"{int(sys.argv[1]):,}"),
        ("batches merged", f"{sum(edge['sequence'] or 0 for edge in snapshot['edges']):,}"),
        ("lines received from both edges", f"{snapshot['events']:,}"),
        ("distinct messages merged", f"{snapshot['revisions']:,}"),
        ("malformed lines", f"{snapshot['malformed']:,}"),
    ]
    for stream in snapshot["streams"]:
        rows.append((f"of {stream['stream']}", f"{stream['events']:,} lines, {stream['revisions']:,} distinct"))
    for stream in snapshot["streams"]:
        if model := stream["model"]:
            rows.append((f"model of {stream['stream']}",
                         f"version {model['version']}, log loss {model['progressive_log_loss']:.3f}, "
                         f"base rate {model['base_rate_log_loss']:.3f}"))
    for edge in snapshot["edges"]:
        version = edge["model_version"]
        loss = edge["log_loss"]
        scoring = "no model yet" if version is None else f"model version {version}"
        rows.append((edge["name"], f"{edge['sequence'] or 0} batches, {scoring}" + (f", log loss {loss:.3f}" if loss is not None else "")))
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        print(f"{name:{width}}  {value}")


main()
