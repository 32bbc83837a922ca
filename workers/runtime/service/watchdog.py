"""Ends the process when a call that has no time limit of its own does not return."""

import faulthandler
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from workers.runtime.service import logs

_log = logs.get(__name__)

EXIT_STUCK = 75
"""EX_TEMPFAIL, as for transient errors: a restart is right, and loses nothing."""

_GRANULARITY_SECONDS = 0.5


class _Call:
    """A call that is being watched."""

    def __init__(self, what: str, deadline: float) -> None:
        self.what = what
        self.deadline = deadline


class Watchdog:
    """Watches the calls of one thread.

    Killing a process in the middle of a transaction is safe at any point: the broker
    aborts what is open, and a successor begins at the committed offsets.
    """

    def __init__(
        self, seconds: float, end: Callable[[str], object] | None = None
    ) -> None:
        """Allow each call *seconds*, then call *end* with what was going on."""
        self._seconds = seconds
        self._end = end or _end_process
        self._calls: list[_Call] = []
        self._closed = threading.Event()
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    @contextmanager
    def over(self, what: str) -> Iterator[None]:
        """Watch the calls inside."""
        call = _Call(what, time.monotonic() + self._seconds)
        self._calls.append(call)
        try:
            yield
        finally:
            self._calls.remove(call)

    def close(self) -> None:
        """Stop watching."""
        self._closed.set()

    def _watch(self) -> None:
        while not self._closed.wait(min(_GRANULARITY_SECONDS, self._seconds / 4)):
            now = time.monotonic()
            for call in [*self._calls]:
                if now > call.deadline:
                    self._end(f"{call.what} made no progress for {self._seconds:.0f} s")
                    return


def _end_process(why: str) -> NoReturn:
    faulthandler.dump_traceback(file=sys.stderr)
    _log.error("stuck", problem=f"{why}: the open batch is aborted")
    os._exit(EXIT_STUCK)
