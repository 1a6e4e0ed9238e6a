"""DuckDB does the same to the same file: the messages into the same tables, by SQL, the newest row of each key kept."""

import time
from pathlib import Path

# What the stream file says of its tables, as one would write it for DuckDB. Echoes are taken away at the end.
_READ = """
CREATE TEMP TABLE message AS SELECT * FROM read_json('{file}', format = 'newline_delimited', columns = {{
  rsvp_id: 'BIGINT', mtime: 'BIGINT', response: 'VARCHAR', guests: 'BIGINT', visibility: 'VARCHAR',
  member: 'STRUCT(member_id BIGINT, member_name VARCHAR, photo VARCHAR, other_services MAP(VARCHAR, STRUCT(identifier VARCHAR)))',
  event: 'STRUCT(event_id VARCHAR, event_name VARCHAR, event_url VARCHAR, "time" BIGINT)',
  venue: 'STRUCT(venue_id BIGINT, venue_name VARCHAR, lat DOUBLE, lon DOUBLE)',
  "group": 'STRUCT(group_id BIGINT, group_name VARCHAR, group_urlname VARCHAR, group_city VARCHAR, group_state VARCHAR,
    group_country VARCHAR, group_lat DOUBLE, group_lon DOUBLE, group_topics STRUCT(urlkey VARCHAR, topic_name VARCHAR)[])'
}})
"""

_TABLES = """
CREATE TABLE members (member_id BIGINT PRIMARY KEY, member_name VARCHAR, photo VARCHAR, _version BIGINT);
CREATE TABLE member_services (member_id BIGINT, service VARCHAR, identifier VARCHAR);
CREATE TABLE groups (group_id BIGINT PRIMARY KEY, group_name VARCHAR, group_urlname VARCHAR, group_city VARCHAR,
  group_state VARCHAR, group_country VARCHAR, group_lat DOUBLE, group_lon DOUBLE, _version BIGINT);
CREATE TABLE topics (urlkey VARCHAR PRIMARY KEY, topic_name VARCHAR, _version BIGINT);
CREATE TABLE group_topics (group_id BIGINT, urlkey VARCHAR);
CREATE TABLE venues (venue_id BIGINT PRIMARY KEY, venue_name VARCHAR, lat DOUBLE, lon DOUBLE, _version BIGINT);
CREATE TABLE events (event_id VARCHAR PRIMARY KEY, event_name VARCHAR, event_url VARCHAR, event_time BIGINT,
  group_id BIGINT, venue_id BIGINT, _version BIGINT);
CREATE TABLE rsvp_revisions (rsvp_id BIGINT, mtime BIGINT, response VARCHAR, guests BIGINT, visibility VARCHAR,
  PRIMARY KEY (rsvp_id, mtime, response, guests, visibility));
CREATE TABLE rsvps (rsvp_id BIGINT PRIMARY KEY, member_id BIGINT, event_id VARCHAR, response VARCHAR, guests BIGINT,
  visibility VARCHAR, mtime BIGINT);
"""

_NEWEST = {
    "members": ("member.member_id", "member.member_id, member.member_name, member.photo", "TRUE"),
    "groups": (
        '"group".group_id', '"group".group_id, "group".group_name, "group".group_urlname, "group".group_city, '
        '"group".group_state, "group".group_country, round("group".group_lat, 6), round("group".group_lon, 6)', "TRUE"),
    "venues": (
        "venue.venue_id", "venue.venue_id, venue.venue_name, round(venue.lat, 6), round(venue.lon, 6)",
        "venue IS NOT NULL"),
    "events": (
        "event.event_id", 'event.event_id, event.event_name, event.event_url, event."time", "group".group_id, '
        "venue.venue_id", "TRUE"),
}


