"""What a worker costs before its first record: processor time and memory.

Starts each worker in fresh processes, on a broker in memory, until its handler is
open. Figures are medians; those of the process that reads pages are not in them.

    python -m benchmarks.startup
    python -m benchmarks.startup --runs 9 poll events
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

RUNS = 5
_PAGE_BYTES = resource.getpagesize()


class Cost(NamedTuple):
    """Of one process, from its start until the handler is open."""

    cpu_seconds: float
    resident_mb: float
    modules: int


def _start(name: str) -> None:
    """Start worker *name*, print what it has cost when its handler is open, end."""
    import workers.cli  # noqa: F401 `khabar run` goes through it
    from workers.fleet import registry
    from workers.runtime import main
    from workers.runtime.messaging.memory import MemoryBroker

    worker = registry.load(name)

    def connect(_: Any, kafka: Any) -> Any:
        from workers.runtime.kafka.session import KafkaSession  # noqa: F401

        topics = (*worker.sources, *worker.global_tables)
        broker = MemoryBroker({each.name(kafka.topic_prefix): 1 for each in topics})
        names = [each.name(kafka.topic_prefix) for each in worker.sources]
        return broker.session(name, names)

    @contextmanager
    def open_and_print(own: Any, context: Any) -> Iterator[Any]:
        with worker.open_handler(own, context):
            print(json.dumps(_cost()))
            raise SystemExit
        yield

    environ = {"KHABAR_WORKER_LOG_LEVEL": "error"}
    main.run(replace(worker, open_handler=open_and_print), environ, connect=connect)


def _cost() -> Cost:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    # the second field of statm; ru_maxrss begins with what the parent had
    resident_pages = int(Path("/proc/self/statm").read_text().split()[1])
    return Cost(
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        resident_mb=resident_pages * _PAGE_BYTES / 1024**2,
        modules=len(sys.modules),
    )


def _measure(name: str, runs: int) -> Cost:
    costs = []
    for _ in range(runs):
        command = [sys.executable, "-m", "benchmarks.startup", "--child", name]
        process = subprocess.run(command, capture_output=True, text=True, check=True)
        costs.append(Cost(*json.loads(process.stdout)))
    return Cost(*map(statistics.median, zip(*costs, strict=True)))


def main() -> None:
    """Print a line for each worker."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workers", nargs="*", help="all if none is named")
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--child", metavar="NAME", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        _start(asked.child)
        return
    from workers.fleet import registry

    for name in asked.workers or registry.names():
        cost = _measure(name, asked.runs)
        print(
            f"{name:9} {cost.cpu_seconds:5.2f} s of processor, "
            f"{cost.resident_mb:6.1f} MB resident, {cost.modules:.0f} modules"
        )


if __name__ == "__main__":
    main()
