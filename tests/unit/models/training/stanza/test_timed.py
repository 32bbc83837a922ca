from dataclasses import dataclass, field
from typing import Any

import pytest

pytest.importorskip("stanza", reason="training needs the package's `stanza` extra")

import torch

from models.training.stanza.timed import NEVER, Schedule, TimeSpent, steer


@dataclass
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_rate_warms_up_stays_level_and_falls_to_its_end() -> None:
    clock = Clock()
    schedule = Schedule(budget=100, evaluate_every=50, rate=1.0, clock=clock)
    assert schedule.rate_now() == pytest.approx(1 / 30)
    schedule.steps = 100
    clock.now += 35
    assert schedule.rate_now() == pytest.approx(1.0)
    clock.now += 32.5
    assert schedule.rate_now() == pytest.approx(1 - 0.97 / 2)
    clock.now += 500
    assert schedule.rate_now() == pytest.approx(0.03)


def test_scores_at_even_intervals_and_stops_when_the_time_is_spent() -> None:
    clock = Clock()
    schedule = Schedule(budget=100, evaluate_every=40, rate=1.0, clock=clock)
    schedule.rate_now()
    decisions = []
    for _ in range(10):
        clock.now += 10
        decisions.append(schedule.step_taken())
    assert [score for score, _ in decisions] == [
        False, False, False, True, False, False, False, True, False, True
    ]  # fmt: skip
    assert [last for _, last in decisions] == [False] * 9 + [True]


@dataclass
class Optimizer:
    param_groups: list[dict[str, float]]


@dataclass
class Trainer:
    optimizers: dict[str, Optimizer]
    args: dict[str, Any] = field(default_factory=dict)

    def update(self, batch: int) -> int:
        return batch * 2


def test_a_trainer_is_steered_by_its_own_settings() -> None:
    class Steered(Trainer):
        pass

    clock = Clock()
    steer(Steered, Schedule(budget=10, evaluate_every=100, rate=0.3, clock=clock))
    group = {"lr": 1.0}
    trainer = Steered({"general": Optimizer([group])})
    assert trainer.update(4) == 8
    assert group["lr"] == pytest.approx(0.01)
    assert trainer.args == {"eval_interval": NEVER}
    clock.now += 10
    trainer.update(1)
    assert trainer.args == {"eval_interval": 1, "max_steps": 1}


def test_a_loop_without_an_end_is_left_after_the_last_score() -> None:
    class Endless(Trainer):
        pass

    clock = Clock()
    schedule = Schedule(budget=10, evaluate_every=100, rate=1.0, clock=clock)
    steer(Endless, schedule, interval="eval_steps")
    trainer = Endless({"general": Optimizer([{"lr": 1.0}])})
    trainer.update(1)
    clock.now += 10
    trainer.update(2)
    assert trainer.args == {"eval_steps": 1, "max_steps": 1}
    with pytest.raises(TimeSpent):
        trainer.update(3)


def test_the_average_of_the_weights_is_scored_and_training_goes_on_without_it() -> None:
    module = torch.nn.Linear(1, 1, bias=False)
    seen: list[float] = []

    class Drifting(Trainer):
        model = module

        def update(self, batch: int) -> int:
            seen.append(module.weight.item())
            with torch.no_grad():
                module.weight += 1.0
            return batch

    with torch.no_grad():
        module.weight.fill_(0.0)
    clock = Clock()
    schedule = Schedule(budget=100, evaluate_every=5, rate=1.0, clock=clock)
    steer(Drifting, schedule, average=0.5)
    trainer = Drifting({"general": Optimizer([{"lr": 1.0}])})
    for _ in range(3):
        trainer.update(1)
    assert module.weight.item() == pytest.approx(3.0)
    clock.now += 6
    trainer.update(1)  # scored: the average lags behind
    assert 0 < module.weight.item() < 4.0
    trainer.update(1)
    assert seen == pytest.approx([0.0, 1.0, 2.0, 3.0, 4.0])
