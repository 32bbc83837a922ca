from itertools import pairwise

import pytest

from tests.support.parses import parse
from workers.domain.records import Entity, EntityType
from workers.stages.entities import entities
from workers.stages.entities.gazetteer import read
from workers.stages.nlp.document import Document, Name

NAMES = read("# names\nQ159\tLOC\tरूस\nQ7747\tPER\tव्लादिमीर पुतिन\n")


def found(lines: str, *names: tuple[str, str]) -> tuple[Entity, ...]:
    text, sentence = parse(lines)
    spans = []
    at = 0
    for kind, name in names:
        at = text.index(name, at)
        spans.append(Name(kind, at, at + len(name), 0))
        at += len(name)
    return entities(Document(text, (sentence,), tuple(spans)), NAMES)


def plain(words: str, *names: tuple[str, str]) -> list[tuple[str, str]]:
    lines = "\n".join(f"{word} NN dep 0" for word in words.split())
    return [(entity.type.value, entity.text) for entity in found(lines, *names)]


def test_titles_honorifics_and_case_markers_stay_outside() -> None:
    assert plain(
        "प्रधानमंत्री नरेंद्र मोदी ने दिलीप साहब से कहा",
        ("PER", "प्रधानमंत्री नरेंद्र मोदी ने"),
        ("PER", "दिलीप साहब"),
    ) == [("PER", "नरेंद्र मोदी"), ("PER", "दिलीप")]


def test_a_known_place_may_be_called_a_union_and_be_a_former_one() -> None:
    known = read("Q15180\tLOC\tसोवियत संघ\n")
    text, sentence = parse(
        "भूतपूर्व JJ dep 0\nसोवियत NNPC dep 0\nसंघ NNP dep 0\nटूटा VM dep 0"
    )
    names = (Name("ORG", 0, text.index(" टूटा"), 0),)
    (name,) = entities(Document(text, (sentence,), names), known)
    assert (name.type, name.text) == (EntityType.LOC, "सोवियत संघ")


def test_a_title_alone_is_no_person() -> None:
    assert plain("राष्ट्रपति आए", ("PER", "राष्ट्रपति")) == []


def test_quotes_stay_outside() -> None:
    assert plain("' पंचायत ' में", ("ORG", "' पंचायत '")) == [("ORG", "पंचायत")]


@pytest.mark.parametrize(
    "words", ["गंगा नदी", "तिकरित शहर", "मैक्सिको की खाड़ी", "फूलपुर गाँव", "पटना रेलवे स्टेशन"]
)
def test_the_class_word_of_a_place_is_inside(words: str) -> None:
    name = words.split(maxsplit=1)[0]
    assert plain(f"{words} में", ("LOC", name)) == [("LOC", words)]


def test_what_follows_a_place_in_the_genitive_is_seldom_its_class_word() -> None:
    assert plain("गंगा की सफाई", ("LOC", "गंगा")) == [("LOC", "गंगा")]


HYPHENS = """हैंस NNPC dep 0
- SYM dep 0 joined
पीटर NNPC dep 0 joined
बार्टेल्स NNP dep 0
और CC dep 0
C NNPC dep 0
- SYM dep 0 joined
SPAN NNP dep 0 joined
"""


def test_the_part_before_a_hyphen_is_inside() -> None:
    names = found(HYPHENS, ("PER", "पीटर बार्टेल्स"), ("ORG", "SPAN"))
    assert [name.text for name in names] == ["हैंस-पीटर बार्टेल्स", "C-SPAN"]


def test_a_name_before_a_hyphen_stays_a_name_and_a_dash_parts_names() -> None:
    both = found(HYPHENS, ("PER", "हैंस"), ("PER", "पीटर बार्टेल्स"))
    assert [name.text for name in both[:2]] == ["हैंस", "पीटर बार्टेल्स"]
    apart = HYPHENS.replace(" joined", "")
    assert [n.text for n in found(apart, ("ORG", "SPAN"))] == ["SPAN"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("15 मई को", [("TIME", "15 मई")]),
        ("30 मई , 2005 को", [("TIME", "30 मई , 2005")]),
        ("१५ अगस्त १९४७ को", [("TIME", "१५ अगस्त १९४७")]),
        ("जून 2017 में", [("TIME", "जून 2017")]),
        ("1961 की संधि", [("TIME", "1961")]),
        ("पिछले साल", [("TIME", "पिछले साल")]),
        ("पिछले कुछ महीनों में", [("TIME", "पिछले कुछ महीनों")]),
        ("24 वर्षों में", [("TIME", "24 वर्षों")]),
        ("आज सुबह", [("TIME", "आज सुबह")]),
        ("दो घंटे बाद", [("TIME", "दो घंटे")]),
        ("20 लाख करोड़ रुपये", [("NUM", "20 लाख करोड़ रुपये")]),
        ("34 प्रतिशत मतदान", [("NUM", "34 प्रतिशत")]),
        ("ढाई लाख लोग", [("NUM", "ढाई लाख")]),
        ("147 केस", [("NUM", "147")]),
        ("एक किसान", []),
        ("एक लाख लोग", [("NUM", "एक लाख")]),
        ("4,600 लोग", [("NUM", "4,600")]),
        ("कुछ लोग", []),
    ],
)
def test_times_and_numbers_are_read_by_rule(
    words: str, expected: list[tuple[str, str]]
) -> None:
    assert plain(words) == expected


def test_known_names_are_found_and_linked_whatever_the_model_says() -> None:
    (entity,) = found("रूस NNP k1 2\nबोला VM root 0")
    assert (entity.type, entity.text, entity.link) == (EntityType.LOC, "रूस", "Q159")


def test_a_known_name_is_not_taken_where_the_parse_sees_another_word() -> None:
    assert found("रूस VM root 0") == ()


def test_a_short_name_stands_for_the_fullest_before_it() -> None:
    lines = "व्लादिमीर NNP dep 0\nपुतिन NNP dep 0\nऔर CC dep 0\nपुतिन NNP dep 0"
    first, second = found(lines, ("PER", "व्लादिमीर पुतिन"), ("PER", "पुतिन"))
    assert second.canonical_name == "व्लादिमीर पुतिन"
    assert (first.link, second.link) == ("Q7747", "Q7747")
    assert (first.id, second.id) == ("e1", "e2")


def test_of_two_people_with_one_surname_the_nearest_before_is_meant() -> None:
    lines = "\n".join(
        f"{word} NNP dep 0" for word in ["राहुल", "गांधी", "सोनिया", "गांधी", "गांधी"]
    )
    *_, short = found(
        lines, ("PER", "राहुल गांधी"), ("PER", "सोनिया गांधी"), ("PER", "गांधी")
    )
    assert short.canonical_name == "सोनिया गांधी"


def test_nothing_overlaps() -> None:
    lines = "\n".join(f"{word} NNP dep 0" for word in ["रूस", "15", "मई", "रूस"])
    spans = [
        (entity.start, entity.end)
        for entity in found(lines, ("LOC", "रूस"), ("TIME", "15 मई रूस"))
    ]
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert spans


def test_a_malformed_gazetteer_is_refused_with_its_line() -> None:
    with pytest.raises(ValueError, match=r"gazetteer\.tsv:2: 2 columns"):
        read("# names\nQ159\tरूस\n")
