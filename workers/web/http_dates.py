"""Times in headers of HTTP, as the poller and the fetcher of pages both read them."""

import datetime as dt
import email.utils
import re

_SECONDS = re.compile(r"\s*(\d+)(?:\.\d*)?\s*", re.ASCII)


def http_date(value: str) -> dt.datetime | None:
    """Read a date of RFC 9110, 5.6.7, or one much like it; None if it is none."""
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def retry_after(value: str, now: dt.datetime) -> float | None:
    """Return the seconds that Retry-After asks for (RFC 9110, 10.2.3), or None.

    It has seconds or a date; a date that has passed asks for none.
    """
    seconds = _SECONDS.fullmatch(value)
    if seconds:
        return float(seconds[1])
    moment = http_date(value)
    return None if moment is None else max(0.0, (moment - now).total_seconds())
