"""Bad input from outside gets the right answer, is counted, and stops nothing."""

import http.client
import json
import ssl
import unittest

from waystation import WaystationTestCase, recording_lines, wait_for


class BadInputTest(WaystationTestCase):
    def test_malformed_messages_are_kept_raw_and_counted_and_never_merged(self):
        station = self.station
        good = recording_lines("rsvps-2015-03-08.ndjson")[:200]
        bad = [b"this is no JSON", b"[1,2,3]", b'{"errors":[{"message":"slow down"}]}', b'{"rsvp_id":', "{\"größe\":1}".encode()]
        lines = good[:50] + bad[:2] + good[50:150] + bad[2:] + good[150:]
        recording = station.record("with-bad-lines.ndjson", lines)
        station.start_replay([recording], rate=100)
        station.start_cloud()
        station.add_enrolled_edge("edge-a").start()
        self.assert_tables_equal([recording])
        wait_for("all lines are received", lambda: station.snapshot()["events"] == len(lines))
        self.assertEqual(station.snapshot()["malformed"], len(bad))
        self.assertEqual(station.raw_lines(), lines)

    def test_a_truncated_last_line_stops_nothing(self):
        station = self.station
        lines = recording_lines("rsvps-2017-03-19.ndjson")[:100]
        recording = station.folder / "truncated.ndjson"
        recording.write_bytes(b"\n".join(lines) + b"\n" + lines[0][:700])
        station.start_replay([recording], rate=100)
        station.start_cloud()
        station.add_enrolled_edge("edge-a").start()
        self.assert_tables_equal([recording])

    def test_a_wrong_or_used_token_enrols_nobody(self):
        station = self.station
        station.start_replay([station.record("one.ndjson", recording_lines("rsvps-2017-03-19.ndjson")[:1])], rate=1)
        station.start_cloud()
        secret = station.invite("edge-a")
        token, pin = secret.split(".")
        stranger = station.add_edge("stranger")
        wrong_token = stranger.command("enroll", "--token", f"{'0' * len(token)}.{pin}")
        self.assertNotEqual(wrong_token.returncode, 0)
        wrong_server = stranger.command("enroll", "--token", f"{token}.{'0' * len(pin)}")
        self.assertNotEqual(wrong_server.returncode, 0)
        station.add_edge("edge-a").enrol(secret)
        used = stranger.command("enroll", "--token", secret)
        self.assertNotEqual(used.returncode, 0)
        for refusal in (wrong_token, wrong_server, used):
            self.assertTrue(refusal.stderr.strip(), "a refusal says why")
        self.assertEqual([edge["name"] for edge in station.snapshot()["edges"]], ["edge-a"])

    def test_a_revoked_device_delivers_nothing_more_and_keeps_what_it_has(self):
        station = self.station
        recording = station.record("some.ndjson", recording_lines("rsvps-2015-03-08.ndjson")[:1500])
        station.start_replay([recording], rate=60)
        station.start_cloud()
        edge = station.add_enrolled_edge("edge-a")
        edge.start()
        wait_for("something is merged", lambda: station.snapshot()["events"] > 0)
        station.cloud_says("device", "revoke", "edge-a")
        published = station.stream_status()["published"]
        # What was under way may still come; of what is sealed later nothing does.
        station.wait_published(published + 120)
        events = station.snapshot()["events"]
        station.wait_published(published + 300)
        self.assertEqual(station.snapshot()["events"], events)
        self.assertEqual(station.snapshot_of("edge-a")["state"], "revoked")
        self.assertTrue(edge.is_running)

    def test_an_unknown_key_in_a_configuration_is_named_with_the_nearest_known_one(self):
        station = self.station
        station.start_replay([station.record("one.ndjson", recording_lines("rsvps-2017-03-19.ndjson")[:1])], rate=1)
        station.start_cloud()
        edge = station.add_edge("edge-a", more="[log]\nlevle = info\n")
        for command in ("check", "run"):
            done = edge.command(command)
            self.assertNotEqual(done.returncode, 0)
            self.assertRegex(done.stderr, r"edge\.conf:\d+:.*levle.*level")
        configuration = station.folder / "cloud" / "cloud.conf"
        configuration.write_text(configuration.read_text() + "[merge]\ngroup-delya = 5 ms\n")
        done = station.cloud_command("check")
        self.assertEqual(done.returncode, 78)
        self.assertRegex(done.stderr, r"cloud\.conf:\d+:.*group-delya.*group-delay")

    def test_requests_that_no_edge_would_make_are_refused_as_problems(self):
        station = self.station
        station.start_replay([station.record("one.ndjson", recording_lines("rsvps-2017-03-19.ndjson")[:1])], rate=1)
        station.start_cloud()
        station.add_enrolled_edge("edge-a")
        device = station.snapshot_of("edge-a")["device"]
        batch = f"/v1/batches/{device}/1/1"
        media = {"Content-Type": "application/vnd.waystation.batch"}
        refusals = [
            ("PUT", batch, b"\x50\x2a\x4d\x18 this is no batch", media, {400, 422}),
            ("PUT", batch, b"x" * (5 << 20), media, {413}),
            ("PUT", batch, b"x" * 100, {"Content-Type": "text/plain"}, {415}),
            ("PUT", "/v1/batches/0000000000000000/1/1", b"x" * 100, media, {400, 401, 403}),
            ("POST", f"/v1/devices/{device}/epochs", b"{}", {"Content-Type": "application/json"}, {401}),
            ("GET", "/v1/models/rsvps/timestamp?after=0&wait=0", None, {}, {401}),
            ("POST", "/v1/enroll", b"{}", {"Content-Type": "application/json"}, {400, 401}),
            ("GET", "/v1/nothing", None, {}, {401, 404}),
        ]
        for method, path, body, headers, allowed in refusals:
            with self.subTest(method=method, path=path, length=len(body or b"")):
                status, media_type, problem = self._ask(method, path, body, headers)
                self.assertIn(status, allowed)
                self.assertEqual(media_type, "application/problem+json")
                self.assertEqual(problem["status"], status)
        self.assertTrue(station.cloud.is_running)

    def _ask(self, method, path, body, headers):
        trust = ssl.create_default_context(cafile=self.station.folder / "keys" / "authority.pem")
        connection = http.client.HTTPSConnection("localhost", self.station.device_port, context=trust, timeout=20)
        try:
            try:
                connection.request(method, path, body, headers)
            except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
                pass  # Refused before the body was through; the answer is there all the same.
            answer = connection.getresponse()
            return answer.status, answer.headers.get_content_type(), json.loads(answer.read())
        finally:
            connection.close()


if __name__ == "__main__":
    unittest.main()
