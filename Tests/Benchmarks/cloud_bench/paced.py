"""paced: 10,000 events a second. fleet: 10,000 devices, a batch a minute each. What counts is how long a receipt takes."""

from edge_bench.report import at_most

from .merge import MEMORY_GOAL


def run(stage, report, options) -> None:
    with stage.cloud() as scene:
        before = scene.cpu()
        load = scene.load("pace", "--rate", options.rate, "--seconds", options.seconds)
        share = (scene.cpu() - before) / load["seconds"]
        _report(report, scene, load, f"at {options.rate:,} events/s", 150)
        report.figure("processors that the cloud used", f"{share:.2f}")


def run_fleet(stage, report, options) -> None:
    with stage.cloud() as scene:
        load = scene.load("fleet", "--devices", options.devices, "--minutes", options.minutes)
        _report(report, scene, load, f"{options.devices:,} devices, a batch a minute", 1000)


def _report(report, scene, load, name: str, limit: float) -> None:
    for share in ("p50", "p95"):
        report.figure(f"ms to a receipt, {name}: {share}", f"{load[f'latency {share} ms']:,.0f}")
    p99 = load["latency p99 ms"]
    report.figure(f"ms to a receipt, {name}: p99", f"{p99:,.0f}", at_most(p99, limit))
    report.figure(f"resident MB, peak, {name}", f"{scene.peak():.0f}", at_most(scene.peak(), MEMORY_GOAL))
    report.note(f"answers {load.answers}; {load['events/s']:,.0f} events/s, max {load['latency max ms']:,.0f} ms")