class Peer:
    """A DuckDB database in a file; each `merge` is one durable transaction."""

    def __init__(self, path: Path, threads: int = 2):
        import duckdb

        self._database = duckdb.connect(str(path), config={"threads": threads})
        self._database.execute(_TABLES)

    def merge(self, file: Path) -> float:
        """Merges a file of messages; the seconds it took."""
        began = time.monotonic()
        run = self._database.execute
        run("BEGIN")
        run(_READ.format(file=file))
        for table, (key, columns, condition) in _NEWEST.items():
            run(f"CREATE TEMP TABLE newest AS SELECT {columns}, mtime AS _version FROM message WHERE {condition} "
                f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY mtime DESC) = 1")
            name = run(f"SELECT column_name FROM duckdb_columns() WHERE table_name = '{table}' ORDER BY column_index")
            names = [row[0] for row in name.fetchall()]
            sets = ", ".join(f"{column} = excluded.{column}" for column in names[1:])
            run(f"INSERT INTO {table} SELECT * FROM newest ON CONFLICT DO UPDATE SET {sets} "
                f"WHERE excluded._version >= {table}._version")
            run("DROP TABLE newest")
        run('CREATE TEMP TABLE topic AS SELECT "group".group_id AS group_id, mtime, unnest("group".group_topics) AS topic '
            "FROM message")
        run("INSERT INTO topics SELECT topic.urlkey, arg_max(topic.topic_name, mtime), max(mtime) FROM topic GROUP BY 1 "
            "ON CONFLICT DO UPDATE SET topic_name = excluded.topic_name, _version = excluded._version "
            "WHERE excluded._version >= topics._version")
        self._with_owner("group_topics", "group_id", "groups",
                         "SELECT DISTINCT group_id, topic.urlkey FROM topic JOIN groups USING (group_id) "
                         "WHERE topic.mtime = groups._version")
        self._with_owner("member_services", "member_id", "members",
                         "SELECT DISTINCT id, unnest(map_keys(services)), unnest(map_values(services)).identifier FROM ("
                         "SELECT member.member_id AS id, member.other_services AS services, mtime FROM message) AS m "
                         "JOIN members ON members.member_id = m.id WHERE m.mtime = members._version")
        run("INSERT INTO rsvp_revisions SELECT DISTINCT rsvp_id, mtime, response, guests, visibility FROM message "
            "ON CONFLICT DO NOTHING")
        run("DELETE FROM rsvp_revisions AS echo WHERE mtime % 1000 = 0 AND EXISTS (SELECT 1 FROM rsvp_revisions AS precise "
            "WHERE precise.rsvp_id = echo.rsvp_id AND precise.response = echo.response AND precise.guests = echo.guests "
            "AND precise.visibility = echo.visibility AND precise.mtime % 1000 <> 0 "
            "AND precise.mtime BETWEEN echo.mtime - 500 AND echo.mtime + 500)")
        run("INSERT INTO rsvps SELECT rsvp_id, arg_max(member.member_id, m.mtime), arg_max(event.event_id, m.mtime), "
            "any_value(latest.response), any_value(latest.guests), any_value(latest.visibility), any_value(latest.mtime) "
            "FROM message AS m JOIN (SELECT * FROM rsvp_revisions WHERE rsvp_id IN (SELECT rsvp_id FROM message) "
            "QUALIFY row_number() OVER (PARTITION BY rsvp_id ORDER BY mtime DESC, response DESC, guests DESC, "
            "visibility DESC) = 1) AS latest USING (rsvp_id) GROUP BY rsvp_id "
            "ON CONFLICT DO UPDATE SET response = excluded.response, guests = excluded.guests, "
            "visibility = excluded.visibility, mtime = excluded.mtime WHERE excluded.mtime >= rsvps.mtime")
        run("DROP TABLE topic")
        run("DROP TABLE message")
        run("COMMIT")
        return time.monotonic() - began

    def _with_owner(self, table: str, key: str, owner: str, rows: str) -> None:
        """Replaces the rows of the owners that this file has made newer."""
        run = self._database.execute
        run(f"CREATE TEMP TABLE child AS {rows}")
        run(f"DELETE FROM {table} WHERE {key} IN (SELECT {owner}.{key} FROM {owner} JOIN message ON "
            f"{'member.member_id' if owner == 'members' else chr(34) + 'group' + chr(34) + '.group_id'} = {owner}.{key} "
            f"AND message.mtime = {owner}._version)")
        run(f"INSERT INTO {table} SELECT * FROM child")
        run("DROP TABLE child")

    def row_counts(self) -> dict[str, int]:
        """The rows of each table."""
        names = [row[0] for row in self._database.execute("SELECT table_name FROM duckdb_tables() WHERE NOT temporary").fetchall()]
        return {name: self._database.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in names}
