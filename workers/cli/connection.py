"""Which broker a command talks to."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from workers.runtime.settings import Kafka

VARIABLE = "KHABAR_KAFKA_BOOTSTRAP_SERVERS"

_PATIENCE_SECONDS = 5.0

BootstrapServers = Annotated[
    str | None,
    typer.Option(
        metavar="HOST:PORT",
        help="Brokers to ask, in place of the environment's.",
        show_default=False,
    ),
]


def kafka_settings(bootstrap_servers: str | None) -> "Kafka":
    """Return the settings of the environment, with the option over them."""
    from workers.runtime import settings

    environment = dict(os.environ)
    if bootstrap_servers is not None:
        environment.pop(f"{VARIABLE}{settings.FILE_SUFFIX}", None)
        environment[VARIABLE] = bootstrap_servers
    return settings.read(settings.Kafka, "kafka", environment)


def quick(settings: "Kafka") -> "Kafka":
    """Return *settings* for a question that somebody waits for at the terminal."""
    from msgspec.structs import replace

    seconds = min(settings.request_timeout_seconds, _PATIENCE_SECONDS)
    return replace(settings, request_timeout_seconds=seconds)
