from collections import Counter

import pytest

from workers.domain.records import EventType, Role
from workers.stages.events.lexicon import Kind, load, shipped
from workers.stages.text.lexical import LexiconError
from workers.stages.text.spelling import key

GOOD = """\
type = "ASSAULT"

[roles]
"पर" = "target"

[[frame]]
name = "attack"
nouns = ["हमला"]
compounds = ["मार डाल/गिरा"]
verbs = ["मार"]
"""


def test_the_shipped_lexicon_covers_every_type_with_at_least_800_entries() -> None:
    entries = shipped().entries
    predicates = {(entry.frame.type, entry.words) for entry in entries}
    per_type = Counter(kind for kind, _ in predicates)
    assert set(per_type) == set(EventType)
    assert min(per_type.values()) >= 15
    assert len(predicates) >= 800


def test_alternatives_are_entries_of_their_own() -> None:
    texts = [entry.text for entry in load({"a.toml": GOOD}).entries]
    assert texts == ["हमला", "मार डाल", "मार गिरा", "मार"]


@pytest.mark.parametrize(
    "form", ["हमला", "हमले", "हमलों", "मारा", "मारे", "मारेंगे", "मारकर"]
)
def test_inflected_forms_lead_to_their_entry(form: str) -> None:
    assert load({"a.toml": GOOD}).at(key(form))


def test_a_compound_is_found_by_the_word_before_its_verb() -> None:
    (verb, *compounds) = sorted(
        load({"a.toml": GOOD}).at(key("मार")),
        key=lambda entry: entry.kind is not Kind.VERB,
    )
    assert verb.kind is Kind.VERB
    assert [entry.text for entry in compounds] == ["मार डाल", "मार गिरा"]


def test_a_frame_has_the_roles_of_its_file_and_its_own_over_them() -> None:
    source = (
        GOOD
        + '\n[[frame]]\nname = "raid"\nnouns = ["धावा"]\nroles = { "पर" = "place" }\n'
    )
    attack, *_, raid = load({"a.toml": source}).entries
    assert attack.frame.roles["पर"] is Role.TARGET
    assert raid.frame.roles["पर"] is Role.PLACE


def test_the_version_changes_with_any_word() -> None:
    other = GOOD.replace("हमला", "आक्रमण")
    assert load({"a.toml": GOOD}).version != load({"a.toml": other}).version
    assert load({"a.toml": GOOD}).version == load({"a.toml": GOOD}).version


@pytest.mark.parametrize(
    ("before", "after", "line", "says"),
    [
        ('type = "ASSAULT"', 'type = "WAR"', 1, "type must be one of"),
        ('"पर" = "target"', '"पे" = "target"', 4, "unknown case marker 'पे'"),
        ('"पर" = "target"', '"पर" = "victim"', 4, "unknown role 'victim'"),
        ('name = "attack"', 'name = "Attack!"', 6, "name must be"),
        ('nouns = ["हमला"]', 'noun = ["हमला"]', 8, "unknown field 'noun'"),
        ('nouns = ["हमला"]', 'nouns = "हमला"', 8, "nouns must be a list"),
        ('["मार डाल/गिरा"]', '["मार डाल/"]', 9, "has an empty word"),
        ('["मार डाल/गिरा"]', '["मारना"]', 9, "has one word"),
        ('verbs = ["मार"]', 'verbs = ["मार!"]', 10, "must be words"),
        ('verbs = ["मार"]', "weight = 2.0", 10, "weight must be a number"),
        ('verbs = ["मार"]', 'verbs = ["मार"', 10, ""),
        ('verbs = ["मार"]', 'verbs = ["मार", "मार"]', 6, "'मार' stands already"),
    ],
)
def test_a_malformed_lexicon_is_refused_with_file_and_line(
    before: str, after: str, line: int, says: str
) -> None:
    with pytest.raises(LexiconError) as refusal:
        load({"war.toml": GOOD.replace(before, after)})
    assert str(refusal.value).startswith(f"war.toml:{line}: ")
    assert says in str(refusal.value)


def test_a_frame_without_predicates_is_refused() -> None:
    with pytest.raises(LexiconError, match=r"^x\.toml:2: a frame needs"):
        load({"x.toml": 'type = "AID"\n[[frame]]\nname = "aid"\n'})
