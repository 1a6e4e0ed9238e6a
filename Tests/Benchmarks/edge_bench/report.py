"""Figures as they are printed: beside each its goal and what was measured of others, where there is any."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Goal:
    """What the issue asks for."""

    text: str
    is_met: bool


def at_most(value: float, limit: float) -> Goal:
    return Goal(f"<= {limit:,g}", value <= limit)


def at_least(value: float, limit: float) -> Goal:
    return Goal(f">= {limit:,g}", value >= limit)


class Report:
    """Prints a line a figure at once, and those that have a goal once more at the end."""

    def __init__(self):
        self._table: list[str] = []

    def heading(self, text: str) -> None:
        print(f"\n== {text}", flush=True)

    def note(self, text: str) -> None:
        print(f"   {text}", flush=True)

    def figure(self, name: str, value: str, goal: Goal | None = None, elsewhere: str = "") -> None:
        """`elsewhere` is what another collector does, measured on another machine unless it says otherwise."""
        verdict = f"{'met   ' if goal.is_met else 'MISSED'} {goal.text}" if goal else ""
        line = f"{name:58} {value:>16}  {verdict:24} {f'[{elsewhere}]' if elsewhere else ''}".rstrip()
        print(line, flush=True)
        if goal:
            self._table.append(line)

    def losses(self, name: str, lost: int, twice: int, elsewhere: str) -> None:
        """The figure that every fault is about."""
        self.figure(f"{name}: lost / twice", f"{lost:,} / {twice:,}", Goal("0 / 0", lost == twice == 0), elsewhere)

    def contradictions(self, name: str, count: int) -> None:
        """In how many ways what is kept contradicts what was promised."""
        self.figure(f"{name}: contradictions", f"{count}", Goal("0", count == 0))

    def summary(self) -> None:
        self.heading("what has a goal  [others: measured elsewhere, see the figure]")
        for line in self._table:
            print(line, flush=True)
