import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.parses import entity, parse
from workers.domain.records import Entity, EntityType, Event, EventType, Role, Sentence
from workers.stages.events import find_events
from workers.stages.events.explain import explain
from workers.stages.events.lexicon import load, shipped

SIGNING = """
पुतिन NNP ccof 2
और CC k1 8
किम NNP ccof 2
ने PSP lwg__psp 3
समझौते NN k7 8
पर PSP lwg__psp 5
हस्ताक्षर NN pof 8
किए VM root 0
हैं VAUX lwg__vaux 8
। SYM rsym 8
"""
KILLED = """
कश्मीर NNP k7p 5
में PSP lwg__psp 1
पांच QC nmod__adj 4
जवान NN k2 5
मारे VM root 0
गए VAUX lwg__vaux 5
"""
DENIED = """
रूस NNP k1 6
ने PSP lwg__psp 1
लेनदेन NN k5 6
से PSP lwg__psp 3
इनकार NN pof 6
किया VM root 0
"""
WILL_VISIT = """
मंत्री NN k1 8
बुधवार NNP k7t 8
को PSP lwg__psp 2
नेपाल NNP r6 6
का PSP lwg__psp 4
दौरा NN pof 8
नहीं NEG lwg__neg 8
करेंगे VM root 0
"""
ASKED = """
मंत्री NN k1 11
ने PSP lwg__psp 1
सरकार NN k2 11
से PSP lwg__psp 3
घायलों NN k4 8
को PSP lwg__psp 5
मुआवजा NN pof 8
देने VM r6-k2 10
का PSP lwg__psp 8
अनुरोध NN pof 11
किया VM root 0
"""
IF = """
अगर CC vmod 5
देश NN k7 5
पर PSP lwg__psp 2
हमला NN pof 5
होता VM root 0
है VAUX lwg__vaux 5
"""
SAID = """
पुलिस NN k1 3
ने PSP lwg__psp 1
बताया VM root 0
कि CC k2 3
आरोपी NN k2 7
को PSP lwg__psp 5
गिरफ्तार JJ pof 8
किया VM ccof 4
गया VAUX lwg__vaux 8
"""
PARTICIPLE = """
शुक्रवार NNP k7t 3
को PSP lwg__psp 1
हुए VM nmod__k1inv 4
धमाके NN k7 8
में PSP lwg__psp 4
दो QC nmod__adj 7
लोग NN k1 8
मरे VM root 0
"""


UNIVERSAL = """
पुतिन NNP nsubj 8
और CC cc 3
किम NNP conj 1
ने PSP case 3
समझौते NN obl 8
पर PSP case 5
हस्ताक्षर NN compound 8
किए VM root 0
हैं VAUX aux 8
। SYM punct 8
"""


def events(
    lines: str, *names: tuple[EntityType, str], published: dt.datetime | None = None
) -> tuple[Event, ...]:
    text, sentence = parse(lines)
    entities = [
        entity(text, kind, name, number) for number, (kind, name) in enumerate(names, 1)
    ]
    return find_events(text, [sentence], entities, shipped(), published)


def fillers(event: Event, role: Role) -> list[str]:
    return [argument.text for argument in event.arguments if argument.role is role]


def test_a_noun_with_its_light_verb_is_one_trigger_with_its_case_frame() -> None:
    (event,) = events(SIGNING, (EntityType.PER, "पुतिन"), (EntityType.PER, "किम"))
    assert event.type is EventType.AGREE
    assert event.trigger.text == "हस्ताक्षर किए"
    assert fillers(event, Role.ACTOR) == ["पुतिन", "किम"]
    assert fillers(event, Role.THEME) == ["समझौते"]
    assert [argument.entity_id for argument in event.arguments] == ["e1", "e2", None]
    assert (event.polarity, event.modality) == ("positive", "asserted")
    assert event.method == "frames"
    assert 0 < event.confidence < 1


