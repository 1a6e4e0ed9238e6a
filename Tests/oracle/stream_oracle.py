#!/usr/bin/env python3
"""The merged tables of any stream, computed from its stream file slowly, all in memory and as plainly as can be.

    stream_oracle.py DEFINITION RECORDING...                 a line a table: name, rows, SHA-256 of its canonical text
    stream_oracle.py --table NAME DEFINITION RECORDING...    the canonical text of one table
    stream_oracle.py --refused DEFINITION RECORDING...       the numbers of the lines that cannot be merged, and why

A recording has a JSON object a line; lines that are none, such as the torn last one of a capture, are refused. The
warehouse must give the same bytes for the same set of messages, however they are ordered, repeated and cut in batches.
What a stream file says is explained at `StreamPlan` and `TablePlan`; that it is right is taken for granted here.

The rules:

- A message is merged whole or not at all. It is refused where the time or the identity is missing, where a column that
  is required, or part of a key, would be null in one of its rows, where a value is of another kind than its column, and
  where the way to a value leads through something that is neither an object nor empty.
- `newest`: of all rows with the same key the greatest by (time, columns in their order) stays, null below numbers below
  texts, texts by their UTF-8 bytes. Rows kept `with` it come from the same message; where several agree in all that,
  from the one whose sorted list of rows is the greatest. Of rows with the same key in one list the greatest counts.
- `revisions`: a row a distinct one. One at a whole time is an echo, and left out, if there is one with otherwise the same
  columns at no whole time near enough.
- `latest`: the greatest revision of each thing that is no echo, by (time, other columns); columns that revisions lack
  come from the greatest row of them by (time, columns).

Canonical text: a row a line as a compact JSON array; coordinates with at most 6 decimals, no exponent, no trailing
zeros; truths as 1 and 0; of text only quotes, backslashes and control characters escaped; lines in the order of their
bytes.
"""

import argparse
import hashlib
import json
import math
import sys


class Refused(Exception):
    """Why a message is not merged."""


# ---------------------------------------------------------------- reading a message

def parse(line):
    def integer(text):
        value = int(text)
        if not -2**63 <= value < 2**64:
            raise ValueError("an integer of more than 64 bits")
        return value

    def number(text):
        value = float(text)
        if math.isinf(value):
            raise ValueError("a number too large")
        return value

    def no_number(name):
        raise ValueError(f"{name} is none of JSON's numbers")

    try:
        message = json.loads(line.decode(), parse_int=integer, parse_float=number, parse_constant=no_number)
        json.dumps(message, ensure_ascii=False).encode()  # A half of a surrogate pair cannot be written.
    except ValueError as error:
        raise Refused(f"no JSON: {error}") from error
    if not isinstance(message, dict):
        raise Refused("no object")
    return message


def is_nothing(value):
    return value is None or value is False or value in ("", [], {}) or is_number(value) and value == 0


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def find(value, path):
    """The value at the end of a dotted path; None where a step is missing."""
    for name in path.split("."):
        if not isinstance(value, dict):
            if is_nothing(value):
                return None
            raise Refused(f"the way to '{path}' is blocked")
        value = value.get(name)
    return value


def cell(value, kind, path):
    """The value as a column of that type holds it."""
    if value is None:
        return None
    if kind == "text" and isinstance(value, str):
        return value
    if kind == "boolean" and isinstance(value, bool):
        return int(value)
    if kind == "integer" and is_number(value) and -2**63 <= value < 2**63 and value == int(value):
        return int(value)
    if kind in ("real", "coordinate") and is_number(value):
        return (round(float(value), 6) if kind == "coordinate" else float(value)) + 0.0
    raise Refused(f"'{path}' is not of type {kind}")


class Element:
    """One element of a list, or of a map with its name."""

    def __init__(self, value, name):
        self.value, self.name = value, name


