"""The real clock; everything else gets one handed in."""

import datetime as dt
import time
from typing import Protocol


class Clock(Protocol):
    """The only time that handlers know."""

    def now(self) -> dt.datetime:
        """Return the present time, UTC, aware."""

    def monotonic(self) -> float:
        """Return seconds that never go back."""


class SystemClock:
    """The machine's clock, in UTC."""

    def now(self) -> dt.datetime:
        """Return the present time, UTC, aware."""
        return dt.datetime.now(dt.UTC)

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return time.monotonic()
