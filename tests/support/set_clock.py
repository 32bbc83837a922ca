"""A clock that stands until a test moves it."""

import datetime as dt
from dataclasses import dataclass


@dataclass
class SetClock:
    """Its date is as many seconds after *start* as it has counted."""

    start: dt.datetime
    seconds: float = 0.0

    def now(self) -> dt.datetime:
        return self.start + dt.timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds
