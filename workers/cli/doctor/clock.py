"""Whether the clock of this machine can be right.

A wrong clock makes TLS fail, polls come at wrong times and dates look like the future.
"""

import ctypes
import time
from collections.abc import Iterator
from pathlib import Path

from workers.cli.doctor.finding import Finding, Verdict

_TIMEX_BYTES = 512
"""More than struct timex takes on any architecture of Linux."""
_TIME_ERROR = 5
"""What adjtimex(2) returns while nothing disciplines the clock."""


def clock() -> Iterator[Finding]:
    """Compare the clock with the newest thing known to be past: this code."""
    written = max(path.stat().st_mtime for path in Path(__file__).parent.iterdir())
    now = time.time()
    shown = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(now))
    if now < written:
        text = f"{shown} is before this code was written: set the clock, run NTP"
        yield Finding(Verdict.BAD, "clock", text)
        return
    synchronised = _kernel_says_synchronised()
    if synchronised is False:
        text = f"{shown}, but not synchronised: run an NTP client (chrony, ntpd)"
        yield Finding(Verdict.WARNING, "clock", text)
    else:
        yield Finding(Verdict.GOOD, "clock", shown)


def _kernel_says_synchronised() -> bool | None:
    """Ask Linux whether something sets the clock (adjtimex(2)); None: unknown."""
    try:
        adjtimex = ctypes.CDLL(None, use_errno=True).adjtimex
    except (OSError, AttributeError):
        return None
    structure = ctypes.create_string_buffer(_TIMEX_BYTES)  # modes is 0: it only reads
    state = adjtimex(structure)
    return None if state < 0 else bool(state != _TIME_ERROR)
