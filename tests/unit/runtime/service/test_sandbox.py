"""Functions in processes of their own: what they give, and how they are ended."""

import os
import threading
import time
from collections.abc import Iterator

import pytest

from tests.support import sandbox_functions
from workers.runtime.service.sandbox import (
    Limits,
    Sandbox,
    SandboxError,
    SandboxFailure,
)

MODULE = sandbox_functions.__name__
PATIENCE = 90.0


LIMITS = Limits(cpu_seconds=5.0, wall_seconds=20.0, memory_bytes=512 * 1024 * 1024)


def sandbox(function: str) -> Sandbox[bytes, bytes]:
    return Sandbox(f"{MODULE}:{function}", bytes, LIMITS)


@pytest.fixture
def obedient() -> Iterator[Sandbox[bytes, bytes]]:
    limits = LIMITS._replace(cpu_seconds=1.0, wall_seconds=PATIENCE)
    made: Sandbox[bytes, bytes] = Sandbox(f"{MODULE}:obey", bytes, limits)
    yield made
    made.close()


def test_bytes_go_in_and_come_out() -> None:
    sandboxed = sandbox("reverse")
    for payload in (b"", b"abc", bytes(range(256)) * 50_000):
        assert sandboxed.call(payload) == payload[::-1]
    sandboxed.close()


def test_a_process_serves_many_calls() -> None:
    sandboxed = sandbox("pid")
    assert len({sandboxed.call(b"") for _ in range(5)}) == 1
    sandboxed.close()


@pytest.mark.parametrize(
    ("order", "why"),
    [
        (b"spin", SandboxFailure.TIME),
        (b"sleep", SandboxFailure.TIME),
        (b"hoard", SandboxFailure.MEMORY),
        (b"die", SandboxFailure.CRASH),
        (b"recurse", SandboxFailure.CRASH),
        (b"raise", SandboxFailure.CRASH),
    ],
)
def test_its_end_is_told_and_the_next_call_served(
    obedient: Sandbox[bytes, bytes], order: bytes, why: SandboxFailure
) -> None:
    if order == b"sleep":  # only the wall clock ends that
        obedient._wall_seconds = 3.0
    started = time.monotonic()
    with pytest.raises(SandboxError) as caught:
        obedient.call(order)
    assert caught.value.why is why
    assert time.monotonic() - started < PATIENCE
    obedient._wall_seconds = PATIENCE
    assert obedient.call(b"well") == b"well"


def test_an_exception_is_told_in_words(obedient: Sandbox[bytes, bytes]) -> None:
    with pytest.raises(SandboxError, match="ValueError: क्यों नहीं"):
        obedient.call(b"raise")


def test_one_that_hangs_does_not_hold_up_another() -> None:
    limits = LIMITS._replace(cpu_seconds=60.0, wall_seconds=60.0)
    sandboxed: Sandbox[bytes, bytes] = Sandbox(
        f"{MODULE}:obey", bytes, limits, processes=2
    )
    failures: list[SandboxError] = []

    def hang() -> None:
        try:
            sandboxed.call(b"sleep")
        except SandboxError as error:
            failures.append(error)

    thread = threading.Thread(target=hang)
    thread.start()
    assert sandboxed.call(b"well") == b"well"
    assert thread.is_alive()
    sandboxed.close()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert len(failures) == 1


def test_nothing_is_left_behind() -> None:
    sandboxed = sandbox("pid")
    number = int(sandboxed.call(b""))
    sandboxed.close()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
    with pytest.raises(SandboxError, match="closed"):
        sandboxed.call(b"")


def test_a_function_that_is_not_there_is_a_crash() -> None:
    sandboxed = sandbox("nothing")
    with pytest.raises(SandboxError) as caught:
        sandboxed.call(b"")
    assert caught.value.why is SandboxFailure.CRASH
    sandboxed.close()


def test_requests_and_results_have_types() -> None:
    summing = Sandbox[sandbox_functions.Sum, sandbox_functions.Total](
        f"{MODULE}:add", sandbox_functions.Total, LIMITS
    )
    made = summing.call(sandbox_functions.Sum(parts=(1, 2, 3)))
    assert made == sandbox_functions.Total(6)
    summing.close()


def test_a_result_of_another_type_is_a_crash() -> None:
    mistaken = Sandbox[bytes, int](f"{MODULE}:reverse", int, LIMITS)
    with pytest.raises(SandboxError) as caught:
        mistaken.call(b"abc")
    assert caught.value.why is SandboxFailure.CRASH
    mistaken.close()


def test_a_process_prepares_itself_once_and_before_its_first_call() -> None:
    for warm in (True, False):
        made = Sandbox[bytes, list[int]](
            f"{MODULE}:prepared", list[int], LIMITS, prepare=f"{MODULE}:prepare"
        )
        if warm:
            made.warm_up()
        assert [made.call(b"") for _ in range(3)] == [[1]] * 3
        made.close()


def test_warm_up_starts_every_process() -> None:
    made: Sandbox[bytes, bytes] = Sandbox(
        f"{MODULE}:reverse", bytes, LIMITS, processes=2
    )
    made.warm_up()
    assert len(made._running) == 2
    assert made.call(b"ab") == b"ba"
    made.close()


def test_warm_up_says_why_it_cannot() -> None:
    made: Sandbox[bytes, bytes] = Sandbox(
        f"{MODULE}:reverse", bytes, LIMITS, prepare=f"{MODULE}:fail_to_prepare"
    )
    with pytest.raises(SandboxError, match="RuntimeError: no model"):
        made.warm_up()
    made.close()
