"""Logs: one event name and fields a line, as JSON or for a person.

Names of events are fixed strings, never built from data. Never an article's body.
"""

import logging
import sys
import time
from collections.abc import Callable
from typing import Any, Literal

import structlog
from structlog.typing import EventDict, Processor

_LIBRARIES = ("kafka", "urllib3", "stanza", "trafilatura", "htmldate")
"""They speak only when something is wrong."""
_FLOODING = "kafka"
"""Writes hundreds of lines a second while a broker is away."""
_PAUSE_SECONDS = 10.0


class _Sparse(logging.Filter):
    """Lets a library's logger say one thing in ten seconds, and counts the rest."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._quiet_until: dict[str, float] = {}
        self._suppressed: dict[str, int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether *record* is written."""
        name = record.name
        if name.partition(".")[0] != _FLOODING:
            return True
        now = self._clock()
        if now < self._quiet_until.get(name, now):
            self._suppressed[name] = self._suppressed.get(name, 0) + 1
            return False
        self._quiet_until[name] = now + _PAUSE_SECONDS
        suppressed = self._suppressed.pop(name, 0)
        if suppressed:
            record.msg = f"{record.getMessage()} (and {suppressed} lines before)"
            record.args = ()
        record.exc_info = None
        return True


def configure(form: Literal["json", "console"], level: str, worker: str) -> None:
    """Write the logs of this process to standard error, libraries' included."""

    def add_worker(_: Any, __: str, event: EventDict) -> EventDict:
        event.setdefault("worker", worker)
        return event

    shared: list[Processor] = [
        add_worker,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if form == "json":
        ending: list[Processor] = [
            # never the values of variables: they hold articles and passwords
            structlog.processors.ExceptionRenderer(
                structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
            ),
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ]
    else:
        ending = [
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(),
                exception_formatter=structlog.dev.plain_traceback,
            )
        ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *ending,
            ],
        )
    )
    handler.addFilter(_Sparse())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _LIBRARIES:
        logging.getLogger(name).setLevel(logging.WARNING)


def get(name: str) -> Any:
    """Return the logger of a module."""
    return structlog.get_logger(name)
