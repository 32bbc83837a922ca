"""Polarity, modality and attribution, on parses written by hand."""

import pytest

from tests.support.parses import parse
from workers.domain.records import Event, Modality, Polarity
from workers.stages.events import find_events
from workers.stages.events.lexicon import shipped


def events(lines: str) -> tuple[Event, ...]:
    text, sentence = parse(lines)
    return find_events(text, [sentence], [], shipped())


def attack(verbs: str) -> Event:
    """Return the event of हमला with the given verb group."""
    words = verbs.split()
    rows = ["सेना NN k1 4", "ने PSP lwg__psp 1", "हमला NN pof 4", f"{words[0]} VM root 0"]
    rows += [f"{word} VAUX lwg__vaux 4" for word in words[1:]]
    (event,) = events("\n".join(rows))
    return event


@pytest.mark.parametrize(
    ("verbs", "modality"),
    [
        ("किया", Modality.ASSERTED),
        ("किया है", Modality.ASSERTED),
        ("किया गया था", Modality.ASSERTED),
        ("कर रही है", Modality.ASSERTED),
        ("करेगी", Modality.PLANNED),
        ("करेंगे", Modality.PLANNED),
        ("किया जाएगा", Modality.PLANNED),
        ("करने वाली है", Modality.PLANNED),
        ("करना चाहती है", Modality.PLANNED),
        ("कर सकती है", Modality.POSSIBLE),
        ("करना चाहिए", Modality.POSSIBLE),
        ("करें", Modality.POSSIBLE),
    ],
)
def test_tense_and_mood_tell_the_modality(verbs: str, modality: Modality) -> None:
    assert attack(verbs).modality is modality


def test_a_past_form_that_ends_like_a_future_is_no_plan() -> None:
    (event,) = events("मंत्री NN k1 3\nमाफी NN pof 3\nमांगी VM root 0")
    assert event.modality is Modality.ASSERTED


@pytest.mark.parametrize(
    ("noun", "modality"),
    [
        ("योजना", Modality.PLANNED),
        ("फैसला", Modality.PLANNED),
        ("धमकी", Modality.POSSIBLE),
        ("आशंका", Modality.POSSIBLE),
        ("आरोप", Modality.POSSIBLE),
    ],
)
def test_the_noun_above_an_infinitive_tells_its_modality(
    noun: str, modality: Modality
) -> None:
    lines = (
        f"हमला NN pof 2\nकरने VM r6 4\nका PSP lwg__psp 2\n{noun} NN k1 5\nथा VM root 0"
    )
    found = {event.trigger.text.split()[0]: event for event in events(lines)}
    assert found["हमला"].modality is modality


def test_an_open_question_is_possible() -> None:
    lines = "हमला NN pof 2\nकरेगा VM root 0\nया CC a 2\nनहीं NEG b 2"
    (event,) = events(lines)
    assert (event.modality, event.polarity) == (Modality.POSSIBLE, Polarity.POSITIVE)


def test_what_is_to_end_has_happened() -> None:
    (event,) = events(
        "हिंसा NN k2 3\nसमाप्त JJ pof 3\nकरने VM r6 5\nकी PSP lwg__psp 3\nबात NN root 0"
    )
    assert event.modality is Modality.ASSERTED


@pytest.mark.parametrize(
    ("lines", "polarity"),
    [
        ("हमला NN pof 3\nनहीं NEG lwg__neg 3\nकिया VM root 0", Polarity.NEGATIVE),
        ("हमला NN pof 2\nकिए VM vmod 4\nबिना PSP a 2\nगए VM root 0", Polarity.NEGATIVE),
        ("हमले NN k5 4\nसे PSP a 1\nइनकार NN pof 4\nकिया VM root 0", Polarity.NEGATIVE),
        ("आरोप NN k5 4\nसे PSP a 1\nइनकार NN pof 4\nकिया VM root 0", Polarity.POSITIVE),
        (
            "न NEG lwg__neg 4\nकेवल RP a 4\nहमला NN pof 4\nकिया VM root 0",
            Polarity.POSITIVE,
        ),
    ],
)
def test_negation_denial_and_lack_are_told(lines: str, polarity: Polarity) -> None:
    assert events(lines)[0].polarity is polarity


def test_a_source_named_by_ke_anusar_is_who_says_so() -> None:
    (event,) = events(
        "पुलिस NN k7 5\nके PSP a 1\nअनुसार PSP a 1\nहमला NN pof 5\nहुआ VM root 0"
    )
    assert event.attribution is not None
    assert event.attribution.text == "पुलिस"


def test_without_a_source_nobody_says_so() -> None:
    assert attack("किया").attribution is None
