import datetime as dt
import hashlib
import itertools
import random

import msgspec
import pytest

from workers.domain.ids import article_id
from workers.domain.records import Fingerprint
from workers.stages.articles.near_duplicates.index import SignatureIndex
from workers.stages.articles.near_duplicates.signatures import (
    METHOD,
    signature,
    unpacked,
)
from workers.stages.articles.near_duplicates.wording import words

NOON = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)
WEEK = dt.timedelta(days=7)
STORY = (
    "राज्य सरकार ने मंगलवार को किसानों के लिए नई सिंचाई योजना की घोषणा की और कहा कि इससे "
    "तीन जिलों के दो लाख परिवारों को लाभ होगा।"
)
COPY = STORY.replace("मंगलवार", "बुधवार")


def fingerprint(name: str, text: str = STORY, hours: float = 0.0) -> Fingerprint:
    made = signature(text)
    assert made is not None
    moment = NOON + dt.timedelta(hours=hours)
    return Fingerprint(
        article_id=article_id(name),
        revision=1,
        seen_at=moment,
        came_at=moment,
        shingles=made.shingles,
        minima=made.minima,
        method=METHOD,
    )


def text_of(seed: int, length: int = 60) -> str:
    chosen = random.Random(seed)
    return " ".join(f"शब्द{chosen.randrange(5_000)}" for _ in range(length))


@pytest.mark.parametrize(
    "copy",
    [
        f"नई दिल्ली, 24 नवंबर (भाषा) {STORY}",
        f"लखनऊ (पीटीआई-भाषा)। {STORY}",
        f"पटना: {STORY}",
        f"{STORY}\nभाषा गोला नरेश",
        f"{STORY}\n(वार्ता)",
        STORY.replace("लाभ होगा", "लाभ, होगा"),
    ],
)
def test_what_outlets_change_is_not_in_the_words(copy: str) -> None:
    assert words(copy) == words(STORY)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("१२,५०० रुपये", "12500 रुपये"),
        ("हज़ार पहुँचा", "हजार पहुंचा"),
        ("गये नयी", "गए नई"),
        ("डॉक्टर", "डाक्टर"),
    ],
)
def test_spellings_are_one(one: str, other: str) -> None:
    assert words(one) == words(other)


def test_a_sentence_with_a_colon_far_in_keeps_its_beginning() -> None:
    assert words("मंत्री ने सदन में कल शाम देर तक चली चर्चा के बाद कहा: हम तैयार हैं")[0] == "मंत्री"


def test_signatures_stay_what_they_are() -> None:
    """Those on the topic were made by earlier processes, of earlier releases."""
    made = signature(STORY)
    assert made is not None
    assert made.shingles == 25
    digest = hashlib.sha256(made.minima.encode()).hexdigest()
    assert (METHOD, digest[:16]) == ("minhash-120-words-3-rensa-2", "5a202e86c7548062")


def test_a_text_that_is_too_short_has_none() -> None:
    assert signature("बहुत छोटा पाठ है यह।") is None


def test_minima_of_another_kind_are_refused() -> None:
    with pytest.raises(ValueError, match="minima"):
        unpacked("AAAAAAAA")


def test_the_first_of_those_alike_is_found() -> None:
    known = SignatureIndex(WEEK)
    for name, hours in (("late", 3.0), ("early", 1.0), ("middle", 2.0)):
        known.add(fingerprint(name, hours=hours))
    match = known.first_like(fingerprint("new", COPY, 4.0))
    assert match is not None
    assert match.article_id == article_id("early")
    assert match.came_at == NOON + dt.timedelta(hours=1)
    assert 0.6 <= match.similarity < 1.0


def test_an_article_is_no_duplicate_of_itself() -> None:
    known = SignatureIndex(WEEK)
    known.add(fingerprint("a"))
    assert known.first_like(fingerprint("a")) is None


def test_the_order_of_arrival_does_not_matter() -> None:
    several = [
        fingerprint(name, text, hours)
        for name, text, hours in (
            ("a", STORY, 0.0),
            ("b", COPY, 30.0),
            ("c", STORY, -20.0),
            ("d", text_of(1), 0.0),
            ("e", STORY, -20.0),
        )
    ]
    answers = set()
    for order in itertools.permutations(several):
        known = SignatureIndex(WEEK)
        for each in order:
            known.add(each)
        match = known.first_like(fingerprint("new"))
        assert match is not None
        answers.add(match)
        assert len(known) == 5
    assert len(answers) == 1


def test_a_new_revision_takes_the_place_of_the_old_whichever_comes_first() -> None:
    one = fingerprint("a")
    two = msgspec.structs.replace(fingerprint("a", text_of(7)), revision=2)
    for order in ((one, two), (two, one), (one, two, one)):
        known = SignatureIndex(WEEK)
        for each in order:
            known.add(each)
        assert len(known) == 1
        assert known.first_like(fingerprint("b")) is None
        assert known.first_like(fingerprint("b", text_of(7))) is not None


def test_only_articles_within_the_window_are_compared() -> None:
    known = SignatureIndex(WEEK)
    known.add(fingerprint("a"))
    assert known.first_like(fingerprint("b", hours=7 * 24 - 1)) is not None
    assert known.first_like(fingerprint("b", hours=7 * 24 + 1)) is None


def test_days_behind_the_window_are_dropped() -> None:
    known = SignatureIndex(WEEK)
    for day in range(30):
        known.add(fingerprint(f"a{day}", text_of(day), 24.0 * day))
    assert len(known) == 8
    known.add(fingerprint("old", text_of(1), 0.0))
    assert len(known) == 8


def test_what_is_damaged_is_passed_over() -> None:
    known = SignatureIndex(WEEK)
    for minima in ("AAAA", "AAAAAAAA", "न"):
        known.add(msgspec.structs.replace(fingerprint("a"), minima=minima))
    assert len(known) == 0


def test_signatures_of_another_method_are_passed_over() -> None:
    known = SignatureIndex(WEEK)
    other = msgspec.structs.replace(fingerprint("a"), method="another")
    known.add(other)
    assert len(known) == 0
    known.add(fingerprint("a"))
    assert known.first_like(msgspec.structs.replace(other, article_id="0" * 32)) is None


def test_among_many_the_alike_are_found_and_no_others() -> None:
    known = SignatureIndex(WEEK)
    count = 300  # so many that the tables of a day grow
    for number in range(count):
        known.add(fingerprint(str(number), text_of(number)))
    for number in range(0, count, 10):
        copy = text_of(number).rsplit(" ", 6)[0] + " और कुछ नए शब्द यहां हैं"
        match = known.first_like(fingerprint("new", copy))
        assert match is not None
        assert match.article_id == article_id(str(number))
        assert known.first_like(fingerprint("new", text_of(count + number))) is None
