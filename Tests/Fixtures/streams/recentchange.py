#!/usr/bin/env python3
"""Writes a recording of Wikimedia's recentchange stream as it might have been; all names and texts are invented.

    recentchange.py [--seed N] [--messages N]

The shape is that of mediawiki/recentchange 1.0.0 (https://schema.wikimedia.org): edits, new pages, log entries and
changes of categories, with the members that each kind has. As on the real stream, a message is now and then delivered
twice, and times, in whole seconds, go back a little. The same seed gives the same bytes with any Python:
Tests/Fixtures/recordings/recentchange.ndjson is what this prints unless told otherwise.
"""

import argparse
import json
import random

START = 1_700_000_000
WIKIS = [("enwiki", "en.wikipedia.org"), ("dewiki", "de.wikipedia.org"), ("jawiki", "ja.wikipedia.org"),
         ("wikidatawiki", "www.wikidata.org"), ("commonswiki", "commons.wikimedia.org")]
NAMESPACES = {0: "", 1: "Talk:", 2: "User:", 6: "File:", 14: "Category:"}
SUBJECTS = ["Lighthouse", "Ströme & Flüsse", "灯台", "Harbour/History", "List of \"quoted\" things", "Wetterstation",
            "A\\B", "Semaphore 😀", "Q42", "Relay"]
AUTHORS = ["Anna of the Harbour", "Boten-Bot", "203.0.113.7", "灯台守", "O'Brien", "Żeglarz"]
COMMENTS = ["", "typo", "/* History */ sources", "Kategorie ergänzt", "修正", "rv \"test\" edit"]


class Dice:
    """Draws from `random()` alone, which is the same in all versions of Python."""

    def __init__(self, seed):
        self._random = random.Random(seed).random

    def below(self, bound):
        return int(self._random() * bound)

    def pick(self, choices):
        return choices[self.below(len(choices))]

    def happens(self, percent):
        return self.below(100) < percent

    def uuid(self):
        digits = "".join("0123456789abcdef"[self.below(16)] for _ in range(32))
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def change(dice, number, time):
    wiki, server = dice.pick(WIKIS)
    kind = dice.pick(["edit"] * 6 + ["new", "log", "categorize", "categorize"])
    namespace = 14 if kind == "categorize" else dice.pick(list(NAMESPACES))
    title = NAMESPACES[namespace] + dice.pick(SUBJECTS)
    author = dice.pick(AUTHORS)
    comment = dice.pick(COMMENTS)
    message = {
        "$schema": "/mediawiki/recentchange/1.0.0",
        "meta": {
            "uri": f"https://{server}/wiki/{title.replace(' ', '_')}", "request_id": dice.uuid(), "id": dice.uuid(),
            "domain": server, "stream": "mediawiki.recentchange", "topic": "eqiad.mediawiki.recentchange",
            "partition": 0, "offset": 4_900_000_000 + number},
        "id": 1_600_000_000 + number, "type": kind, "namespace": namespace, "title": title, "comment": comment,
        "timestamp": time, "user": author, "bot": author == "Boten-Bot" and dice.happens(90),
    }
    if kind in ("edit", "new"):
        old, revision = dice.below(90_000), 1_180_000_000 + 3 * number
        message |= {
            "minor": dice.happens(20), "length": {"new": max(0, old + dice.below(400) - 150)},
            "revision": {"new": revision}}
        if dice.happens(70):
            message["patrolled"] = dice.happens(50)
        if kind == "edit":
            message["length"]["old"] = old
            message["revision"]["old"] = revision - 1 - dice.below(5_000)
    elif kind == "log":
        message |= {
            "id": None if dice.happens(30) else message["id"], "log_id": 150_000 + number, "log_type": "abusefilter",
            "log_action": "hit", "log_action_comment": f"{author} did something",
            "log_params": dice.pick([[], {"filter": "12", "actions": "tag"}, "12"])}
    # A server's address was changed once, in the middle of the recording.
    scheme = "http" if time < START + 120 else "https"
    message |= {
        "server_url": f"{scheme}://{server}", "server_name": server, "server_script_path": "/w", "wiki": wiki,
        "parsedcomment": comment}
    return message


def messages(seed, count):
    dice = Dice(seed)
    sent, time = [], START
    for number in range(count):
        if sent and dice.happens(4):
            sent.append(dice.pick(sent[-40:]))
            continue
        time += dice.below(2)
        sent.append(change(dice, number, time - (dice.below(20) if dice.happens(10) else 0)))
    return sent


def main():
    parser = argparse.ArgumentParser(description="an invented recording of Wikimedia's recentchange stream")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--messages", type=int, default=500)
    arguments = parser.parse_args()
    for message in messages(arguments.seed, arguments.messages):
        print(json.dumps(message, ensure_ascii=False, separators=(",", ":")))


if __name__ == "__main__":
    main()
