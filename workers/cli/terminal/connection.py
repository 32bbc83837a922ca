"""Which broker a command talks to."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from workers.runtime.service.settings import Kafka

VARIABLE = "KHABAR_KAFKA_BOOTSTRAP_SERVERS"

_PATIENCE = "KHABAR_KAFKA_REQUEST_TIMEOUT_SECONDS"
_PATIENCE_SECONDS = "5"

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

    Somebody waits at the terminal: unless it is set, patience is short.
    """
    from workers.runtime.service import settings

    environment = dict(os.environ)
    if not {_PATIENCE, f"{_PATIENCE}{settings.FILE_SUFFIX}"} & environment.keys():
        environment[_PATIENCE] = _PATIENCE_SECONDS
    if bootstrap_servers is not None:
        environment.pop(f"{VARIABLE}{settings.FILE_SUFFIX}", None)
        environment[VARIABLE] = bootstrap_servers
    return settings.read(settings.Kafka, "kafka", environment)
