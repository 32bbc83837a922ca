"""Hosts whose pages cost a reading process its life, and are left alone for a while."""

from collections import OrderedDict
from dataclasses import dataclass

from workers.runtime.service.clock import Clock

PAGES_BORNE = 3
"""So many pages of a host in a row may fail before it is put off."""
PUT_OFF_SECONDS = 3600.0
_MOST_HOSTS = 10_000


@dataclass(slots=True)
class _Record:
    failures: int = 0
    until: float = 0.0


class CostlyHosts:
    """Counts by host the pages that could not be read, within one process.

    One such page costs seconds of processor time. Many of them are the fault of their
    host and not of this worker, so that they hold up the host and do not stop it.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._records: OrderedDict[str, _Record] = OrderedDict()

    def seconds_left(self, host: str) -> float:
        """Return for how long pages of *host* are still not to be read, 0 if not."""
        record = self._records.get(host)
        return 0.0 if record is None else max(0.0, record.until - self._now())

    def note_failure(self, host: str) -> None:
        """Count a page that could not be read; after the last one borne, put off.

        One page is tried when the time is over, and puts the host off again if it
        fails too.
        """
        record = self._records.setdefault(host, _Record())
        self._records.move_to_end(host)
        record.failures += 1
        if record.failures >= PAGES_BORNE:
            record.until = self._now() + PUT_OFF_SECONDS
        while len(self._records) > _MOST_HOSTS:
            self._records.popitem(last=False)

    def note_success(self, host: str) -> None:
        """Forget what was counted of *host*."""
        self._records.pop(host, None)

    def _now(self) -> float:
        return self._clock.monotonic()
