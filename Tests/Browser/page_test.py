"""The first page in Debian's chromium: its counters move, nothing comes from outside, nothing breaks the policy."""

import json
import sys
import unittest
from pathlib import Path
from urllib.parse import urlsplit

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "EndToEnd"))
from waystation import PROJECT, RUNS, WaystationTestCase, recording_lines, wait_for  # noqa: E402

# Twice as many messages as a training needs examples.
ENOUGH_TO_LEARN = 200
# Runs before the page does, and notes what the browser refuses because of the Content-Security-Policy.
NOTE_VIOLATIONS = """
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) => violations.push(
        [event.violatedDirective, event.blockedURI, event.sourceFile, event.lineNumber].join(" ")));
"""


class PageTest(WaystationTestCase):
    def setUp(self):
        super().setUp()
        options = Options()
        options.binary_location = "/usr/bin/chromium"
        for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                         "--window-size=1400,1000"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.browser = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
        self.addCleanup(self.browser.quit)
        self.browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": NOTE_VIOLATIONS})

    def test_the_page_moves_with_the_stream_and_asks_nobody_else(self):
        station = self.station
        recording = station.record("some.ndjson", recording_lines("rsvps-2015-03-08.ndjson")[:1200])
        photos = station.generate("photos", 400, seed=1)
        station.start_streams(["--recording", recording, f"photos={photos}"], rate=60, clients=1)
        station.start_cloud()
        page = f"http://127.0.0.1:{station.dashboard_port}/"
        self.browser.get(page)
        wait_for("the page is live without an edge", lambda: self._text("connection") == "Live")
        self.assertEqual(self._text("events"), "0")

        for name in ("edge-a", "edge-b"):
            station.add_enrolled_edge(name, more=self._photos() if name == "edge-a" else "").start()
        first = wait_for("events show", lambda: self._number("events"))
        wait_for("the counter moves by itself", lambda: self._number("events") > first)
        wait_for("the rate shows", lambda: float(self._text("rate")) > 0)
        wait_for("both edges are in touch", lambda: self._text("edges-alive") == "2 of 2")
        rows = self.browser.find_elements(By.CSS_SELECTOR, "#edges tr")
        self.assertEqual(len(rows), 2)
        self.assertIn("edge-a", rows[0].text)
        for chart in ("rate-chart", "split-chart", "regions-chart", "categories-chart"):
            self.assertTrue(self.browser.find_elements(By.CSS_SELECTOR, f"#{chart} .main-svg path"), f"{chart} is empty")
        self.assertRegex(self._text("share"), r"^\d+\.\d %$")

        wait_for("there is enough to learn from", lambda: self._number("events") >= ENOUGH_TO_LEARN)
        station.cloud_says("train")
        station.cloud_says("model", "publish", options=["--force"])
        wait_for("the page shows the model", lambda: "version 1" in self._text("model-version"))
        wait_for("the edges' log loss shows", lambda: self._row("edge-a").count("version 1") == 1)
        self.browser.save_screenshot(str(RUNS / "page.png"))
        self._look_at_the_other_streams()
        self._check_quiet(page)

        station.cloud.stop()
        wait_for("the page says that it lost the cloud", lambda: self._text("connection") == "Reconnecting")

    def _photos(self):
        return f"""
[stream photos]
definition = {PROJECT}/cloud/streams/photos.json
url = ws://127.0.0.1:{self.station.stream_port}/2/photos
resume-url = http://127.0.0.1:{self.station.stream_port}/2/photos
"""

    def _look_at_the_other_streams(self):
        names = [link.get_attribute("data-stream") for link in self.browser.find_elements(By.CSS_SELECTOR, "#streams a")]
        self.assertEqual(names, ["rsvps", "event_comments", "photos"])
        self.assertEqual(self._chosen(), "rsvps", "that which a model learns from")
        self.browser.find_element(By.CSS_SELECTOR, "#streams a[data-stream=photos]").click()
        wait_for("the page shows the photos", lambda: self._chosen() == "photos")
        wait_for("all photos are merged", lambda: self._number("events") == 400)
        self.assertEqual(self._text("split-title"), "Join mode")
        self.assertIn("No model", self._text("model-empty"))
        self.browser.save_screenshot(str(RUNS / "page-photos.png"))
        self.browser.execute_script("location.hash = '#rsvps'")
        wait_for("the page shows the RSVPs again", lambda: self._chosen() == "rsvps")
        self.assertGreater(self._number("events"), 400)

    def _chosen(self):
        return self.browser.find_element(By.CSS_SELECTOR, "#streams a[aria-current]").get_attribute("data-stream")

    def _check_quiet(self, page):
        self.assertEqual(self.browser.execute_script("return window.violations"), [])
        complaints = [entry for entry in self.browser.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]
        self.assertEqual(complaints, [])
        asked = set()
        for entry in self.browser.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                asked.add(message["params"]["request"]["url"])
        foreign = {url for url in asked if not url.startswith("data:") and urlsplit(url).netloc != urlsplit(page).netloc}
        self.assertEqual(foreign, set())
        self.assertIn(page + "plotly.min.js", asked)

    def _text(self, identifier):
        return self.browser.find_element(By.ID, identifier).text

    def _number(self, identifier):
        return int(self._text(identifier).replace(",", "").replace("–", "0"))

    def _row(self, name):
        return next((row.text for row in self.browser.find_elements(By.CSS_SELECTOR, "#edges tr") if name in row.text), "")


if __name__ == "__main__":
    unittest.main()
