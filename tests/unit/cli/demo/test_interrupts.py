import signal
from collections.abc import Iterator

import pytest

from workers.cli.demo.interrupts import Interrupts


@pytest.fixture
def interrupts() -> Iterator[Interrupts]:
    made = Interrupts()
    kept = {n: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)}
    made.install()
    yield made
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("interrupts")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_interrupts(number: int) -> None:
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(number)


def test_a_held_signal_interrupts_afterwards_and_once(interrupts: Interrupts) -> None:
    steps = []

    def work() -> None:
        with interrupts.held():
            signal.raise_signal(signal.SIGTERM)
            steps.append("held")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert steps == ["held"]
    with interrupts.held():
        steps.append("free")
    assert steps == ["held", "free"]
