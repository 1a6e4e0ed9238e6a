"""A cloud that is killed again and again under load: whatever it has acknowledged is there, and there once."""

import random
import time
import unittest

from senders import Senders, contradictions
from waystation import WaystationTestCase, recording_lines, wait_for

KILLS = 10
LIFE_SECONDS = (0.05, 1.5)
SEED = 7


class CloudKillsTest(WaystationTestCase):
    def test_what_was_acknowledged_before_a_kill_is_there_exactly_once(self):
        station = self.station
        station.start_cloud()
        senders = Senders(station, recording_lines("rsvps-2015-03-08.ndjson", "rsvps-2017-03-19.ndjson"), seed=SEED)
        senders.start()
        dice = random.Random(SEED)
        print(f"moments by seed {SEED}")
        for kill in range(KILLS):
            acknowledged = len(senders.acknowledged)
            time.sleep(dice.uniform(*LIFE_SECONDS))
            self.assertTrue(station.cloud.is_running, "the cloud has ended by itself")
            station.cloud.kill()
            station.restart_cloud()
            senders.assert_alive()
            if kill % 3 == 0:
                wait_for("work goes on", lambda: len(senders.acknowledged) > acknowledged)
        senders.finish()
        print(f"{len(senders.acknowledged)} batches acknowledged, {senders.retries} retries, "
              f"{len(senders.granted)} epochs")
        self.assertGreater(senders.retries, KILLS, "the kills have hit hardly anything, so this test shows nothing")
        self.assertEqual(contradictions(station, senders), [])


if __name__ == "__main__":
    unittest.main()
