"""Documents damaged at random: cut, doubled, spliced, littered and encoded anew.

All that happens follows from the random number generator that is handed in, so that a
seed repeats a run.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Damage:
    """Damages one of *corpus* after the other."""

    corpus: Sequence[bytes]
    litter: Sequence[bytes]
    """Pieces that parsers stumble over."""

    def document(self, chance: random.Random) -> bytes:
        """Return a document with one to six damages."""
        body = chance.choice(self.corpus)
        for _ in range(chance.randint(1, 6)):
            body = chance.choice(self._changes())(body, chance)
        return _recode(body, chance) if chance.random() < 0.1 else body

    def _changes(self) -> Sequence[Callable[[bytes, random.Random], bytes]]:
        littered, spliced = self._litter, self._splice
        return (_cut, _cut, _repeat, littered, littered, _flip, spliced, _stop)

    def _litter(self, body: bytes, chance: random.Random) -> bytes:
        start, _ = _span(body, chance)
        return body[:start] + chance.choice(self.litter) + body[start:]

    def _splice(self, body: bytes, chance: random.Random) -> bytes:
        other = chance.choice(self.corpus)
        return body[: _span(body, chance)[0]] + other[_span(other, chance)[0] :]


def _span(body: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randrange(len(body) + 1)
    return start, min(len(body), start + int(chance.expovariate(1 / 40)))


def _cut(body: bytes, chance: random.Random) -> bytes:
    start, end = _span(body, chance)
    return body[:start] + body[end:]


def _repeat(body: bytes, chance: random.Random) -> bytes:
    start, end = _span(body, chance)
    return body[:end] + body[start:end] * chance.choice((1, 2, 30, 1000)) + body[end:]


def _flip(body: bytes, chance: random.Random) -> bytes:
    start, end = _span(body, chance)
    return body[:start] + chance.randbytes(end - start) + body[end:]


def _stop(body: bytes, chance: random.Random) -> bytes:
    return body[: _span(body, chance)[0]]


def _recode(body: bytes, chance: random.Random) -> bytes:
    coding = chance.choice(("utf-16", "utf-16-le", "utf-32", "utf-8-sig", "utf-7"))
    return body.decode("utf-8", "replace").encode(coding, "replace")
