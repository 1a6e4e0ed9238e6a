"""A cloud of its own for each scenario, and the programs that load it and say what it has."""

import contextlib
import subprocess
import sys
from pathlib import Path

from pipeline import process_figures

PROJECT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(PROJECT / "Tests" / "EndToEnd"))


class Load:
    """What waystation-load has printed: `name: value`, a figure a line."""

    def __init__(self, printed: str):
        self._figures = dict(line.split(": ", 1) for line in printed.splitlines() if ": " in line)

    def __getitem__(self, name: str) -> float:
        return float(self._figures[name])

    @property
    def answers(self) -> str:
        """How often there was which answer."""
        found = {name.split()[1]: value for name, value in self._figures.items() if name.startswith("answers ")}
        return ", ".join(f"{status}: {count}" for status, count in found.items())


class Stage:
    """Where the programs are, and what they are run with."""

    def __init__(self, programs: Path):
        self.programs = programs

    @contextlib.contextmanager
    def cloud(self, more: str = ""):
        """A running cloud with empty tables; `more` are further lines of its configuration. Gone at the end."""
        from waystation import Waystation

        station = Waystation()
        failed = True
        try:
            station.start_cloud(more)
            yield Scene(self, station)
            failed = False
        finally:
            station.close(failed)

    def generate(self, path: Path, events: int, seed: int = 1) -> None:
        """The same messages as waystation-load sends, a line each."""
        with path.open("wb") as file:
            subprocess.run(
                [self.programs / "waystation-replay", "generate", str(events), "--seed", str(seed)], stdout=file,
                check=True)


class Scene:
    """A cloud at work."""

    def __init__(self, stage: Stage, station):
        self._stage, self.station = stage, station
        self.folder = station.folder

    def load(self, *words: str | int) -> Load:
        """Runs waystation-load to its end."""
        configuration = self.folder / "cloud" / "cloud.conf"
        command = [self._stage.programs / "waystation-load", *words, "--config", configuration, "--port",
                   self.station.device_port]
        done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True, check=True)
        return Load(done.stdout)

    def cpu(self) -> float:
        """The CPU seconds that the cloud has used."""
        return process_figures(self.station.cloud.pid)["cpu"]

    def peak(self) -> float:
        """The most resident MB that the cloud has had."""
        return process_figures(self.station.cloud.pid)["peak"]

    def row_counts(self) -> dict[str, int]:
        """The rows of each table."""
        lines = self.station.digests().splitlines()
        return {line.split()[0]: int(line.split()[1]) for line in lines}
