"""How many are dead, injured, arrested …, on parses written by hand."""

import pytest

from tests.support.parses import parse
from workers.domain.records import Count, Event
from workers.stages.events import find_events
from workers.stages.events.lexicon import shipped


def events(lines: str) -> tuple[Event, ...]:
    text, sentence = parse(lines)
    return find_events(text, [sentence], [], shipped())


def last_counts(lines: str) -> list[tuple[str, int, int | None]]:
    return [(c.kind, c.low, c.high) for c in events(lines)[-1].counts]


def sentence(number: str, noun: str, after: str) -> str:
    """Return number and noun as the object of a predicate: 12 लोगों की मौत हुई."""
    words = number.split()
    rows = [(word, "QC" if word != "से" else "PSP", "nmod__adj", 0) for word in words]
    head = len(rows) + 1
    marker, predicate, verb = after.split()
    rows += [
        (noun, "NN", {"की": "r6", "को": "k2"}.get(marker, "k1"), head + 2),
        (marker, "PSP", "lwg__psp", head),
        (predicate, "NN", "pof", head + 3),
        (verb, "VM", "root", 0),
    ]
    return "\n".join(
        f"{form} {tag} {relation} {to if relation != 'nmod__adj' else head}"
        for form, tag, relation, to in rows
    )


@pytest.mark.parametrize(
    ("after", "kind"),
    [
        ("की मौत हुई", "dead"),
        ("की हत्या की", "dead"),
        ("को घायल किया", "injured"),
        ("को गिरफ्तार किया", "arrested"),
        ("का अपहरण किया", "abducted"),
    ],
)
def test_the_kind_is_the_predicate_s(after: str, kind: str) -> None:
    assert last_counts(sentence("12", "लोगों", after)) == [(kind, 12, 12)]


@pytest.mark.parametrize(
    ("number", "low", "high"),
    [
        ("एक", 1, 1),
        ("१५", 15, 15),
        ("डेढ़ सौ", 150, 150),
        ("साढ़े तीन हजार", 3500, 3500),
        ("दो दर्जन से अधिक", 24, None),
        ("करीब 10 से 12", 10, 12),
        ("कम से कम पांच", 5, None),
        ("सैकड़ों", 100, None),
    ],
)
def test_the_number_is_read_with_its_bounds(
    number: str, low: int, high: int | None
) -> None:
    lines = sentence(number, "लोगों", "की मौत हुई")
    (event,) = events(lines)
    (count,) = event.counts
    assert count == Count(
        kind=count.kind,
        low=low,
        high=high,
        text=number,
        start=0,
        end=len(number),
        approximate=number.startswith("करीब"),
    )


@pytest.mark.parametrize(
    ("number", "noun"),
    [("दो", "मवेशियों"), ("", "लोगों"), ("12 वर्षीय", "बच्चे"), ("धारा 12", "लोगों")],
)
def test_other_numbers_count_nobody(number: str, noun: str) -> None:
    assert last_counts(sentence(number, noun, "की मौत हुई")) == []


def test_parts_add_up() -> None:
    lines = """
    दो QC nmod__adj 2
    महिलाओं NN ccof 3
    और CC r6 7
    तीन QC nmod__adj 5
    बच्चों NN ccof 3
    की PSP lwg__psp 3
    मौत NN pof 8
    हुई VM root 0
    """
    assert last_counts(lines) == [("dead", 2, 2), ("dead", 3, 3)]


def test_what_a_number_includes_is_not_counted_twice() -> None:
    lines = """
    दो QC nmod__adj 2
    महिलाओं NN r6 7
    समेत PSP lwg__psp 2
    सात QC nmod__adj 5
    लोगों NN r6 7
    की PSP lwg__psp 5
    मौत NN pof 8
    हुई VM root 0
    """
    assert last_counts(lines) == [("dead", 7, 7)]


def test_a_number_before_the_trigger_counts_without_an_argument() -> None:
    lines = """
    30 QC x 6
    गंभीर JJ x 3
    रूप NN x 5
    से PSP lwg__psp 3
    घायल JJ pof 6
    हुए VM root 0
    """
    assert last_counts(lines) == [("injured", 30, 30)]


def test_a_toll_is_read_after_the_trigger() -> None:
    lines = """
    मरने VM nmod 4
    वालों PSP lwg__psp 1
    की PSP lwg__psp 1
    संख्या NN k1 7
    बढ़कर VM vmod 7
    25 QC k1s 7
    हुई VM root 0
    """
    assert [(c.kind, c.low) for c in events(lines)[0].counts] == [("dead", 25)]


def test_a_year_is_no_number_of_dead() -> None:
    lines = "2020 QC r6 3\nकी PSP lwg__psp 1\nमौत NN pof 4\nहुई VM root 0"
    assert last_counts(lines) == []
    lines = "2020 QC r6 3\nकी PSP lwg__psp 1\nमौत NN pof 4\nहुई VM root 0"
    assert last_counts(lines.replace("2020", "220")) == [("dead", 220, 220)]


def test_who_protests_is_counted_and_who_meets_is_not() -> None:
    lines = """
    हजारों QC nmod__adj 2
    किसानों NN k1 5
    ने PSP lwg__psp 2
    {} NN pof 5
    किया VM root 0
    """
    assert last_counts(lines.format("प्रदर्शन")) == [("participants", 1000, None)]
    assert last_counts(lines.format("समझौता")) == []


@pytest.mark.parametrize("toll", ["25", "बढ़कर 25", "20 से बढ़कर 25"])
@pytest.mark.parametrize("noun", ["संख्या", "तादाद"])
def test_the_number_of_the_dead_is_a_count_of_dead(toll: str, noun: str) -> None:
    lines = ["मृतकों NN r6 3", "की PSP lwg__psp 1", f"{noun} NN k1 0"]
    for word in toll.split():
        tag = "QC" if word.isdigit() else "VM" if word == "बढ़कर" else "PSP"
        lines.append(f"{word} {tag} k1s 0")
    lines.append("हुई VM root 0")
    (event,) = events("\n".join(lines))
    assert (event.type, event.trigger.text) == ("HARM", "मृतकों")
    assert [(c.kind, c.low, c.high) for c in event.counts] == [("dead", 25, 25)]


def test_the_dead_without_a_number_are_no_event() -> None:
    assert not events("मृतकों NN r6 3\nके PSP lwg__psp 1\nपरिजन NN k1 4\nलौटे VM root 0")


@pytest.mark.parametrize("predicate", ["ढेर NN pof 4\nहुए VM root 0", "ढेर NN root 0"])
def test_those_shot_down_are_counted_as_dead(predicate: str) -> None:
    lines = f"तीन QC nmod__adj 2\nआतंकी NN k1 4\n{predicate}"
    (event,) = events(lines)
    assert event.type == "ASSAULT"
    assert [(c.kind, c.low, c.high) for c in event.counts] == [("dead", 3, 3)]


def test_a_team_that_is_all_out_is_not_dead() -> None:
    lines = "टीम NN k1 5\n150 QC x 3\nरन NN k7 5\nढेर NN pof 5\nहुई VM root 0"
    assert not [event for event in events(lines) if event.type == "ASSAULT"]
