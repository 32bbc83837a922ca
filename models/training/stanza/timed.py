"""Run one of Stanza's trainers for a fixed time instead of a number of steps.

A machine's speed then decides how much is learned, not how long it takes: the learning
rate stays level for the first third and falls in a line to 3 % at the end, and the
development set is scored at even intervals. Stanza's own main does everything else.
"""

import argparse
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from models.training.stanza import fast_lstm, fast_parser, warm_start
from models.training.stanza.averaging import WeightAverage

LEVEL_SHARE = 0.35
FINAL_RATE = 0.03
WARM_UP_STEPS = 30


@dataclass
class Schedule:
    """When to score and to stop, and the learning rate; times in seconds."""

    budget: float
    evaluate_every: float
    rate: float
    clock: Callable[[], float] = time.monotonic
    began: float | None = field(default=None, init=False)
    scored: float = field(default=0.0, init=False)
    steps: int = field(default=0, init=False)
    over: bool = field(default=False, init=False)

    def rate_now(self) -> float:
        """Return the learning rate for the step about to be taken."""
        if self.began is None:
            self.began = self.scored = self.clock()
        share = (self.clock() - self.began) / self.budget
        fall = max(0.0, share - LEVEL_SHARE) / (1 - LEVEL_SHARE) * (1 - FINAL_RATE)
        warm = min(1.0, (self.steps + 1) / WARM_UP_STEPS)
        return self.rate * max(FINAL_RATE, 1 - fall) * warm

    def step_taken(self) -> tuple[bool, bool]:
        """Count a step; tell whether to score now and whether it was the last."""
        assert self.began is not None  # noqa: S101  rate_now comes before every step
        self.steps += 1
        now = self.clock()
        self.over = last = now - self.began >= self.budget
        score = last or now - self.scored >= self.evaluate_every
        if score:
            self.scored = now
        return score, last


NEVER = 10**9


class TimeSpent(Exception):  # noqa: N818  no error: how a loop without an end is left
    """The last step was taken and scored."""


def steer(
    trainer: type[Any],
    schedule: Schedule,
    begin_with: Path | None = None,
    interval: str = "eval_interval",
    average: float | None = None,
) -> None:
    """Let the schedule decide over a trainer class's rate, scoring and end.

    Stanza's loops read the `interval` of scoring and `max_steps` from the trainer's own
    settings after every update, so that setting them there is enough. A loop that goes
    on all the same, as the tokenizer's, is left by TimeSpent. The weights are those of
    the model `begin_with` at first, where one is given. With `average`, the decay of a
    moving average of the weights, that average is what is scored and saved.
    """
    update = trainer.update
    averages: list[WeightAverage] = []

    def timed(self: Any, batch: Any, *args: Any, **options: Any) -> Any:
        if schedule.over:
            raise TimeSpent
        if schedule.began is None and begin_with is not None:
            warm_start.copy_weights(self.model, self.vocab, begin_with)
        if average is not None and not averages:
            averages.append(WeightAverage(self.model, average))
        for each in averages:
            each.take_out()
        _set_rate(self, schedule.rate_now())
        loss = update(self, batch, *args, **options)
        score, last = schedule.step_taken()
        for each in averages:
            each.step()
            if score:
                each.put_in()
        self.args[interval] = 1 if score else NEVER
        if last:
            self.args["max_steps"] = 1
        return loss

    trainer.update = timed


def _set_rate(trainer: Any, rate: float) -> None:
    optimizers = getattr(trainer, "optimizers", None) or trainer.optimizer
    for optimizer in (
        optimizers.values() if isinstance(optimizers, dict) else [optimizers]
    ):
        for group in optimizer.param_groups:
            group["lr"] = rate


def trainer_and_main(kind: str) -> tuple[type[Any], Callable[[list[str]], Any]]:
    """Return Stanza's trainer class and main for a kind of model.

    Each is imported only where it is used: they load in seconds.
    """
    if kind == "tagger":
        from stanza.models import tagger  # noqa: PLC0415
        from stanza.models.pos.trainer import Trainer as PosTrainer  # noqa: PLC0415

        return PosTrainer, tagger.main
    if kind == "tokenizer":
        from stanza.models import tokenizer  # noqa: PLC0415
        from stanza.models.tokenization.trainer import (  # noqa: PLC0415
            Trainer as TokenTrainer,
        )

        return TokenTrainer, tokenizer.main
    if kind == "parser":
        from stanza.models import parser  # noqa: PLC0415
        from stanza.models.depparse.trainer import GraphTrainer  # noqa: PLC0415

        return GraphTrainer, parser.main
    from stanza.models import ner_tagger  # noqa: PLC0415
    from stanza.models.ner.trainer import Trainer as NerTrainer  # noqa: PLC0415

    return NerTrainer, ner_tagger.main


def main() -> None:
    """Read the command line: our options, then `--`, then Stanza's."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=["tokenizer", "tagger", "parser", "ner"])
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--evaluate-every", type=float, required=True)
    parser.add_argument("--rate", type=float, required=True)
    parser.add_argument(
        "--begin-with", type=Path, help="a model of the same shape to go on from"
    )
    parser.add_argument(
        "--average",
        type=float,
        metavar="DECAY",
        help="score and save a moving average of the weights that keeps this share",
    )
    split = sys.argv.index("--")
    args = parser.parse_args(sys.argv[1:split])
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    trainer, run = trainer_and_main(args.kind)
    schedule = Schedule(args.seconds, args.evaluate_every, args.rate)
    tokens = args.kind == "tokenizer"
    interval, rate = ("eval_steps", "--lr0") if tokens else ("eval_interval", "--lr")
    steer(trainer, schedule, args.begin_with, interval, args.average)
    with fast_lstm.faster(), fast_parser.faster(), suppress(TimeSpent):
        run([*sys.argv[split + 1 :], rate, str(args.rate)])


if __name__ == "__main__":
    main()