class Stream:
    def __init__(self, definition):
        self.identity, self.time = definition["event"]["identity"], definition["event"]["time"]
        self.tables = definition["tables"]
        self.lists = self._lists(definition)
        self.measured = [one["path"] for one in definition.get("measures", {}).values() if "each" not in one]
        self.measured += [one["label"] for one in definition.get("measures", {}).values()
                          if "each" not in one and "label" in one]
        by_name = {table["name"]: table for table in self.tables}
        for table in self.tables:
            table["presence"] = (by_name[table["of"]] if table["keep"] == "with" else table).get("when")

    @staticmethod
    def _lists(definition):
        """For each list that is walked, the paths that are read of its elements."""
        lists = {}
        for table in definition["tables"]:
            if "each" in table:
                paths = lists.setdefault(table["each"], set())
                paths |= {column["path"] for column in table["columns"] if column["path"].startswith("@")}
        for measure in definition.get("measures", {}).values():
            if "each" in measure:
                lists.setdefault(measure["each"], set()).update(
                    measure[name] for name in ("path", "label") if measure.get(name, "").startswith("@"))
        return lists

    def elements(self, message, path):
        value = find(message, path)
        if is_nothing(value):
            return []
        if isinstance(value, dict):
            elements = [Element(one, name) for name, one in value.items()]
        elif isinstance(value, list) and "@key" not in self.lists[path]:
            elements = [Element(one, None) for one in value]
        else:
            raise Refused(f"'{path}' is no list of that kind")
        if any(one.startswith("@.") for one in self.lists[path]):
            if not all(isinstance(element.value, dict) for element in elements):
                raise Refused(f"'{path}' is not made of objects")
        return elements

    def value(self, message, element, path, kind):
        if path == "@key":
            return cell(element.name, kind, path)
        if path == "@":
            return cell(element.value, kind, path)
        if path.startswith("@."):
            return cell(find(element.value, path[2:]), kind, path)
        return cell(find(message, path), kind, path)

    def rows(self, table, message):
        """The rows that a message gives a table, in the order of its elements."""
        # All that is read must be right, whether or not it comes to stand in a row.
        places = self.elements(message, table["each"]) if "each" in table else [None]
        rows = [tuple(self.value(message, place, column["path"], column["type"]) for column in table["columns"])
                for place in places]
        if not rows:
            for column in table["columns"]:
                if not column["path"].startswith("@"):
                    self.value(message, None, column["path"], column["type"])
        if table["presence"] is not None and is_nothing(find(message, table["presence"])):
            return []
        for row in rows:
            for column, value in zip(table["columns"], row):
                if value is None and (column.get("required") or column["name"] in table["key"]):
                    raise Refused(f"'{column['path']}' is missing")
        return rows

    def read(self, line):
        """A message as (time, rows of each table)."""
        message = parse(line)
        time = cell(find(message, self.time), "integer", self.time)
        identity = find(message, self.identity)
        if time is None or identity is None or isinstance(identity, (dict, list)):
            raise Refused("no time or no identity")
        for path in self.measured:
            find(message, path)
        for path in self.lists:
            for element in self.elements(message, path):
                for one in self.lists[path]:
                    if one.startswith("@."):
                        find(element.value, one[2:])
        return time, {table["name"]: self.rows(table, message) for table in self.tables}


# ---------------------------------------------------------------- merging

def sortable(row):
    """The row in a form that Python sorts as the rules say."""
    def one(value):
        if value is None:
            return (0, b"")
        if isinstance(value, str):
            return (2, value.encode())
        return (1, value)
    return tuple(one(value) for value in row)


def positions(table, names):
    columns = [column["name"] for column in table["columns"]]
    return [columns.index(name) for name in names]


def greatest_of_each_key(rows, key):
    """A list without the rows that have a greater one of the same key; a row that is there twice stays twice."""
    best = {}
    for row in rows:
        name = tuple(row[position] for position in key)
        if name not in best or sortable(row) > sortable(best[name]):
            best[name] = row
    return [row for row in rows if row == best[tuple(row[position] for position in key)]]


def merge_newest(table, messages):
    key = positions(table, table["key"])
    best = {}
    for time, rows in messages:
        for row in rows[table["name"]]:
            name = tuple(row[position] for position in key)
            best[name] = max(best.get(name, (time, sortable(row), row)), (time, sortable(row), row),
                             key=lambda claim: claim[:2])
    return [row for _, _, row in best.values()]


def merge_with(table, owner, messages):
    key, owner_key = positions(table, table["key"]), positions(owner, owner["key"])
    best = {}
    for time, rows in messages:
        for row in rows[owner["name"]]:
            name = tuple(row[position] for position in owner_key)
            family = greatest_of_each_key(rows[table["name"]], key)
            claim = (time, sortable(row), sorted(map(sortable, family)))
            if name not in best or claim > best[name][0]:
                best[name] = (claim, family)
    return list({row for _, family in best.values() for row in family})


