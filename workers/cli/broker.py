"""`khabar broker`: a Kafka broker for trying things out."""

import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from workers.cli.terminal.console import CONFIGURATION, Failure, say


def broker(
    *,
    data: Annotated[
        Path | None,
        typer.Option(help="Keep topics and offsets in this folder."),
    ] = None,
    port: Annotated[
        int,
        typer.Option(
            min=1, max=65535, metavar="N", help="Port to listen on, on loopback."
        ),
    ] = 9092,
) -> None:
    """Run a single Kafka broker until Ctrl-C or SIGTERM.

    Without --data everything is gone when it stops. A folder holds one broker at a
    time: exit status 1 names the process that has it.
    """
    from workers.devkit.broker_storage import FolderInUseError
    from workers.devkit.java import SetupError
    from workers.devkit.kafka_broker import Broker

    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    say("Starting Kafka …")
    try:
        with Broker(data, port=port) as running:
            say(f"Kafka listens on {running.bootstrap}, its log is {running.log}.")
            say(f"Other commands: KHABAR_KAFKA_BOOTSTRAP_SERVERS={running.bootstrap}")
            say("Ctrl-C stops it.")
            while running.pid is not None and not ended.wait(1.0):
                pass
            if not ended.is_set():
                message = f"the broker ended by itself; see {running.log}"
                raise Failure(message)
            say("Stopping Kafka …")
    except FolderInUseError as error:
        raise Failure(str(error)) from error
    except SetupError as error:
        raise Failure(str(error), CONFIGURATION) from error
