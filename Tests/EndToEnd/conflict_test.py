"""What the cloud will not take: a second content for a name, a stream it does not know, a device it does not want."""

import json
import shutil
import time
import unittest

from waystation import PROJECT, WaystationTestCase, recording_lines, resumable_lines, wait_for


class ConflictTest(WaystationTestCase):
    def test_a_cloned_card_is_found_out_and_both_deliver_everything_once(self):
        station = self.station
        lines = resumable_lines("rsvps-2015-03-08.ndjson")[:1500]
        recording = station.record("some.ndjson", lines)
        station.start_replay([recording], rate=80)
        station.start_cloud()
        edge = station.add_enrolled_edge("edge-a")
        edge.start()
        wait_for("something is merged", lambda: station.snapshot()["events"] > 100)
        self.assertEqual(edge.stop(), 0)
        clone = station.add_edge("edge-b")
        shutil.copytree(edge.folder / "state", clone.folder / "state")
        self.assertEqual(clone.status()["device"], edge.status()["device"])

        # The same names for two contents: one of the two comes second.
        edge.start()
        clone.start()
        wait_for("the device is flagged", lambda: "conflict" in station.snapshot_of("edge-a")["flags"])
        wait_for("all messages are out", lambda: station.stream_status()["done"])
        self.assert_tables_equal([recording])
        wait_for("neither keeps anything back", lambda: edge.backlog() == 0 and clone.backlog() == 0)
        epochs = [int(each.status()["epoch"].split(",")[0]) for each in (edge, clone)]
        self.assertNotEqual(*epochs, "the one that came second has an epoch of its own")
        self.assertEqual({each.status()["dead letters"] for each in (edge, clone)}, {"0 batches, 0 messages"})
        quarantined = list((station.folder / "cloud" / "state").rglob("*quarantine*/**/*.batch"))
        self.assertTrue(quarantined, "the second content is kept for a person to look at")
        self.assertIn("conflict", station.cloud_says("device", "list"))
        self.assertEqual(set(station.raw_lines()), set(lines))

    def test_batches_that_the_cloud_never_takes_are_put_aside_and_shown_and_the_rest_goes_on(self):
        station = self.station
        lines = recording_lines("rsvps-2017-03-19.ndjson")[:300]
        recording = station.record("some.ndjson", lines)
        station.start_replay([recording], rate=100)
        station.start_cloud()
        strange = json.loads((PROJECT / "cloud" / "streams" / "rsvps.json").read_text())
        strange["stream"] = "strange"
        strange["source"] = {"url": f"file://{recording}", "transport": "file", "silence": "60 s"}
        (station.folder / "strange.json").write_text(json.dumps(strange))
        edge = station.add_enrolled_edge(
            "edge-a", more=f"[stream strange]\ndefinition = {station.folder}/strange.json\n")
        edge.start()
        self.assert_tables_equal([recording])
        wait_for("the refused batch is shown", lambda: edge.status()["dead letters"].startswith("1 batches"))
        self.assertIn("strange", edge.status()["last"])
        self.assertEqual(edge.json_status()["dead_letters"], 1)
        wait_for("nothing is tried for ever", lambda: edge.backlog() == 0)
        self.assertEqual(edge.json_status()["backlog"], {"batches": 0, "bytes": 0})
        streams = {stream["stream"]: stream for stream in edge.json_status()["streams"]}
        self.assertEqual((streams["strange"]["events"], streams["strange"]["put_aside"]), (len(lines), 1))

    def test_a_device_that_is_not_wanted_keeps_all_and_tries_slowly_and_says_so(self):
        station = self.station
        recording = station.record("some.ndjson", recording_lines("rsvps-2015-03-08.ndjson")[:800])
        station.start_replay([recording], rate=60)
        station.start_cloud()
        edge = station.add_enrolled_edge("edge-a")
        text = edge.configuration.read_text()
        edge.configuration.write_text(text.replace("retry-limit = 2 s", "retry-limit = 15 min"))
        edge.start()
        wait_for("something is merged", lambda: station.snapshot()["events"] > 0)
        station.cloud_says("device", "revoke", "edge-a")
        error = wait_for("the edge says so", lambda: edge.status().get("last error"))
        self.assertIn("revoked", error)
        self.assertIn("revoked", edge.json_status()["last_error"]["text"])
        kept, refusals = edge.backlog(), refused(edge)
        time.sleep(8)  # The time itself is what is tested: eight batches are sealed in it, and hardly one is tried.
        self.assertGreater(edge.backlog(), kept + 3)
        self.assertLessEqual(refused(edge) - refusals, 4)
        self.assertEqual(edge.json_status()["dead_letters"], 0)


def refused(edge) -> int:
    return edge.log_text.count("An upload failed")


if __name__ == "__main__":
    unittest.main()
