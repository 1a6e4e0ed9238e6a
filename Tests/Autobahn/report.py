"""Counts the verdicts in an index.json of Autobahn's suite; names what is not OK; exit status 1 where a case failed."""

import collections
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    (cases,) = json.load(file).values()


def order(name):
    return [int(part) for part in name.split(".")]


verdicts = collections.Counter()
for name in sorted(cases, key=order):
    behaviour, closing = cases[name]["behavior"], cases[name]["behaviorClose"]
    # INFORMATIONAL: the protocol leaves the answer open, the suite only says what it was.
    if "FAILED" in (behaviour, closing) or behaviour not in ("OK", "INFORMATIONAL", "NON-STRICT"):
        verdict = "failed"
    elif "NON-STRICT" in (behaviour, closing):
        verdict = "non-strict"
    elif closing in ("OK", "INFORMATIONAL"):
        verdict = "informational" if behaviour == "INFORMATIONAL" else "passed"
    else:
        verdict = "failed"
    verdicts[verdict] += 1
    if verdict in ("failed", "non-strict"):
        print(f"case {name}: {behaviour}, close {closing}")

words = ", ".join(f"{verdicts[verdict]} {verdict}" for verdict in ("passed", "informational", "non-strict", "failed"))
print(f"{len(cases)} cases: {words}")
sys.exit(0 if cases and not verdicts["failed"] else 1)
