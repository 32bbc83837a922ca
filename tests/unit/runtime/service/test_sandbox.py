"""Functions in processes of their own: what they give, and how they are ended."""

import os
import threading
import time
from collections.abc import Iterator

import pytest

from tests.support import sandbox_functions
from workers.runtime.service.sandbox import Confined, ConfinedError, Confinement

MODULE = sandbox_functions.__name__
PATIENCE = 90.0


@pytest.fixture
def obedient() -> Iterator[Confined]:
    made = Confined(f"{MODULE}:obey", cpu_seconds=1.0, wall_seconds=PATIENCE)
    yield made
    made.close()


def test_bytes_go_in_and_come_out() -> None:
    confined = Confined(f"{MODULE}:reverse")
    for payload in (b"", b"abc", bytes(range(256)) * 50_000):
        assert confined.call(payload) == payload[::-1]
    confined.close()


def test_a_process_serves_many_calls() -> None:
    confined = Confined(f"{MODULE}:pid")
    assert len({confined.call(b"") for _ in range(5)}) == 1
    confined.close()


@pytest.mark.parametrize(
    ("order", "why"),
    [
        (b"spin", Confinement.TIME),
        (b"sleep", Confinement.TIME),
        (b"hoard", Confinement.MEMORY),
        (b"die", Confinement.CRASH),
        (b"recurse", Confinement.CRASH),
        (b"raise", Confinement.CRASH),
    ],
)
def test_its_end_is_told_and_the_next_call_served(
    obedient: Confined, order: bytes, why: Confinement
) -> None:
    if order == b"sleep":  # only the wall clock ends that
        obedient._wall_seconds = 3.0
    started = time.monotonic()
    with pytest.raises(ConfinedError) as caught:
        obedient.call(order)
    assert caught.value.why is why
    assert time.monotonic() - started < PATIENCE
    obedient._wall_seconds = PATIENCE
    assert obedient.call(b"well") == b"well"


def test_an_exception_is_told_in_words(obedient: Confined) -> None:
    with pytest.raises(ConfinedError, match="ValueError: क्यों नहीं"):
        obedient.call(b"raise")


def test_one_that_hangs_does_not_hold_up_another() -> None:
    confined = Confined(
        f"{MODULE}:obey", processes=2, cpu_seconds=60.0, wall_seconds=60.0
    )
    failures: list[ConfinedError] = []

    def hang() -> None:
        try:
            confined.call(b"sleep")
        except ConfinedError as error:
            failures.append(error)

    thread = threading.Thread(target=hang)
    thread.start()
    assert confined.call(b"well") == b"well"
    assert thread.is_alive()
    confined.close()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert len(failures) == 1


def test_nothing_is_left_behind() -> None:
    confined = Confined(f"{MODULE}:pid")
    number = int(confined.call(b""))
    confined.close()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
    with pytest.raises(ConfinedError, match="closed"):
        confined.call(b"")


def test_a_function_that_is_not_there_is_a_crash() -> None:
    confined = Confined(f"{MODULE}:nothing")
    with pytest.raises(ConfinedError) as caught:
        confined.call(b"")
    assert caught.value.why is Confinement.CRASH
    confined.close()
