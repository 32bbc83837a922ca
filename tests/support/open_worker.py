"""A process that starts a worker as `khabar run` does, on a broker in memory.

Prints the names of the modules that are loaded when its handler is open, as JSON.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from workers.fleet import registry
from workers.runtime import main
from workers.runtime.messaging.memory import MemoryBroker
from workers.runtime.messaging.ports import Session
from workers.runtime.processing.worker import Context, Handler, Worker
from workers.runtime.service.settings import Kafka


def connect(worker: Worker[Any], kafka: Kafka) -> Session:
    # what `main` imports as it connects to a real broker
    from workers.runtime.kafka.session import KafkaSession  # noqa: F401, PLC0415

    topics = (*worker.sources, *worker.global_tables)
    broker = MemoryBroker({each.name(kafka.topic_prefix): 1 for each in topics})
    names = [each.name(kafka.topic_prefix) for each in worker.sources]
    return broker.session(worker.name, names)


def run(name: str) -> int:
    """Start the worker, print what is loaded once its handler is open, and end."""
    worker = registry.load(name)

    @contextmanager
    def open_and_print(own: Any, context: Context) -> Iterator[Handler]:
        with worker.open_handler(own, context):
            json.dump(sorted(sys.modules), sys.stdout)
            raise SystemExit
        yield

    return main.run(replace(worker, open_handler=open_and_print), {}, connect=connect)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1]))
