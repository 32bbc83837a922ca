"""How large a batch may be, so that it takes about as long as it should.

Only sizes: `batch_reader` polls, and the loop measures the seconds.
"""

_FIRST = 4
_GROWTH = 2
_WEIGHT = 0.3
"""Of the newest batch in the moving average of seconds for a record."""


class BatchSizer:
    """Sizes batches by the seconds that a record was seen to take.

    Begins small, so that a slow handler does not sit on its first batch for minutes,
    and at most doubles from one batch to the next.
    """

    def __init__(self, most: int, target_seconds: float) -> None:
        self._most = most
        self._target = target_seconds
        self._limit = min(most, _FIRST)
        self._per_record: float | None = None

    @property
    def limit(self) -> int:
        """At most so many records belong in the next batch."""
        return self._limit

    def observe(self, records: int, seconds: float) -> None:
        """Learn from a batch that is done."""
        if records < 1:
            return
        latest = seconds / records
        before = self._per_record
        mean = latest if before is None else before + _WEIGHT * (latest - before)
        self._per_record = mean
        fitting = int(self._target / mean) if mean > 0 else self._most
        self._limit = max(1, min(fitting, self._limit * _GROWTH, self._most))
