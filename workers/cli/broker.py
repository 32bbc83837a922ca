"""`khabar broker`: a Kafka broker for trying things out."""

import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from workers.cli.console import say


def broker(
    *,
    data: Annotated[
        Path | None,
        typer.Option(help="Keep topics and offsets in this folder."),
    ] = None,
    port: Annotated[
        int, typer.Option(min=1, max=65535, help="Port to listen on, on loopback.")
    ] = 9092,
) -> None:
    """Run a single Kafka broker until Ctrl-C or SIGTERM.

    Without --data everything is gone when it stops.
    """
    from workers.runtime.broker import Broker

    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    say("Starting Kafka …")
    with Broker(data, port=port) as running:
        say(f"Kafka listens on {running.bootstrap}; its log is {running.log}")
        say("Set KHABAR_BOOTSTRAP to that address for other commands. Ctrl-C stops it.")
        ended.wait()
        say("Stopping Kafka …")
