"""The watchdog over calls that have no time limit of their own."""

import threading

from workers.runtime.service.watchdog import Watchdog


def test_watchdog_ends_what_does_not_return() -> None:
    ended = threading.Event()
    why: list[str] = []

    def end(reason: str) -> None:
        why.append(reason)
        ended.set()

    watchdog = Watchdog(0.05, end)
    with watchdog.over("committing"):
        assert ended.wait(60)
    assert why == ["committing made no progress for 0 s"]


def test_watchdog_lets_be_what_returns() -> None:
    ended = threading.Event()
    watchdog = Watchdog(60.0, lambda _: ended.set())
    for _ in range(3):
        with watchdog.over("outer"), watchdog.over("inner"):
            assert len(watchdog._calls) == 2
    assert watchdog._calls == []
    assert not ended.is_set()
    watchdog.close()