def test_a_parse_in_universal_dependencies_gives_the_same() -> None:
    names = (EntityType.PER, "पुतिन"), (EntityType.PER, "किम")
    assert events(UNIVERSAL, *names) == events(SIGNING, *names)


def test_offsets_point_at_the_words() -> None:
    text, sentence = parse(SIGNING)
    (event,) = find_events(text, [sentence], [], shipped())
    trigger = event.trigger
    assert text[trigger.start : trigger.end] == trigger.text
    for argument in event.arguments:
        assert text[argument.start : argument.end] == argument.text


def test_a_passive_without_an_agent_tells_of_the_victims_only() -> None:
    (event,) = events(KILLED, (EntityType.LOC, "कश्मीर"))
    assert event.type is EventType.HARM
    assert event.trigger.text.startswith("मारे")
    assert fillers(event, Role.TARGET) == ["पांच जवान"]
    assert fillers(event, Role.ACTOR) == []
    assert event.place is not None
    assert event.place.text == "कश्मीर"


def test_a_killing_with_an_agent_is_an_assault() -> None:
    (event,) = events("सेना NN k1 4\nने PSP lwg__psp 1\nआतंकी NN k2 4\nमारे VM root 0")
    assert event.type is EventType.ASSAULT
    assert fillers(event, Role.ACTOR) == ["सेना"]
    assert fillers(event, Role.TARGET) == ["आतंकी"]


def test_what_is_denied_did_not_happen_but_the_denial_did() -> None:
    trade, denial = events(DENIED, (EntityType.LOC, "रूस"))
    assert (trade.type, trade.polarity) == (EventType.ECONOMY, "negative")
    assert (denial.type, denial.polarity) == (EventType.REJECT, "positive")
    assert fillers(denial, Role.ACTOR) == ["रूस"]
    assert fillers(denial, Role.THEME) == ["लेनदेन"]


def test_a_negated_future_is_negative_planned_and_dated_ahead() -> None:
    (event,) = events(
        WILL_VISIT,
        (EntityType.TIME, "बुधवार"),
        (EntityType.LOC, "नेपाल"),
        published=dt.datetime(2026, 11, 24, tzinfo=dt.UTC),
    )
    assert event.type is EventType.CONSULT
    assert (event.polarity, event.modality) == ("negative", "planned")
    assert fillers(event, Role.PLACE) == ["नेपाल"]
    assert event.time is not None
    assert (event.time.text, event.time.value) == ("बुधवार", "2026-11-25")


def test_a_condition_makes_an_event_possible() -> None:
    (event,) = events(IF)
    assert (event.type, event.modality) == (EventType.ASSAULT, "possible")
    assert fillers(event, Role.TARGET) == ["देश"]


def test_what_is_asked_for_is_possible_and_shares_the_subject() -> None:
    found = {event.type: event for event in events(ASKED)}
    assert found[EventType.AID].modality == "possible"
    assert fillers(found[EventType.AID], Role.ACTOR) == ["मंत्री"]
    assert fillers(found[EventType.AID], Role.TARGET) == ["घायलों"]
    assert fillers(found[EventType.REQUEST], Role.TARGET) == ["सरकार"]


def test_the_reporting_verb_says_who_says_so() -> None:
    (event,) = events(SAID)
    assert event.type is EventType.COERCE
    assert event.attribution is not None
    assert event.attribution.text == "पुलिस"
    assert fillers(event, Role.TARGET) == ["आरोपी"]


def test_a_participle_before_an_event_noun_brings_its_time() -> None:
    blast, death = events(PARTICIPLE, (EntityType.TIME, "शुक्रवार"))
    assert (blast.type, death.type) == (EventType.ASSAULT, EventType.HARM)
    assert fillers(blast, Role.TIME) == ["शुक्रवार"]
    assert fillers(death, Role.TARGET) == ["दो लोग"]


