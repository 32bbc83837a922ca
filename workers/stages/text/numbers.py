"""Numbers of Hindi as they are written: digits of both scripts, words, ranges.

`डेढ़ सौ`, `साढ़े तीन हजार`, `दो दर्जन से अधिक`, `10 से 12`, `दो-तीन`, `सैकड़ों`. Numerals
and fractions after McGregor, Outline of Hindi Grammar (1995), with the spellings that
newspapers use.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from workers.stages.text import lexical
from workers.stages.text.digits import ASCII_DIGITS
from workers.stages.text.spelling import key

_CARDINALS = "numerals.one", "numerals.cardinals", "numerals.rarer_cardinals"
NUMERALS: tuple[tuple[str, ...], ...] = tuple(
    tuple(word for table in _CARDINALS for word in lexical.groups(table).get(value, ()))
    for value in map(str, range(100))
)
"""The words for 0 to 99, each in all its spellings."""


def _values(*tables: str) -> dict[str, Fraction]:
    """Return the values of number words by their keys."""
    named = lexical.headings(*tables)
    return {key(word): Fraction(value) for word, value in named.items()}


def _whole_values(table: str) -> dict[str, int]:
    return {key(word): value for word, value in lexical.numbers(table).items()}


_VALUES = _values(*_CARDINALS, "numerals.collectives")
_MIXED = _values("numerals.mixed")
_HALF = lexical.keys("numerals.halves")
_ADDED = _values("numerals.added")
(_HUNDRED,) = lexical.words("numerals.hundred")
(_DOZEN,) = lexical.words("numerals.dozen")
(_ABOUT_A_DOZEN,) = lexical.words("numerals.about_a_dozen")
_SCALES = _whole_values("numerals.scales")
# No more than the word promises: सैकड़ों are at least a hundred.
_INDEFINITE = _whole_values("numerals.indefinite")

_ABOUT = lexical.keys("quantities.about")
_AT_LEAST = lexical.phrases("quantities.at_least")
_AT_MOST = lexical.phrases("quantities.at_most")
_MORE = lexical.keys("quantities.more")
_LESS = lexical.keys("quantities.less")
_ROUND = lexical.keys("quantities.about_after")
_TO = lexical.keys("quantities.to")
_COUNTED_ONCE = 100
"""Below this two number words side by side are a range: दो तीन."""

_DIGITAL = re.compile(r"\d+(?:,\d+)*(?:\.\d+)?")
_PARTS = re.compile(r"[-–]|[^-–]+")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of things in words [first, end) of a sentence."""

    low: int
    high: int | None
    """None where the words name no upper bound."""
    approximate: bool
    """The words say about: करीब, लगभग."""
    first: int
    end: int


def quantities(words: Sequence[str]) -> list[Quantity]:
    """Return the whole numbers among words given by their keys, left to right."""
    atoms = [
        _Atom(part.translate(ASCII_DIGITS), number)
        for number, word in enumerate(words)
        for part in _PARTS.findall(word)
    ]
    plain = [atom.word for atom in atoms]
    found = []
    at = 0
    while at < len(atoms):
        reader = _Reader(plain, at)
        bounds = reader.quantity()
        if bounds is None:
            at += 1
            continue
        low, high = bounds
        if low.denominator == 1 and high.denominator == 1:
            found.append(
                Quantity(
                    low=0 if reader.most else int(low),
                    high=None if reader.least else int(high),
                    approximate=reader.approximate,
                    first=atoms[at].number,
                    end=atoms[reader.at - 1].number + 1,
                )
            )
        at = reader.at
    return found


@dataclass(frozen=True, slots=True)
class _Atom:
    """A word or what a hyphen parts of it, with the number of the word."""

    word: str
    number: int


@dataclass(frozen=True, slots=True)
class _Number:
    value: Fraction
    end: int
    lead: Fraction
    """What the scale is multiplied with: 3 of तीन सौ."""
    scale: int
    """Of a number with one scale: 100 of तीन सौ; 1 where there is none."""
    open: bool = False
    """More is possible: सैकड़ों."""