def merge_revisions(table, stream, messages):
    """The revisions that are no echoes, by identity."""
    paths = [column["path"] for column in table["columns"]]
    identity, time = paths.index(stream.identity), paths.index(stream.time)
    things = {}
    for _, rows in messages:
        for row in rows[table["name"]]:
            things.setdefault(row[identity], set()).add(row)

    def rest(row):
        return [value for position, value in enumerate(row) if position != time]

    def is_echo(row, others):
        echo = table.get("echo")
        return echo is not None and row[time] % echo["whole_ms"] == 0 and any(
            other[time] % echo["whole_ms"] != 0 and abs(other[time] - row[time]) <= echo["within_ms"]
            and rest(other) == rest(row) for other in others)

    return {name: [row for row in rows if not is_echo(row, rows)] for name, rows in things.items()}


def merge_latest(table, revisions, stream, messages):
    paths = [column["path"] for column in table["columns"]]
    version_paths = [column["path"] for column in revisions["columns"]]
    identity, time = paths.index(stream.identity), version_paths.index(stream.time)
    own = [position for position, path in enumerate(paths) if path not in version_paths]
    newest = {}
    for moment, rows in messages:
        for row in rows[table["name"]]:
            claim = (moment, sortable([row[position] for position in own]))
            if row[identity] not in newest or claim > newest[row[identity]][0]:
                newest[row[identity]] = (claim, row)
    merged = []
    for name, versions in merge_revisions(revisions, stream, messages).items():
        version = max(versions, key=lambda row: (row[time], sortable(row)))
        row = newest[name][1]
        merged.append(tuple(
            row[position] if position in own else version[version_paths.index(path)]
            for position, path in enumerate(paths)))
    return merged


def merge(stream, messages):
    by_name = {table["name"]: table for table in stream.tables}
    merged = {}
    for table in stream.tables:
        match table["keep"]:
            case "newest":
                merged[table["name"]] = merge_newest(table, messages)
            case "with":
                merged[table["name"]] = merge_with(table, by_name[table["of"]], messages)
            case "revisions":
                things = merge_revisions(table, stream, messages)
                merged[table["name"]] = [row for rows in things.values() for row in rows]
            case "latest":
                merged[table["name"]] = merge_latest(table, by_name[table["of"]], stream, messages)
    return merged


# ---------------------------------------------------------------- writing

def text(value, kind):
    if kind == "coordinate" and value is not None:
        return str(int(value)) if value.is_integer() else f"{value:.6f}".rstrip("0").rstrip(".")
    if kind == "real" and value is not None and value.is_integer() and -2**63 <= value < 2**63:
        return str(int(value))
    return json.dumps(value, ensure_ascii=False)


def canonical(table, rows):
    kinds = [column["type"] for column in table["columns"]]
    return b"".join(sorted(f"[{','.join(map(text, row, kinds))}]\n".encode() for row in rows))


def main():
    parser = argparse.ArgumentParser(description="the merged tables of a stream's recordings")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--table", help="print the canonical text of this table")
    what.add_argument("--refused", action="store_true", help="print which lines cannot be merged, and why")
    parser.add_argument("definition", help="the stream file")
    parser.add_argument("recordings", nargs="+")
    arguments = parser.parse_args()
    with open(arguments.definition, "rb") as file:
        stream = Stream(json.load(file))
    messages, number = [], 0
    for path in arguments.recordings:
        with open(path, "rb") as recording:
            for line in recording:
                number += 1
                try:
                    messages.append(stream.read(line.rstrip(b"\r\n")))
                except Refused as reason:
                    if arguments.refused:
                        print(number, reason)
    if arguments.refused:
        return
    merged = merge(stream, messages)
    for table in stream.tables:
        content = canonical(table, merged[table["name"]])
        if arguments.table == table["name"]:
            sys.stdout.buffer.write(content)
        elif arguments.table is None:
            print(f"{table['name']:16} {len(merged[table['name']]):7} {hashlib.sha256(content).hexdigest()}")


if __name__ == "__main__":
    main()
