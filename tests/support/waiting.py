"""Waiting for what other processes do, with a deadline."""

import time
from collections.abc import Callable

PATIENCE = 180.0
"""Seconds for what several processes must do together, on a machine that is busy."""


def until(
    condition: Callable[[], bool],
    what: str,
    seconds: float = PATIENCE,
    *,
    pause: float = 0.02,
) -> None:
    """Wait for *condition*; fail when it does not come."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"after {seconds:.0f} s still not: {what}")
        time.sleep(pause)
