"""The settings of the broker that a command talks to."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from workers.runtime.service.settings import Kafka

VARIABLE = "KHABAR_KAFKA_BOOTSTRAP_SERVERS"

_REQUEST_TIMEOUT = "KHABAR_KAFKA_REQUEST_TIMEOUT_SECONDS"
_REQUEST_SECONDS = "5"

BootstrapServers = Annotated[
    str | None,
    typer.Option(
        metavar="HOST:PORT",
        help="Brokers to ask, in place of the environment's.",
        show_default=False,
    ),
]


def kafka_settings(bootstrap_servers: str | None) -> "Kafka":
    """Return the settings of the environment, with the option over them.

    Where no time-out is set it is short, for somebody waits at the terminal.
    """
    from workers.runtime.service import settings

    environment = dict(os.environ)
    if (
        not {_REQUEST_TIMEOUT, f"{_REQUEST_TIMEOUT}{settings.FILE_SUFFIX}"}
        & environment.keys()
    ):
        environment[_REQUEST_TIMEOUT] = _REQUEST_SECONDS
    if bootstrap_servers is not None:
        environment.pop(f"{VARIABLE}{settings.FILE_SUFFIX}", None)
        environment[VARIABLE] = bootstrap_servers
    return settings.read(settings.Kafka, "kafka", environment)
