"""Numbers as Hindi writes them."""

import random
from collections.abc import Iterator

import pytest

from workers.stages.text.numbers import NUMERALS, Quantity, quantities
from workers.stages.text.spelling import key

SEED = 20_261_124
LARGEST = 10**9
SCALES = (("करोड़", 10**7), ("लाख", 10**5), ("हजार", 1000), ("सौ", 100))


def read(text: str) -> list[Quantity]:
    return quantities([key(word) for word in text.split()])


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("एक", 1, 1),
        ("१२", 12, 12),
        ("1,250", 1250, 1250),
        ("1,25,000", 125_000, 125_000),
        ("पन्द्रह", 15, 15),
        ("पंद्रह", 15, 15),
        ("छः", 6, 6),
        ("पैंतीस", 35, 35),
        ("निन्यानबे", 99, 99),
        ("सौ", 100, 100),
        ("एक सौ पच्चीस", 125, 125),
        ("डेढ़ सौ", 150, 150),
        ("डेढ़ दर्जन", 18, 18),
        ("ढाई हज़ार", 2500, 2500),
        ("साढ़े तीन हजार", 3500, 3500),
        ("साढे चार सौ", 450, 450),
        ("सवा सौ", 125, 125),
        ("सवा लाख", 125_000, 125_000),
        ("सवा दो लाख", 225_000, 225_000),
        ("पौने दो सौ", 175, 175),
        ("12.5 लाख", 1_250_000, 1_250_000),
        ("2 लाख 50 हजार", 250_000, 250_000),
        ("दो लाख तीन सौ पांच", 200_305, 200_305),
        ("एक करोड़", 10_000_000, 10_000_000),
        ("आधा दर्जन", 6, 6),
        ("दर्जन", 12, 12),
        ("दो दर्जन", 24, 24),
        ("तीनों", 3, 3),
        ("10 से 12", 10, 12),
        ("10-12", 10, 12),
        ("१० - १२", 10, 12),
        ("10–12", 10, 12),
        ("दो-तीन", 2, 3),
        ("दो तीन", 2, 3),
        ("पांच या छह", 5, 6),
        ("दो से तीन दर्जन", 24, 36),
        ("दो-तीन सौ", 200, 300),
        ("10-15 हजार", 10_000, 15_000),
        ("सौ से डेढ़ सौ", 100, 150),
        ("कम से कम 12", 12, None),
        ("न्यूनतम 12", 12, None),
        ("10 से अधिक", 10, None),
        ("10 से ज्यादा", 10, None),
        ("10 से भी ज़्यादा", 10, None),
        ("दो दर्जन से अधिक", 24, None),
        ("10 या उससे अधिक", 10, None),
        ("अधिकतम पांच", 0, 5),
        ("20 से कम", 0, 20),
        ("दर्जनों", 12, None),
        ("सैकड़ों", 100, None),
        ("सैंकड़ों", 100, None),
        ("हजारों", 1000, None),
        ("लाखों", 100_000, None),
        ("करोड़ों", 10_000_000, None),
    ],
)
def test_a_number_is_read_whole(text: str, low: int, high: int | None) -> None:
    (found,) = read(text)
    assert (found.low, found.high, found.approximate) == (low, high, False)
    assert (found.first, found.end) == (0, len(text.split()))


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("करीब 50", 50, 50),
        ("क़रीब 50", 50, 50),
        ("लगभग दो दर्जन", 24, 24),
        ("तकरीबन पांच सौ", 500, 500),
        ("50 के करीब", 50, 50),
        ("50 के आसपास", 50, 50),
        ("दर्जन भर", 12, 12),
        ("करीब 10 से 12", 10, 12),
        ("कम से कम करीब सौ", 100, None),
    ],
)
def test_about_is_kept(text: str, low: int, high: int | None) -> None:
    (found,) = read(text)
    assert (found.low, found.high, found.approximate) == (low, high, True)
    assert (found.first, found.end) == (0, len(text.split()))


@pytest.mark.parametrize(
    "text", ["", "राम", "साढ़े तीन", "3.5", "डेढ़", "आधा", "साढ़े", "से अधिक", "करीब", "- -"]
)
def test_what_is_no_whole_number_is_none(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("12 लोग और 30 घायल", [(0, 1, 12), (3, 4, 30)]),
        ("दिल्ली से 10 लोग", [(2, 3, 10)]),
        ("5 10", [(0, 1, 5), (1, 2, 10)]),
        ("12 से 10", [(0, 1, 12), (2, 3, 10)]),
        ("तीन बच्चे, दो", [(0, 1, 3), (2, 3, 2)]),
    ],
)
def test_numbers_side_by_side_stay_apart(
    text: str, values: list[tuple[int, int, int]]
) -> None:
    assert [(q.first, q.end, q.low) for q in read(text)] == values


def spelled(value: int) -> Iterator[str]:
    """Yield the words of a number below a hundred crore, any spelling of each."""
    for word, scale in SCALES:
        lead, value = divmod(value, scale)
        if lead:
            yield random.choice(NUMERALS[lead])
            yield word
    if value:
        yield random.choice(NUMERALS[value])


def test_every_number_is_read_from_its_words() -> None:
    random.seed(SEED)
    drawn = [random.randrange(1, LARGEST) for _ in range(2000)]
    for value in [*range(1, 1200), *drawn]:
        words = list(spelled(value))
        (found,) = read(" ".join(words))
        assert (found.low, found.high) == (value, value), words
        assert found.end == len(words)


def test_numerals_of_two_numbers_never_look_alike() -> None:
    seen: dict[str, int] = {}
    for value, words in enumerate(NUMERALS):
        for word in words:
            assert seen.setdefault(key(word), value) == value, word
    assert len(NUMERALS) == 100


def test_anything_is_survived() -> None:
    random.seed(SEED)
    words = [word for one in NUMERALS for word in one]
    words += [
        "से",
        "कम",
        "अधिक",
        "करीब",
        "सौ",
        "लाख",
        "दर्जन",
        "-",
        "10-12",
        "5.",
        ",5",
        "साढ़े",
        "सवा",
        "डेढ़",
        "के",
        "भर",
        "या",
        "उससे",
    ]
    for _ in range(2000):
        drawn = [key(random.choice(words)) for _ in range(8)]
        last = 0
        for each in quantities(drawn):
            assert last <= each.first < each.end <= len(drawn)
            assert each.high is None or 0 <= each.low <= each.high
            last = each.first
