"""Who fills which role, rule by rule, on parses written by hand."""

from tests.support.parses import entity, parse
from workers.domain.records import EntityType, Event, Modality, Role
from workers.stages.events import find_events
from workers.stages.events.lexicon import shipped

PER, LOC, TIME, NUM = EntityType.PER, EntityType.LOC, EntityType.TIME, EntityType.NUM


def events(lines: str, *names: tuple[EntityType, str]) -> tuple[Event, ...]:
    text, sentence = parse(lines)
    entities = [
        entity(text, kind, name, number) for number, (kind, name) in enumerate(names, 1)
    ]
    return find_events(text, [sentence], entities, shipped())


def roles(event: Event) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for argument in event.arguments:
        found.setdefault(argument.role.value, []).append(argument.text)
    return found


def test_a_list_of_names_fills_a_role_together() -> None:
    # the parse has the last of them only
    (event,) = events(
        """
        अमेरिका NNP ccof 4
        , SYM rsym 1
        जापान NNP ccof 4
        और CC k1 99
        भारत NNP r6 8
        के PSP lwg__psp 5
        संयुक्त JJ nmod__adj 8
        अभ्यास NN root 0
        """,
        (LOC, "अमेरिका"),
        (LOC, "जापान"),
        (LOC, "भारत"),
    )
    assert roles(event) == {"actor": ["अमेरिका", "जापान", "भारत"]}


def test_two_names_that_the_parse_makes_one_are_subject_and_object() -> None:
    (event,) = events(
        """
        भारत NNPC pof__cn 2
        जापान NNP k2 5
        को PSP lwg__psp 2
        मैच NN k7 5
        हराएगा VM root 0
        """,
        (LOC, "भारत"),
        (LOC, "जापान"),
    )[-1:]
    assert roles(event)["actor"] == ["भारत"]
    assert roles(event)["target"] == ["जापान"]


def test_the_charge_stands_before_ke_aarop_mein() -> None:
    found = events(
        """
        पुलिस NN k1 9
        ने PSP lwg__psp 1
        रिश्वत NN r6 5
        के PSP lwg__psp 3
        आरोप NN k7 9
        में PSP lwg__psp 5
        इंजीनियर NN k2 9
        गिरफ्तार JJ pof 9
        किया VM root 0
        """
    )
    (arrest,) = [event for event in found if event.type == "COERCE"]
    assert roles(arrest)["theme"] == ["रिश्वत"]
    assert roles(arrest)["target"] == ["इंजीनियर"]


def test_with_a_person_in_the_dative_the_bare_object_is_the_post() -> None:
    (event,) = events(
        """
        राष्ट्रपति NN k1 7
        ने PSP lwg__psp 1
        वकील NN k2 7
        को PSP lwg__psp 3
        राज्यपाल NN k2 7
        नियुक्त JJ pof 7
        किया VM root 0
        """
    )
    assert roles(event) == {
        "actor": ["राष्ट्रपति"],
        "target": ["वकील"],
        "theme": ["राज्यपाल"],
    }


def test_a_compound_that_holds_its_own_filler_gives_it_a_role() -> None:
    (event,) = events("मोहन NNP k1 3\nअध्यक्ष NN k1s 3\nबने VM root 0", (PER, "मोहन"))
    assert event.trigger.text == "बने"
    assert roles(event) == {"actor": ["मोहन"], "theme": ["अध्यक्ष"]}


def test_the_clause_asked_for_is_the_theme_as_a_whole() -> None:
    (event,) = events(
        """
        छात्रों NN k1 9
        ने PSP lwg__psp 1
        कुलपति NN k5 9
        से PSP lwg__psp 3
        परीक्षा NN k2 6
        टालने VM r6-k2 8
        की PSP lwg__psp 6
        मांग NN pof 9
        की VM root 0
        """
    )
    assert roles(event) == {
        "actor": ["छात्रों"],
        "target": ["कुलपति"],
        "theme": ["परीक्षा टालने"],
    }


