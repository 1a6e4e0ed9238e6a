"""paced: 100 messages a second, the cloud at hand: memory, CPU, device and wire bytes. when-offline: the same with
`durability = when-offline`."""

import statistics

from .report import at_most

RATE = 100
# What a start costs the disk once, such as a log that still grows, is not what a year at this rate costs.
WARM_UP_SECONDS = 90


def run(stage, report, options) -> None:
    _measure(stage, report, options, name="at 100/s", spool="", device_limit=0.5, device_elsewhere="Fluent Bit 1.18")


def run_when_offline(stage, report, options) -> None:
    _measure(
        stage, report, options, name="when-offline, at 100/s", spool="durability = when-offline", device_limit=0.02,
        device_elsewhere="")


def _measure(stage, report, options, name: str, spool: str, device_limit: float, device_elsewhere: str) -> None:
    with stage.edge("paced", spool=spool) as scene:
        scene.stream.send_paced(RATE, WARM_UP_SECONDS)
        scene.mark()
        memory = scene.stream.send_paced(RATE, options.seconds, scene.memory)
        cost = scene.cost()
        greatest = max(memory)
        report.figure(f"resident MB {name}: median", f"{statistics.median(memory):.1f}")
        report.figure(f"resident MB {name}: greatest", f"{greatest:.1f}", at_most(greatest, 16), "Fluent Bit 12")
        report.note(f"of that memory {scene.own_memory():.1f} MB are the edge's own, the rest programs and libraries")
        report.figure(f"CPU percent {name}", f"{cost['cpu'] / cost['at'] * 100:.2f}")
        report.figure(f"wire bytes per payload byte {name}", f"{cost['wire'] / cost['raw']:.3f}")
        if "device" in cost:
            device = cost["device"] / cost["raw"]
            report.figure(
                f"device bytes per payload byte {name}", f"{device:.3f}", at_most(device, device_limit),
                device_elsewhere)
