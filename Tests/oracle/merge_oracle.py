#!/usr/bin/env python3
"""The merged tables of RSVP recordings, computed slowly, all in memory and as plainly as can be.

    merge_oracle.py RECORDING...                 a line a table: name, rows, SHA-256 of its canonical text
    merge_oracle.py --table NAME RECORDING...    the canonical text of one table

A recording has a JSON object a line; lines that are none, such as the torn last one of a capture, are skipped. The
warehouse must give the same bytes for the same set of messages, however they are ordered, repeated and cut in batches.

The rules:

- A member, group, topic, venue or event is described by many messages. The row comes from the message with the
  greatest (mtime, values of the row), null below numbers below texts, texts by their UTF-8 bytes. A member's services
  and a group's topics come from that message too; where several agree in all that, from the one whose sorted list of
  them is the greatest.
- A revision is a distinct (rsvp_id, mtime, response, guests, visibility). One at a whole second is an echo, and left
  out, if the same RSVP has one with the same response, guests and visibility at no whole second at most 500 ms away.
- An RSVP shows its greatest revision by (mtime, response, guests, visibility).

Canonical text: a row a line as a compact JSON array; coordinates with at most 6 decimals, no exponent, no trailing
zeros; of text only quotes, backslashes and control characters escaped; lines in the order of their bytes.
"""

import argparse
import hashlib
import json
import sys

TABLES = ["members", "member_services", "groups", "topics", "group_topics", "venues", "events", "rsvps",
          "rsvp_revisions"]
GROUP_TEXTS = ["group_name", "group_urlname", "group_city", "group_state", "group_country"]


def messages(paths):
    for path in paths:
        with open(path, encoding="utf-8", errors="surrogateescape") as recording:
            for line in recording:
                try:
                    message = json.loads(line)
                except ValueError:
                    continue
                if isinstance(message, dict) and "rsvp_id" in message:
                    yield message


def coordinate(value):
    if value is None:
        return None
    rounded = round(float(value), 6)
    return int(rounded) if rounded.is_integer() else rounded


def sortable(row):
    """The row in a form that Python sorts as the rules say."""
    def one(value):
        if value is None:
            return (0, b"")
        if isinstance(value, str):
            return (2, value.encode())
        return (1, value)
    return tuple(one(value) for value in row)


def newest(offers):
    """Of all (key, mtime, row, children) the winner of each key, as (row, children)."""
    best = {}
    for key, mtime, row, children in offers:
        claim = (mtime, sortable(row), sorted(sortable(child) for child in children))
        if key not in best or claim > best[key][0]:
            best[key] = (claim, row, children)
    return [(row, children) for _, row, children in best.values()]


def rows(winners):
    return [row for row, _ in winners]


def children(winners):
    return list({child for _, family in winners for child in family})


def member(message):
    it = message["member"]
    key = it["member_id"]
    services = [(key, name, service.get("identifier")) for name, service in it.get("other_services", {}).items()]
    return key, message["mtime"], (key, it.get("member_name"), it.get("photo")), services


def group(message):
    it = message["group"]
    key = it["group_id"]
    row = (key, *(it.get(name) for name in GROUP_TEXTS), coordinate(it.get("group_lat")), coordinate(it.get("group_lon")))
    return key, message["mtime"], row, [(key, topic["urlkey"]) for topic in it.get("group_topics", [])]


def topics(message):
    for topic in message["group"].get("group_topics", []):
        yield topic["urlkey"], message["mtime"], (topic["urlkey"], topic.get("topic_name")), []


def venues(message):
    it = message.get("venue")
    if it:
        key = it["venue_id"]
        row = (key, it.get("venue_name"), coordinate(it.get("lat")), coordinate(it.get("lon")))
        yield key, message["mtime"], row, []


def event(message):
    it, venue = message["event"], message.get("venue")
    row = (it["event_id"], it.get("event_name"), it.get("event_url"), it.get("time"), message["group"]["group_id"],
           venue["venue_id"] if venue else None)
    return it["event_id"], message["mtime"], row, []


def is_echo(revision, others):
    mtime, *rest = revision
    return mtime % 1000 == 0 and any(
        other[0] % 1000 != 0 and abs(other[0] - mtime) <= 500 and list(other[1:]) == rest for other in others)


def merge(all_messages):
    all_messages = list(all_messages)
    member_winners = newest(member(message) for message in all_messages)
    group_winners = newest(group(message) for message in all_messages)
    topic_winners = newest(offer for message in all_messages for offer in topics(message))
    venue_winners = newest(offer for message in all_messages for offer in venues(message))
    event_winners = newest(event(message) for message in all_messages)

    history, owners = {}, {}
    for message in all_messages:
        revision = (message["mtime"], message["response"], message["guests"], message["visibility"])
        history.setdefault(message["rsvp_id"], set()).add(revision)
        # Who answers, and to what, is the same in all messages of an RSVP; were it not, the newest would say.
        claim = (message["mtime"], sortable((message["member"]["member_id"], message["event"]["event_id"])))
        owner = (message["member"]["member_id"], message["event"]["event_id"])
        if message["rsvp_id"] not in owners or claim > owners[message["rsvp_id"]][0]:
            owners[message["rsvp_id"]] = (claim, owner)
    revisions, latest = [], []
    for rsvp, all_revisions in history.items():
        kept = [revision for revision in all_revisions if not is_echo(revision, all_revisions)]
        revisions += [(rsvp, *revision) for revision in kept]
        mtime, *rest = max(kept, key=sortable)
        latest.append((rsvp, *owners[rsvp][1], *rest, mtime))

    return {
        "members": rows(member_winners), "member_services": children(member_winners),
        "groups": rows(group_winners), "topics": rows(topic_winners), "group_topics": children(group_winners),
        "venues": rows(venue_winners), "events": rows(event_winners), "rsvps": latest, "rsvp_revisions": revisions,
    }


def text(value):
    if isinstance(value, float):
        if value.is_integer():
            return str(int(value))
        return f"{value:.6f}".rstrip("0").rstrip(".")
    return json.dumps(value, ensure_ascii=False)


def canonical(table):
    return b"".join(sorted(f"[{','.join(map(text, row))}]\n".encode() for row in table))


def main():
    parser = argparse.ArgumentParser(description="the merged tables of RSVP recordings")
    parser.add_argument("--table", choices=TABLES)
    parser.add_argument("recordings", nargs="+")
    arguments = parser.parse_args()
    merged = merge(messages(arguments.recordings))
    if arguments.table:
        sys.stdout.buffer.write(canonical(merged[arguments.table]))
        return
    for name in TABLES:
        print(f"{name:16} {len(merged[name]):7} {hashlib.sha256(canonical(merged[name])).hexdigest()}")


if __name__ == "__main__":
    main()
