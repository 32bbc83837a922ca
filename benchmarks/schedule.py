"""A simulated week: polls spent and delay to discovery, adaptive against fixed.

200 feeds with the rhythms of the Hindi press: breaking-news feeds, section feeds,
district feeds, weeklies and dead ones, all slower at night (India). Publication is a
Poisson process with a seed, so a run can be repeated. A feed shows its newest 20
entries and has honest dates.

    python -m benchmarks.schedule
"""

import argparse
import bisect
import datetime as dt
import json
import random
import statistics
from collections.abc import Callable, Sequence

from workers.fleet.poll.settings import PollSettings, bounds
from workers.stages.feeds.schedule import (
    Hints,
    History,
    next_poll,
    publication_gap,
)

START = dt.datetime(2026, 11, 16, tzinfo=dt.UTC)
WEEK = 7 * 24 * 3600.0
BOUNDS = bounds(PollSettings())
# how many feeds publish how many entries a day
RHYTHMS = ((20, 200.0), (60, 40.0), (70, 8.0), (30, 1.0), (20, 0.05))
_SHOWN = 20
# share of a day's entries in each hour of India, midnight first
_HOURS = (2, 1, 1, 1, 2, 4, 5, 6, 6, 6, 6, 6, 6, 6, 5, 5, 6, 6, 6, 5, 5, 4, 4, 3)
_INDIA = 5.5 * 3600

Interval = Callable[["Feed", float, int], float]


class Feed:
    """One feed of the week: when it published, and what a poller knows of it."""

    def __init__(self, per_day: float, chance: random.Random) -> None:
        self.published: list[float] = []
        peak = max(_HOURS) * len(_HOURS) / sum(_HOURS)
        moment = -2 * 24 * 3600.0  # the document is full when the week begins
        while True:
            moment += chance.expovariate(per_day * peak / 86400)
            if moment >= WEEK:
                break
            hour = int((moment + _INDIA) // 3600 % 24)
            if chance.random() < _HOURS[hour] / max(_HOURS):
                self.published.append(moment)
        self.interval = 0.0
        self.chance = chance

    def shown(self, now: float) -> Sequence[float]:
        """Return when the entries were published that it shows at *now*."""
        end = bisect.bisect_right(self.published, now)
        return self.published[max(0, end - _SHOWN) : end]


def fixed(minutes: float) -> Interval:
    """Return a schedule that never changes."""
    return lambda feed, now, new: minutes * 60  # noqa: ARG005 it looks at nothing


def adaptive(feed: Feed, now: float, new: int) -> float:
    """Return the wait that the poll worker's schedule would choose."""
    dates = [START + dt.timedelta(seconds=each) for each in feed.shown(now)]
    moment = START + dt.timedelta(seconds=now)
    silent = (moment - max(dates)).total_seconds() if dates else None
    history = History(
        interval_seconds=feed.interval,
        new_entries=new,
        gap_seconds=publication_gap(dates),
        silent_seconds=silent,
    )
    fraction = feed.chance.random()
    schedule = next_poll(history, Hints(), moment, bounds=BOUNDS, fraction=fraction)
    feed.interval = schedule.interval_seconds
    return (schedule.next_poll_at - moment).total_seconds()


def week(interval: Interval, seed: int) -> tuple[int, list[float]]:
    """Return the polls of a week and the delay to discovery of every entry."""
    chance = random.Random(seed)  # noqa: S311 a simulation
    polls = 0
    delays: list[float] = []
    for count, per_day in RHYTHMS:
        for _ in range(count):
            feed = Feed(per_day, random.Random(chance.random()))  # noqa: S311
            now = feed.chance.random() * 60
            last = -1.0
            while now < WEEK:
                polls += 1
                found = [each for each in feed.shown(now) if each > last]
                if last >= 0:
                    delays += [now - each for each in found]
                last = now
                now += interval(feed, now, len(found))
    return polls, delays


def main() -> None:
    """Print polls and delays of each schedule as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=7)
    seed = parser.parse_args().seed
    schedules: dict[str, Interval] = {"adaptive": adaptive}
    schedules |= {f"fixed-{minutes}-min": fixed(minutes) for minutes in (5, 15, 60)}
    polls, delays = week(adaptive, seed)
    median = statistics.median(delays)
    budget = sum(count for count, _ in RHYTHMS) * WEEK / polls / 60
    schedules[f"fixed-{budget:.1f}-min, as many polls"] = fixed(budget)
    schedules[f"fixed-{2 * median / 60:.1f}-min, same median"] = fixed(2 * median / 60)
    result = {}
    for name, interval in schedules.items():
        polls, delays = week(interval, seed)
        result[name] = {
            "polls": polls,
            "entries": len(delays),
            "median_delay_minutes": round(statistics.median(delays) / 60, 2),
            "p90_delay_minutes": round(statistics.quantiles(delays, n=10)[8] / 60, 2),
        }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
