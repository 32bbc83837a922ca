"""The time zone of the Hindi press, and the names by which feeds call zones."""

import datetime as dt
import zoneinfo
from functools import cache

from workers.stages.text.lexical import numbers

INDIA = dt.timezone(dt.timedelta(hours=5, minutes=30))
"""Of all times without a zone; India has no other and no summer time."""
MINUTES_EAST = numbers("time_zones.minutes_east")
"""Minutes east of Greenwich by a zone's name in small letters.

`IST` is India's time here, neither Israel's nor Ireland's.
"""


@cache
def _iana_names() -> dict[str, str]:
    return {name.lower(): name for name in zoneinfo.available_timezones()}


def iana_zone(name: str) -> dt.tzinfo | None:
    """Return the zone of an IANA name in any letters; None where it is not known."""
    known = _iana_names().get(name)
    return zoneinfo.ZoneInfo(known) if known else None
