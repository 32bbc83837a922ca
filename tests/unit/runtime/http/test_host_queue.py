"""Tasks wait for their host: turns, gaps, connections and backoff."""

import datetime as dt
from collections.abc import Callable
from typing import NamedTuple

import pytest

from tests.support.set_clock import SetClock
from workers.runtime.http.fetch_pool import FetchPool
from workers.runtime.http.host_queue import HostQueue

START = dt.datetime(2026, 11, 24, 6, 0, tzinfo=dt.UTC)


class Task(NamedTuple):
    key: str
    host: str
    gap_seconds: float = 1.0


@pytest.fixture
def clock() -> SetClock:
    return SetClock(START, seconds=100.0)


@pytest.fixture
def hosts(clock: SetClock) -> HostQueue[Task]:
    return HostQueue(clock)


def taken(hosts: HostQueue[Task]) -> list[str]:
    """Start all that may start now; return their keys."""
    keys = []
    while (task := hosts.take()) is not None:
        hosts.start(task)
        keys.append(task.key)
    return keys


def test_hosts_take_turns_and_a_busy_one_holds_up_no_other(
    hosts: HostQueue[Task], clock: SetClock
) -> None:
    for task in (Task("a1", "a"), Task("a2", "a"), Task("b1", "b"), Task("a3", "a")):
        hosts.add(task)
    assert taken(hosts) == ["a1", "b1"]
    clock.seconds += 10
    assert taken(hosts) == []
    hosts.finish(Task("a1", "a"))
    assert hosts.wait() == 1.0
    clock.seconds += 1
    assert taken(hosts) == ["a2"]


def test_the_gap_counts_from_the_start_where_a_host_has_two_connections(
    clock: SetClock,
) -> None:
    hosts: HostQueue[Task] = HostQueue(clock, connections=2)
    for number in range(3):
        hosts.add(Task(f"a{number}", "a"))
    assert taken(hosts) == ["a0"]
    clock.seconds += 1
    assert taken(hosts) == ["a1"]
    clock.seconds += 1
    assert taken(hosts) == []


def test_a_task_that_was_not_started_leaves_its_host_free(
    hosts: HostQueue[Task],
) -> None:
    hosts.add(Task("a1", "a"))
    hosts.add(Task("a2", "a"))
    first, second = hosts.take(), hosts.take()
    assert first is not None
    assert second is not None
    assert (first.key, second.key) == ("a1", "a2")


def test_a_host_is_left_alone_while_it_is_backed_off_from(
    hosts: HostQueue[Task], clock: SetClock
) -> None:
    hosts.back_off("a", 30.0)
    hosts.add(Task("a1", "a"))
    assert taken(hosts) == []
    assert hosts.backoff("a") == hosts.wait() == 30.0
    clock.seconds += 30
    assert hosts.backoff("a") == 0.0
    assert taken(hosts) == ["a1"]


def test_failures_count_in_a_row(hosts: HostQueue[Task]) -> None:
    assert [hosts.count_failure("a") for _ in range(3)] == [1, 2, 3]
    hosts.count_success("a")
    assert hosts.count_failure("a") == 1


def test_what_is_drained_is_told_its_turn(hosts: HostQueue[Task]) -> None:
    hosts.add(Task("a0", "a"))
    assert taken(hosts) == ["a0"]
    hosts.finish(Task("a0", "a"))
    for number in (1, 2, 3):
        hosts.add(Task(f"a{number}", "a"))
    turns = {task.key: seconds for task, seconds in hosts.drain()}
    assert turns == {"a1": 1.0, "a2": 2.0, "a3": 3.0}
    assert not hosts


def test_replaced_tasks_are_gone_and_hosts_keep_their_gap(
    hosts: HostQueue[Task], clock: SetClock
) -> None:
    hosts.add(Task("a0", "a"))
    assert taken(hosts) == ["a0"]
    hosts.finish(Task("a0", "a"))
    hosts.add(Task("a1", "a"))
    hosts.replace([Task("a2", "a"), Task("b1", "b")])
    assert taken(hosts) == ["b1"]
    clock.seconds += 1
    assert taken(hosts) == ["a2"]


def test_a_pool_runs_all_that_is_queued_but_what_has_no_work(clock: SetClock) -> None:
    hosts: HostQueue[Task] = HostQueue(clock)
    for number in range(20):
        hosts.add(Task(f"t{number}", f"h{number % 5}", 0.0))
    pool: FetchPool[Task, str] = FetchPool(hosts, 3)

    def work(task: Task) -> Callable[[], str] | None:
        return None if task.key == "t7" else task.key.upper

    finished = {each.task.key: each.result for each in pool.run_all(work)}
    pool.close()
    assert finished == {f"t{n}": f"T{n}" for n in range(20) if n != 7}


def test_a_pool_raises_what_a_task_raised_and_goes_on(clock: SetClock) -> None:
    hosts: HostQueue[Task] = HostQueue(clock)
    hosts.add(Task("a", "a", 0.0))
    pool: FetchPool[Task, int] = FetchPool(hosts, 1)
    pool.start_ready(lambda _: lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        pool.finished(60.0, 1)
    assert pool.free_slots == 1
    hosts.add(Task("a", "a", 0.0))
    pool.start_ready(lambda _: lambda: 1)
    assert [each.result for each in pool.finished(60.0, 1)] == [1]
    pool.close()
