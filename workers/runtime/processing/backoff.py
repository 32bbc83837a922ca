"""Waits between attempts while a transient error lasts: broker away, disk full.

Which errors are transient is said in `domain/outcomes`.
"""

import random
from collections.abc import Callable

from workers.domain.outcomes import TransientError
from workers.runtime.service import logs
from workers.runtime.service.clock import Clock
from workers.runtime.service.settings import Process

_CALM_SECONDS = 60.0
"""Failures before so long a quiet time are forgotten."""

_log = logs.get(__name__)


class ExhaustedError(Exception):
    """A transient error lasted through all attempts; the worker ends uncommitted."""


class Backoff:
    """Exponential backoff with jitter, and an end to it."""

    def __init__(
        self,
        settings: Process,
        clock: Clock,
        wait: Callable[[float], None],
        gave_up: str = "gave up",
    ) -> None:
        """Sleep by *wait*, which may return early; *gave_up* begins the last word."""
        self._settings = settings
        self._clock = clock
        self._wait = wait
        self._gave_up = gave_up
        self._failures = 0
        self._failed_at = clock.monotonic()

    def wait_after(self, error: TransientError) -> None:
        """Wait before the next try; raises ExhaustedError when there is none left."""
        self._failed_at = self._clock.monotonic()
        self._failures += 1
        if self._failures >= self._settings.attempts:
            msg = f"{self._gave_up} after {self._failures} tries: {error}"
            raise ExhaustedError(msg) from error
        seconds = self._next_seconds()
        _log.warning(
            "retrying",
            problem=str(error),
            tries=self._failures,
            wait_seconds=round(seconds, 2),
        )
        self._wait(seconds)

    def reset(self) -> None:
        """Forget the failures: something succeeded."""
        self._failures = 0

    def reset_if_calm(self) -> None:
        """Forget the failures where the last one is long ago."""
        if self._clock.monotonic() - self._failed_at > _CALM_SECONDS:
            self._failures = 0

    def _next_seconds(self) -> float:
        ceiling = min(
            self._settings.backoff_seconds * 2.0 ** (self._failures - 1),
            self._settings.backoff_max_seconds,
        )
        # half of it at random, so that replicas do not all come back at one moment
        return ceiling * (0.5 + random.random() / 2)  # noqa: S311 jitter is no secret
