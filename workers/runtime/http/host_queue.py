"""Tasks that wait for their host: turns, gaps, connections and backoff, host by host.

No threads and no I/O: `fetch_pool` runs what is taken from here, and whoever plans the
tasks (`scheduler`, `fetcher`) decides what a failure means.
"""

from collections import OrderedDict, deque
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from workers.runtime.service.clock import Clock

_MAX_IDLE_HOSTS = 5_000
"""Hosts remembered without tasks; a forgotten one starts with a clean record."""


class FetchTask(Protocol):
    """A request to be made."""

    @property
    def key(self) -> Hashable:
        """What tells the task from all others."""

    @property
    def host(self) -> str:
        """Host that the request goes to, or any other name of who shall be spared."""

    @property
    def gap_seconds(self) -> float:
        """Least time between this request and the next one to the host."""


K = TypeVar("K", bound=FetchTask)


@dataclass(slots=True)
class _Host(Generic[K]):
    tasks: deque[K] = field(default_factory=deque)
    active: int = 0
    """Requests that run."""
    free_at: float = 0.0
    """No request before, by the monotonic clock."""
    backoff_until: float = 0.0
    failures: int = 0
    """In a row."""


class HostQueue(Generic[K]):
    """Queued tasks by host; hosts take turns, so that none holds up another."""

    def __init__(self, clock: Clock, *, connections: int = 1) -> None:
        """Allow each host so many *connections* at a time."""
        self._clock = clock
        self._connections = connections
        self._queued: OrderedDict[str, _Host[K]] = OrderedDict()
        """Hosts with tasks, the next one to have its turn first."""
        self._idle: OrderedDict[str, _Host[K]] = OrderedDict()
        """Hosts without tasks, the longest untouched first."""

    def __bool__(self) -> bool:
        return bool(self._queued)

    def add(self, task: K) -> None:
        """Queue *task* behind those of its host."""
        host = self._queued.get(task.host)
        if host is None:
            host = self._queued[task.host] = self._idle.pop(task.host, _Host())
        host.tasks.append(task)

    def take(self) -> K | None:
        """Remove and return a task of a host that is free, None if there is none."""
        now = self._clock.monotonic()
        for name, host in self._queued.items():
            if host.active < self._connections and host.free_at <= now:
                task = host.tasks.popleft()
                if host.tasks:
                    self._queued.move_to_end(name)
                else:
                    self._set_aside(name)
                return task
        return None

    def start(self, task: K) -> None:
        """Note that the request of *task*, which was taken, begins."""
        host = self._host(task.host)
        host.active += 1
        # the gap counts from the start too: two connections to a host take turns
        host.free_at = self._clock.monotonic() + task.gap_seconds

    def finish(self, task: K) -> None:
        """Note that the request of *task* has ended, from which its gap counts.

        From the end, since nobody knows when the request reached the host.
        """
        host = self._host(task.host)
        host.active -= 1
        host.free_at = max(host.free_at, self._clock.monotonic() + task.gap_seconds)

    def wait(self) -> float | None:
        """Return the seconds until a task may be taken, None if a request must end."""
        free_at = [
            host.free_at
            for host in self._queued.values()
            if host.active < self._connections
        ]
        return max(0.0, min(free_at) - self._clock.monotonic()) if free_at else None

    def replace(self, tasks: Iterable[K]) -> None:
        """Queue *tasks* in place of all that are queued."""
        for _ in self.drain():
            pass
        for task in tasks:
            self.add(task)

    def drain(self) -> Iterator[tuple[K, float]]:
        """Remove all tasks; yield each with the seconds until its turn would come."""
        now = self._clock.monotonic()
        for name in [*self._queued]:
            wait = max(0.0, self._queued[name].free_at - now)
            for place, task in enumerate(self.drop(name)):
                yield task, wait + place * task.gap_seconds / self._connections

    def drop(self, host: str) -> Iterable[K]:
        """Remove and return the tasks of *host*."""
        known = self._queued.get(host)
        if known is None:
            return ()
        dropped, known.tasks = known.tasks, deque()
        self._set_aside(host)
        return dropped

    # --- backoff -----------------------------------------------------------

    def backoff(self, host: str) -> float:
        """Return the seconds for which *host* is still to be left alone."""
        known = self._queued.get(host) or self._idle.get(host)
        if known is None:
            return 0.0
        return max(0.0, known.backoff_until - self._clock.monotonic())

    def back_off(self, host: str, seconds: float) -> None:
        """Leave *host* alone for *seconds*."""
        known = self._host(host)
        known.backoff_until = self._clock.monotonic() + seconds
        known.free_at = max(known.free_at, known.backoff_until)

    def count_failure(self, host: str) -> int:
        """Count a failure of *host*; return how many there were in a row."""
        known = self._host(host)
        known.failures += 1
        return known.failures

    def count_success(self, host: str) -> None:
        """End the row of failures of *host*."""
        self._host(host).failures = 0

    # --- hosts -------------------------------------------------------------

    def _host(self, name: str) -> _Host[K]:
        known = self._queued.get(name) or self._idle.get(name)
        if known is None:
            known = self._idle[name] = _Host()
        return known

    def _set_aside(self, name: str) -> None:
        """Put a host without tasks aside; forget the ones put aside longest ago."""
        self._idle[name] = self._queued.pop(name)
        while len(self._idle) > _MAX_IDLE_HOSTS:
            forgotten, host = self._idle.popitem(last=False)
            if host.active:
                self._idle[forgotten] = host
                break
