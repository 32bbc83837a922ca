"""Ctrl-C and SIGTERM, delayed while processes are being started."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


class Interrupts:
    """Turns both signals into KeyboardInterrupt, but not in the middle of a start.

    Interrupted between fork and assignment, a process would run on without anything
    that stops it.
    """

    def __init__(self) -> None:
        self._held = False
        self._pending = False

    def install(self) -> None:
        """Take both signals; a shell's `&` would otherwise ignore Ctrl-C."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._handle)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Put an interrupt off until the context ends."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
        if self._pending:
            self._pending = False
            raise KeyboardInterrupt

    def _handle(self, number: int, _: object) -> None:
        if self._held:
            self._pending = True
        else:
            raise KeyboardInterrupt(number)