class _Reader:
    """Reads the quantity that begins at a place; `at` moves to its end."""

    def __init__(self, words: Sequence[str], at: int) -> None:
        self._words = words
        self.at = at
        self.approximate = False
        self.least = False
        self.most = False

    def quantity(self) -> tuple[Fraction, Fraction] | None:
        """Return the two ends of what the number names; None if there is none."""
        self._before()
        one = self._number(self.at)
        if one is None:
            return None
        self.at = one.end
        self.least |= one.open
        other = self._range_end(one)
        low = high = one.value
        if other is not None:
            self.at, high = other.end, other.value
            if one.scale == 1 and one.value < other.lead:
                low *= other.scale  # दो से तीन दर्जन
        self._after()
        return low, high

    def _word(self, at: int) -> str:
        return self._words[at] if at < len(self._words) else ""

    def _reads(self, phrase: Sequence[str]) -> bool:
        return tuple(self._words[self.at : self.at + len(phrase)]) == tuple(phrase)

    def _before(self) -> None:
        """Take the words before a number that bound it."""
        while True:
            if self._word(self.at) in _ABOUT:
                self.approximate = True
                self.at += 1
                continue
            least = next((each for each in _AT_LEAST if self._reads(each)), None)
            most = next((each for each in _AT_MOST if self._reads(each)), None)
            phrase = least or most
            if phrase is None:
                return
            self.least |= least is not None
            self.most |= most is not None
            self.at += len(phrase)

    def _after(self) -> None:
        """Take the words after a number that bound it."""
        if self._word(self.at) == "भर":
            self.approximate = True
            self.at += 1
        first, at = self._word(self.at), self.at + 1
        if first == "के" and self._word(at) in _ROUND:
            self.approximate = True
            self.at = at + 1
            return
        if first == "या" and self._word(at) in ("इससे", "उससे"):
            first, at = "से", at + 1
        if first != "से":
            return
        if self._word(at) == "भी":
            at += 1
        if self._word(at) in _MORE:
            self.least = True
        elif self._word(at) in _LESS:
            self.most = True
        else:
            return
        self.at = at + 1

    def _range_end(self, one: _Number) -> _Number | None:
        """Return the second number of a range: से 12, -तीन, तीन of दो तीन."""
        joined = self._word(one.end) in _TO
        other = self._number(one.end + joined)
        if other is None or other.open or one.open:
            return None
        low = one.value
        if one.scale == 1 and low < other.lead:
            low *= other.scale
        if low >= other.value:
            return None
        if not joined and not (
            one.lead < _COUNTED_ONCE
            and self._word(one.end - 1) in _VALUES
            and self._word(one.end) in _VALUES
            and other.lead <= one.lead * 2
        ):
            return None
        return other

    def _number(self, at: int) -> _Number | None:
        word = self._word(at)
        if word in _INDEFINITE:
            value = Fraction(_INDEFINITE[word])
            return _Number(value, at + 1, value, 1, open=True)
        if word in _HALF:
            if self._word(at + 1) != _DOZEN:
                return None
            return _Number(Fraction(6), at + 2, Fraction(1, 2), 12)
        if word == _ABOUT_A_DOZEN:
            return _Number(Fraction(12), at + 1, Fraction(1), 12)
        return self._composed(at)

    def _composed(self, at: int) -> _Number | None:
        """Read terms from the largest scale to the smallest: दो लाख तीन सौ पांच."""
        total = Fraction(0)
        smallest = max(_SCALES.values()) + 1
        terms: list[tuple[Fraction, int]] = []
        start = at
        while True:
            lead, hundreds, end = self._below_thousand(at)
            word = self._word(end)
            scale = _SCALES.get(word, 12 if word == _DOZEN and not terms else 1)
            if (scale == 1 and lead is None) or scale >= smallest:
                break
            value = Fraction(1) if lead is None else lead
            total += value * scale
            terms.append((value / hundreds, scale * hundreds))
            at = end + (scale > 1)
            smallest = scale
            if scale == 1 or word == _DOZEN:
                break
        if at == start:
            return None
        lead, scale = terms[0] if len(terms) == 1 else (total, 1)
        return _Number(total, at, lead, scale)

    def _below_thousand(self, at: int) -> tuple[Fraction | None, int, int]:
        """Return what stands before a scale, 100 if it is in hundreds, and the end."""
        value, at = self._simple(at)
        if self._word(at) != _HUNDRED:
            return value, 1, at
        value, at = (Fraction(1) if value is None else value) * 100, at + 1
        rest, end = self._simple(at)
        if rest is None or rest >= _COUNTED_ONCE or rest.denominator != 1:
            return value, 100, at
        return value + rest, 1, end

    def _simple(self, at: int) -> tuple[Fraction | None, int]:
        word = self._word(at)
        if word in _ADDED:
            following = self._word(at + 1)
            plain = self._plain(following)
            if plain is not None:
                return plain + _ADDED[word], at + 2
            if following in (_HUNDRED, _DOZEN) or following in _SCALES:
                return 1 + _ADDED[word], at + 1  # सवा लाख
            return None, at
        value = _MIXED.get(word, self._plain(word))
        return value, at if value is None else at + 1

    @staticmethod
    def _plain(word: str) -> Fraction | None:
        if _DIGITAL.fullmatch(word):
            return Fraction(word.replace(",", ""))
        return _VALUES.get(word)
