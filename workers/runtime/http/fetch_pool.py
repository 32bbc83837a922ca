"""Threads that make requests, fed from a host queue.

The queue says what may start, the pool runs it. All methods are for one thread; the
pool's own threads only run what they are given.
"""

import queue
from collections.abc import Callable, Hashable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, NamedTuple, TypeVar

from workers.runtime.http.host_queue import FetchTask, HostQueue

K = TypeVar("K", bound=FetchTask)
T = TypeVar("T")

_LONGEST_WAIT = 1.0


class Finished(NamedTuple, Generic[K, T]):
    """A task that has been run."""

    task: K
    result: T


class FetchPool(Generic[K, T]):
    """Runs tasks of a host queue in threads."""

    def __init__(self, hosts: HostQueue[K], threads: int) -> None:
        """Run up to *threads* tasks of *hosts* at a time."""
        self.hosts = hosts
        self._threads = threads
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="fetch")
        self._running: set[Hashable] = set()
        self._ended: queue.SimpleQueue[tuple[K, Future[T]]] = queue.SimpleQueue()

    @property
    def free_slots(self) -> int:
        """How many more tasks could start now."""
        return self._threads - len(self._running)

    def __len__(self) -> int:
        return len(self._running)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._running

    def start_ready(self, work_of: Callable[[K], Callable[[], T] | None]) -> None:
        """Start queued tasks as far as hosts and slots are free.

        *work_of* returns what a task's thread shall call, None to skip the task.
        """
        while self.free_slots and (task := self.hosts.take()) is not None:
            work = work_of(task)
            if work is not None:
                self._start(task, work)

    def wait(self) -> float | None:
        """Return the seconds until a task may start, None if one must end before."""
        return self.hosts.wait() if self.free_slots else None

    def finished(self, seconds: float, limit: int) -> Sequence[Finished[K, T]]:
        """Return up to *limit* results, waiting up to *seconds* for the first.

        Raises what a task raised.
        """
        results: list[Finished[K, T]] = []
        while len(results) < limit:
            ended = self._next_ended(0.0 if results else seconds)
            if ended is None:
                break
            task, future = ended
            self._running.discard(task.key)
            self.hosts.finish(task)
            results.append(Finished(task, future.result()))
        return results

    def run_all(
        self, work_of: Callable[[K], Callable[[], T] | None]
    ) -> Iterator[Finished[K, T]]:
        """Run all queued tasks; yield each as it ends."""
        while self.hosts or self._running:
            self.start_ready(work_of)
            wait = self.wait()
            seconds = _LONGEST_WAIT if wait is None else min(wait, _LONGEST_WAIT)
            yield from self.finished(seconds, self._threads)

    def close(self) -> None:
        """Start nothing more and wait for what runs; close its client before."""
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _start(self, task: K, work: Callable[[], T]) -> None:
        self._running.add(task.key)
        self.hosts.start(task)
        future = self._executor.submit(work)
        future.add_done_callback(lambda done: self._ended.put((task, done)))

    def _next_ended(self, seconds: float) -> tuple[K, Future[T]] | None:
        try:
            return self._ended.get(timeout=seconds)
        except queue.Empty:
            return None
