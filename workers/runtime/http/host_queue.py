"""Requests to many hosts at once, and to each host one after the other."""

import queue
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")


class Job(NamedTuple):
    """Something to be fetched."""

    key: str
    host: str


class Agenda:
    """Jobs that are due, host by host, so that no busy host holds up another."""

    def __init__(self) -> None:
        self._queues: OrderedDict[str, deque[Job]] = OrderedDict()

    def plan(self, jobs: Iterable[Job]) -> None:
        """Replace what is planned; jobs of a host keep their order."""
        self._queues.clear()
        for job in jobs:
            self._queues.setdefault(job.host, deque()).append(job)

    def take(self, is_free: Callable[[str], bool]) -> Job | None:
        """Take one job of a host that *is_free*; hosts take turns."""
        for host, jobs in self._queues.items():
            if is_free(host):
                job = jobs.popleft()
                if jobs:
                    self._queues.move_to_end(host)
                else:
                    del self._queues[host]
                return job
        return None

    def hosts(self) -> Iterable[str]:
        """Return the hosts that have jobs left."""
        return self._queues.keys()

    def __bool__(self) -> bool:
        return bool(self._queues)


class Fetches(Generic[T]):
    """Work that runs in threads, at most one piece for a host at a time.

    All methods are for one thread, the loop's. What a piece of work raises is raised
    again where its result is taken.
    """

    def __init__(
        self, threads: int, gap_seconds: float, monotonic: Callable[[], float]
    ) -> None:
        """Leave *gap_seconds* between the end of one request to a host and the next."""
        self._threads = threads
        self._gap = gap_seconds
        self._monotonic = monotonic
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="fetch")
        self._running: dict[str, str] = {}
        self._busy: set[str] = set()
        self._free_at: dict[str, float] = {}
        self._done: queue.SimpleQueue[tuple[str, T | None, BaseException | None]] = (
            queue.SimpleQueue()
        )

    @property
    def room(self) -> int:
        """How many more could start now."""
        return self._threads - len(self._running)

    def __len__(self) -> int:
        return len(self._running)

    def __contains__(self, key: str) -> bool:
        return key in self._running

    def is_free(self, host: str) -> bool:
        """Whether *host* may be asked now."""
        return host not in self._busy and self.wait(host) <= 0

    def wait(self, host: str) -> float:
        """Return for how many seconds *host* is to be left alone, 0 if it is not."""
        free_at = self._free_at.get(host)
        return 0.0 if free_at is None else max(0.0, free_at - self._monotonic())

    def start(self, job: Job, work: Callable[[], T]) -> None:
        """Run *work* in a thread; the host must be free, and there must be room."""
        self._running[job.key] = job.host
        self._busy.add(job.host)

        def run() -> None:
            try:
                self._done.put((job.key, work(), None))
            except BaseException as error:  # noqa: BLE001 raised again in `finished`
                self._done.put((job.key, None, error))

        self._pool.submit(run)

    def finished(self, seconds: float, limit: int) -> Sequence[T]:
        """Return up to *limit* results; waits for the first up to *seconds*."""
        results: list[T] = []
        timeout = seconds if self._running else 0.0
        while self._running and len(results) < limit:
            try:
                key, result, error = self._done.get(timeout=timeout)
            except queue.Empty:
                break
            timeout = 0.0
            host = self._running.pop(key)
            self._busy.discard(host)
            self._rest(host)
            if error is not None:
                raise error
            if result is not None:
                results.append(result)
        return results

    def _rest(self, host: str) -> None:
        now = self._monotonic()
        if len(self._free_at) > 2 * self._threads:
            self._free_at = {h: at for h, at in self._free_at.items() if at > now}
        self._free_at[host] = now + self._gap

    def close(self) -> None:
        """Wait for what is running, start nothing more."""
        self._pool.shutdown(wait=True, cancel_futures=True)