@pytest.mark.parametrize(
    "lines",
    [
        "चुनाव NNC pof__cn 2\nआयोग NN root 0",
        "जांच NNC pof__cn 2\nएजेंसी NN root 0",
    ],
)
def test_a_noun_that_only_names_a_body_is_no_event(lines: str) -> None:
    assert events(lines) == ()


def test_a_name_is_no_event() -> None:
    lines = "आंदोलन NNPC pof__cn 2\nपार्टी NNP k1 3\nजीती VM root 0"
    name = (EntityType.ORG, "आंदोलन पार्टी")
    assert all(event.trigger.text != "आंदोलन" for event in events(lines, name))
    assert any(event.trigger.text == "आंदोलन" for event in events("आंदोलन NN root 0"))


def test_context_chooses_between_a_match_and_an_election() -> None:
    won = "{} NN k2 2\nजीता VM root 0"
    assert [e.type for e in events(won.format("चुनाव"))][-1] is EventType.ELECT
    assert [e.type for e in events(won.format("मैच"))][-1] is EventType.CONTEST


def test_events_are_numbered_through_the_text() -> None:
    text, first = parse(KILLED)
    shift = len(text) + 1
    moved = Sentence(
        start=first.start + shift,
        end=first.end + shift,
        tokens=tuple(
            type(token)(
                token.start + shift,
                token.end + shift,
                token.lemma,
                token.upos,
                token.xpos,
                token.features,
                token.head,
                token.relation,
            )
            for token in first.tokens
        ),
    )
    found = find_events(f"{text}\n{text}", [first, moved], [], shipped())
    assert [(event.id, event.sentence) for event in found] == [("v1", 0), ("v2", 1)]


def test_a_broken_tree_does_no_harm() -> None:
    # heads in a circle, out of range, and on themselves
    lines = "हमला NN pof 2\nकिया VM k1 1\nसेना NN k1 99\nने PSP lwg__psp 4"
    assert [event.type for event in events(lines)] == [EventType.ASSAULT]


def test_explain_shows_parse_entry_and_path() -> None:
    text, sentence = parse(SIGNING)
    names: list[Entity] = []
    lines = explain(text, [sentence], names, shipped())
    assert lines[0] == text
    assert any("हस्ताक्षर\tहस्ताक्षर\tNN\tpof → किए" in line for line in lines)
    assert any("AGREE (sign)" in line and "agree.toml:" in line for line in lines)
    assert any("actor: पुतिन" in line and "-k1->" in line for line in lines)


def test_explain_says_where_nothing_was_found() -> None:
    text, sentence = parse("घर NN root 0")
    last = explain(text, [sentence], [], shipped())[-1].strip()
    assert last == "no event: no word of the sentence is in the lexicon"


FRAMES = """type = "ACCIDENT"
[[frame]]
name = "crash"
nouns = ["धमाका"]
needs = ["गैस"]
excludes = ["बम"]
[[frame]]
name = "sign"
carried = ["समझौता"]
verbs = ["भिड़"]
[[frame]]
name = "fall"
compounds = ["खाई में गिर"]
[[frame]]
name = "kill"
verbs = ["मार"]
agentless = true
"""


@pytest.mark.parametrize(
    ("lines", "closest"),
    [
        ("धमाका NN root 0", ["none of its needs stands in the sentence (गैस"]),
        (
            "गैस NN nmod 3\nबम NN nmod 3\nधमाका NN root 0",
            ["the sentence has what excludes it (बम)"],
        ),
        ("समझौता NN root 0", ["only with a light verb"]),
        ("बस NN k1 4\nखाई NN k7p 4\nमें PSP lwg__psp 2\nरुकी VM root 0", ["'गिर'"]),
        ("उसने PRP k1 2\nमारा VM root 0", ["only in the passive"]),
        (
            "धमाका NN k1 2\nसमझौता NN root 0",
            ["(sign)", "(crash)"],
        ),
        ("में PSP root 0", []),
    ],
)
def test_explain_says_what_came_closest(lines: str, closest: list[str]) -> None:
    text, sentence = parse(lines)
    told = explain(text, [sentence], [], load({"a.toml": FRAMES}))
    _, _, after = "\n".join(told).partition("no event")
    reasons = after.splitlines()[1:]
    assert len(reasons) == len(closest), reasons
    for words in closest:
        assert any(words in each for each in reasons), reasons