def test_the_place_and_time_of_a_feared_event_are_those_of_the_fear() -> None:
    (event,) = events(
        """
        तट NN k7 7
        पर PSP lwg__psp 1
        तूफान NN k1 4
        आने VM r6 6
        की PSP lwg__psp 4
        आशंका NN k1 7
        है VM root 0
        """
    )
    assert roles(event) == {"place": ["तट"]}
    assert event.modality is Modality.POSSIBLE


def test_money_given_is_the_theme_and_not_who_gets_it() -> None:
    (event,) = events(
        """
        सरकार NN k1 6
        ने PSP lwg__psp 1
        रुपये NN r6 5
        की PSP lwg__psp 3
        मदद NN pof 6
        दी VM root 0
        """
    )
    assert roles(event) == {"actor": ["सरकार"], "theme": ["रुपये"]}


def test_a_score_is_no_opponent() -> None:
    (event,) = events(
        """
        भारत NNP k1 6
        ने PSP lwg__psp 1
        जापान NNP k2 6
        को PSP lwg__psp 3
        4-0 QC k5 7
        से PSP lwg__psp 5
        हराया VM root 0
        """.replace(" 6\n", " 7\n"),
        (LOC, "भारत"),
        (LOC, "जापान"),
        (NUM, "4-0"),
    )
    assert roles(event) == {"actor": ["भारत"], "target": ["जापान"], "theme": ["4-0"]}


def test_the_place_a_report_is_dated_from_takes_no_part() -> None:
    (event,) = events(
        """
        पटना NNP k1 6
        : SYM rsym 1
        पुलिस NN k1 6
        ने PSP lwg__psp 3
        छापा NN pof 6
        मारा VM root 0
        """,
        (LOC, "पटना"),
    )
    assert roles(event) == {"actor": ["पुलिस"]}


def test_what_is_said_has_its_own_subject() -> None:
    (event,) = events(
        """
        मंत्री NN k1 3
        ने PSP lwg__psp 1
        कहा VM root 0
        कि CC k2 3
        दौरा NN pof 6
        करेंगे VM ccof 4
        """
    )
    assert roles(event) == {}


def test_a_second_verb_shares_the_subject_of_the_first() -> None:
    first, second = events(
        """
        मंत्री NN k1 4
        ने PSP lwg__psp 1
        दौरा NN pof 4
        किया VM ccof 5
        और CC root 0
        अपील NN pof 7
        की VM ccof 5
        """
    )
    assert roles(first)["actor"] == roles(second)["actor"] == ["मंत्री"]


def test_a_span_of_time_has_its_beginning() -> None:
    (event,) = events(
        """
        सोमवार NNP k7t 3
        से PSP lwg__psp 1
        बुधवार NNP k7t 6
        तक PSP lwg__psp 3
        हड़ताल NN pof 6
        होगी VM root 0
        """,
        (TIME, "सोमवार"),
        (TIME, "बुधवार"),
    )
    assert roles(event)["time"] == ["सोमवार से बुधवार"]


def test_a_time_that_no_event_has_goes_to_the_next_one() -> None:
    lines = """
        शनिवार NNP k7t 99
        को PSP lwg__psp 1
        सेना NN k1 6
        ने PSP lwg__psp 3
        हमला NN pof 6
        किया VM root 0
        """
    (event,) = events(lines, (TIME, "शनिवार"))
    assert roles(event) == {"time": ["शनिवार"], "actor": ["सेना"]}
    # but not across a clause
    said = lines.replace("सेना NN k1 6", "कि CC k1 6").replace("ने PSP lwg__psp 3", "")
    (event,) = events(said.replace("\n        \n", "\n"), (TIME, "शनिवार"))
    assert roles(event) == {}


def test_reflexives_fill_nothing() -> None:
    (event,) = events("अपना PRP r6 2\nइस्तीफा NN pof 3\nदिया VM root 0")
    assert roles(event) == {}


def test_roles_are_those_of_the_guidelines() -> None:
    assert {role.value for role in Role} == {
        "actor",
        "target",
        "theme",
        "place",
        "time",
    }
