import json
import random
from pathlib import Path

import pytest

from models.training.corpora import augment, entities, gazetteer


@pytest.mark.parametrize(
    ("given", "ours"),
    [
        ("B-NEP", "B-PER"),
        ("I-LOCATION", "I-LOC"),
        ("B-NEAR", "B-MISC"),
        ("B-FESTIVAL", "B-MISC"),
        ("B-TIMEX", "B-TIME"),
        ("-NEO", "I-ORG"),
        ("-", "O"),
        ("", "O"),
        ("O", "O"),
    ],
)
def test_labels_of_both_corpora_become_ours(given: str, ours: str) -> None:
    assert entities.mapped(given) == ours


def test_reads_sentences_and_mends_their_tags(tmp_path: Path) -> None:
    path = tmp_path / "x.tsv"
    path.write_text(
        "दिल्\u200dली\tI-NEL\nमें\tO\n\t O\n\n\nराम\tB-NEP\nसिंह\t-NEP\nगया\t-\n",
        encoding="utf-8",
    )
    assert list(entities.read(path)) == [
        [("दिल्ली", "B-LOC"), ("में", "O")],
        [("राम", "B-PER"), ("सिंह", "I-PER"), ("गया", "O")],
    ]


def test_an_entity_begins_anew_where_the_type_changes() -> None:
    rows = [("क", "B-PER"), ("ख", "I-LOC"), ("ग", "I-LOC")]
    assert [t for _, t in entities.well_formed(rows)] == ["B-PER", "B-LOC", "I-LOC"]


def stub(number: int) -> entities.Tagged:
    places = [(f"{name}{number}", "B-LOC") for name in ("क", "ख", "ग")]
    return [*places, ("गाँव", "O"), ("है", "O"), ("।", "O"), (".", "O")]


def test_village_stubs_are_few_and_repetitions_go() -> None:
    other: entities.Tagged = [("राम", "B-PER"), ("गया", "O"), ("।", "O")]
    mixed = entities.training([other, other], [stub(n) for n in range(10)], keep_stub=5)
    assert mixed[0] == other
    assert [rows[0][0] for rows in mixed[1:]] == ["क4", "क9"]
    assert mixed[1][-1][0] == "."  # tells that the sentence is HiNER's


def test_names_are_swapped_for_names_of_their_type() -> None:
    rows: entities.Tagged = [
        ("राम", "B-PER"),
        ("सिंह", "I-PER"),
        ("दिल्ली", "B-LOC"),
        ("में", "O"),
        ("2020", "B-TIME"),
    ]
    pools: dict[str, list[list[augment.Name]]] = {
        "PER": [[("सीता",)]],
        "LOC": [[("नई", "मुंबई")]],
    }
    assert augment.swapped(rows, pools, random.Random(1)) == [
        ("सीता", "B-PER"),
        ("नई", "B-LOC"),
        ("मुंबई", "I-LOC"),
        ("में", "O"),
        ("2020", "B-TIME"),
    ]
    assert augment.swapped(rows, {}, random.Random(1)) == rows


def test_only_sentences_with_names_are_copied() -> None:
    named: entities.Tagged = [("राम", "B-PER")]
    copies = augment.augmented([named, [("गया", "O")]], {}, share=1.0, seed=1)
    assert copies == [named]
    assert augment.augmented([named], {}, share=0.0, seed=1) == []


def test_gazetteers_give_places_and_people_in_both_spellings(tmp_path: Path) -> None:
    (tmp_path / "places.tsv").write_text(
        "kind\tqid\tcode\tname_en\tname_hi\tnative_devanagari\n"
        "country\tQ1\tAF\tAfghanistan\tअफ़गानिस्तान\t\n"
        "city\tQ2\t\tPune\tपूना\tपुणे\n"
        "city\tQ3\t\tOslo\tओस्लो\t\n",
        encoding="utf-8",
    )
    (tmp_path / "geonames-cities.tsv").write_text(
        "geonameid\tpopulation\tdevanagari_altnames\n1\t5\tबेन\n2\t900000\tबर्लिन\n",
        encoding="utf-8",
    )
    (tmp_path / "cldr_territories_hi.json").write_text(
        json.dumps({"001": "विश्व", "RU": "रूस", "ZZ": "अज्ञात"}), encoding="utf-8"
    )
    (tmp_path / "politicians.json").write_text(
        json.dumps(
            {
                "Q9": ["एदि रामा", "Edi Rama", "Albania"],
                "Q8": ["एक दल", "A Party", "Albania/ORG"],
            }
        ),
        encoding="utf-8",
    )
    found = gazetteer.places(tmp_path)
    assert found == [
        ("अफ\u093cगानिस्तान",),
        ("अफगानिस्तान",),
        ("पुणे",),
        ("बर्लिन",),
        ("रूस",),
    ]
    assert gazetteer.people(tmp_path) == [("एदि", "रामा")]
    assert gazetteer.tokens("Oslo (नगर)") is None
