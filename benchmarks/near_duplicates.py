"""Measure what the window of near duplicates takes: memory, and time per article.

    .venv/bin/python -m benchmarks.near_duplicates [--articles 100000]

Articles are made up: words drawn from a vocabulary of 60,000 by Zipf's law, one in ten
a copy of an earlier one with a new beginning, spread over seven days. Memory is the
growth of the process; what a million would take is computed from it, not measured.
"""

import argparse
import datetime as dt
import itertools
import random
import time
from collections.abc import Iterator

from workers.domain.ids import article_id
from workers.domain.records import Fingerprint
from workers.stages.articles.near_duplicates.index import SignatureIndex
from workers.stages.articles.near_duplicates.signatures import METHOD, signature

VOCABULARY = 60_000
WORDS = (60, 400)
WINDOW = dt.timedelta(days=7)
START = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
MILLION = 1_000_000
EVERY, ORIGINALS = 10, 1_000
"""Every tenth text is a copy of one of the first thousand."""


def texts(count: int) -> Iterator[tuple[str, bool]]:
    """Yield *count* texts, and whether each repeats one before."""
    chosen = random.Random(8)  # noqa: S311 no secret
    vocabulary = [f"शब्द{number}" for number in range(VOCABULARY)]
    shares = [1 / (rank + 10) for rank in range(VOCABULARY)]
    weights = list(itertools.accumulate(shares))
    kept: list[list[str]] = []
    for number in range(count):
        if number % EVERY == EVERY - 1:
            old = chosen.choice(kept)
            new = chosen.choices(vocabulary, cum_weights=weights, k=len(old) // 6)
            yield " ".join(new + old[len(old) // 6 :]), True
            continue
        length = chosen.randint(*WORDS)
        words = chosen.choices(vocabulary, cum_weights=weights, k=length)
        if len(kept) < ORIGINALS:
            kept.append(words)
        yield " ".join(words), False


def resident_bytes() -> int:
    """Return what the process takes of memory now."""
    with open("/proc/self/statm") as file:  # noqa: PTH123 a line of the kernel's
        return int(file.read().split()[1]) * 4096


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--articles", type=int, default=100_000)
    count = parser.parse_args().articles
    index = SignatureIndex(WINDOW)
    sign_seconds = find_seconds = add_seconds = 0.0
    wrong = missed = 0
    before = 0
    for number, (text, repeats) in enumerate(texts(count)):
        if number == min(1_000, count // 10):  # the vocabulary is there, libraries too
            before, first = resident_bytes(), number
        began = time.process_time()
        made = signature(text)
        signed = time.process_time()
        if made is None:
            continue
        seen = START + WINDOW * (number / count)
        fingerprint = Fingerprint(
            article_id=article_id(str(number)),
            revision=1,
            seen_at=seen,
            came_at=seen,
            shingles=made.shingles,
            minima=made.minima,
            method=METHOD,
        )
        ready = time.process_time()
        match = index.first_like(fingerprint)
        found = time.process_time()
        index.add(fingerprint)
        add_seconds += time.process_time() - found
        find_seconds += found - ready
        sign_seconds += signed - began
        wrong += match is not None and not repeats
        missed += match is None and repeats
    grown = resident_bytes() - before
    each = grown / (count - first)
    print(f"{len(index):,} articles in the window")
    print(f"memory     {grown / 1e6:8.0f} MB, {each:.0f} bytes an article")
    print(f"           {each * MILLION / 1e6:8.0f} MB for a million (extrapolated)")
    for what, seconds in (
        ("sign", sign_seconds),
        ("look up", find_seconds),
        ("add", add_seconds),
    ):
        print(f"{what:10} {1e6 * seconds / count:8.0f} µs an article")
    print(f"found      {wrong} that repeat nothing; missed {missed} of {count // 10}")


if __name__ == "__main__":
    main()