def test_explain_names_the_name_that_a_word_is_in() -> None:
    text, sentence = parse("समझौता NNP nmod 2\nएक्सप्रेस NNP root 0")
    names = [entity(text, EntityType.ORG, "समझौता एक्सप्रेस")]
    told = explain(text, [sentence], names, load({"a.toml": FRAMES}))
    assert "part of a name (ORG)" in told[-1]
    assert "accident.toml" not in told[-1]
    assert "a.toml:" in told[-1]


def test_needs_and_excludes_decide_by_the_sentence() -> None:
    source = 'type = "ACCIDENT"\n[[frame]]\nname = "crash"\nnouns = ["धमाका"]\n'
    lexicon = load({"a.toml": source + 'needs = ["गैस"]\nexcludes = ["बम"]\n'})

    def found(lines: str) -> int:
        text, sentence = parse(lines)
        return len(find_events(text, [sentence], [], lexicon))

    assert found("धमाका NN root 0") == 0
    assert found("गैस NN k7 2\nधमाका NN root 0") == 1
    assert found("गैस NN k7 3\nबम NN k7 3\nधमाका NN root 0") == 0


def test_what_is_always_so_is_no_event_unless_it_names_somebody() -> None:
    lines = "{} NN k1 3\nविरोध NN pof 3\nकरते VM root 0\nहैं VAUX lwg__vaux 3"
    assert events(lines.format("लोग")) == ()
    (event,) = events(lines.format("नेपाल"), (EntityType.LOC, "नेपाल"))
    assert event.type is EventType.REJECT


WORDS = """
सेना ने हमला किया नहीं पर में को से का की और कि , अगर पुलिस गिरफ्तार था जाएगा करने के लिए
साथ खिलाफ बैठक हुई मौत चुनाव जीता राष्ट्रपति बने ( ) : । आशंका है एक वाले लेकर
घायल दो 10-12 सैकड़ों सौ करीब अधिक समेत संख्या लोगों
"""
TAGS = "NN NNP NNC PSP VM VAUX JJ PRP CC QC NEG SYM NST RP"
RELATIONS = """
k1 k2 k4 k5 k7 k7p k7t r6 r6-k2 pof pof__cn ccof vmod nmod nmod__k1inv rt root nsubj obl
case conj cc compound acl lwg__psp lwg__vaux rsym
"""
ROWS = st.lists(
    st.tuples(
        *(st.sampled_from(each.split()) for each in (WORDS, TAGS, RELATIONS)),
        st.integers(0, 14),
    ),
    min_size=1,
    max_size=14,
)


@given(ROWS)
def test_no_parse_however_wrong_breaks_the_rules(
    rows: list[tuple[str, str, str, int]],
) -> None:
    lines = "\n".join(" ".join(map(str, row)) for row in rows)
    text, sentence = parse(lines)
    found = find_events(text, [sentence], [], shipped())
    assert found == find_events(text, [sentence], [], shipped())
    taken: set[int] = set()
    for event in found:
        trigger = event.trigger
        assert text[trigger.start : trigger.end] == trigger.text
        assert trigger.start not in taken
        taken.add(trigger.start)
        spans = [(a.role, a.start, a.end) for a in event.arguments]
        assert len(set(spans)) == len(spans)
        for argument in event.arguments:
            assert text[argument.start : argument.end] == argument.text != ""
        for count in event.counts:
            assert text[count.start : count.end] == count.text != ""
            assert count.high is None or 0 <= count.low <= count.high
