from pathlib import Path

import pytest

from tests.support.treebank_rows import NAME, VERB, rows, word
from workers.evaluation.conll import read_conllu
from workers.evaluation.treebank import read
from workers.evaluation.treebank_conversion import (
    Conversion,
    Inventory,
    UniversalTags,
    spaces_after,
)


@pytest.mark.parametrize(
    ("forms", "text"),
    [
        (["राम", "गया", "।"], "राम गया।"),
        (["क", "(", "ख", ")", ",", "ग"], "क (ख), ग"),
        (["उसने", "'", "हाँ", "'", "कहा"], "उसने 'हाँ' कहा"),
        (['"', "हाँ", '"'], '"हाँ"'),
        (["50", "%", "लोग"], "50% लोग"),
    ],
)
def test_spaces_are_those_of_print(forms: list[str], text: str) -> None:
    spaces = spaces_after(forms)
    joined = "".join(f + " " * s for f, s in zip(forms, spaces, strict=True))
    assert joined.strip() == text


def test_a_joining_hyphen_has_no_space_on_either_side() -> None:
    assert spaces_after(["साथ", "-", "साथ"], [False, True, False])[:2] == [False, False]


def test_rare_values_back_off_to_what_is_known() -> None:
    inventory = Inventory(
        vibhaktis=frozenset({"0_में", "0"}),
        tams=frozenset({"yA"}),
        relations=frozenset({"k1", "k7p", "ras", "nmod"}),
    )
    assert inventory.vibhakti("0_में_से") == "0_में"
    assert inventory.vibhakti("०_में") == "0_में"
    assert inventory.vibhakti("तक") is None
    relation = inventory.relation
    assert relation(word("x", 0, "anything")) == "root"
    assert relation(word("x", 1, "main")) == "ccof"
    assert relation(word("x", 1, "k7pu")) == "k7p"
    assert relation(word("x", 1, "ras-k4")) == "ras"
    assert relation(word("x", 1, "nmod__relc")) == "nmod"
    assert relation(word("x", 1, "enm")) == "mod"


def test_morphology_becomes_named_values(tmp_path: Path) -> None:
    path = rows(
        tmp_path,
        f"1\tराम\tराम\tn\tNNP\t{NAME}\t2\tk1\t_\t_",
        f"2\tगई\tजा\tv\tVM\t{VERB}\t0\tmain\t_\t_",
    )
    (tree,) = read(path)
    inventory = Inventory.of([tree] * 20)
    assert [inventory.features(w) for w in tree] == [
        "Case=Obl|Gender=Masc|Number=Sing|Person=3|Vib=0_ने",
        "Gender=Fem|Number=Sing|Tam=yA|Vib=या_है|Voice=Pass",
    ]


def test_universal_tags_come_from_aligned_sentences_then_from_the_tag() -> None:
    tree = (word("राम", 2, "k1"), word("और", 0, "main", "CC"))
    universal = [[["1", "राम", "_", "PROPN"], ["2", "और", "_", "CONJ"]]]
    tags = UniversalTags.learn([tree] * 3, universal)
    assert [tags.of(w) for w in tree] == ["PROPN", "CCONJ"]
    assert tags.of(word("आम", 1, "k9")) == "PROPN", "same tag and category"
    assert tags.of(word("गया", 0, "main", "VM")) == "VERB", "never aligned"
    assert tags.of(word("?", 0, "main", "XYZ")) == "X"
    assert UniversalTags.learn([tree] * 2, universal).table == {}, "too few to trust"


def test_conjunctions_go_by_their_word_and_not_by_their_relation() -> None:
    trees = [
        (word("कि", 0, "k2", "CC"),),
        (word("कि", 0, "k2", "CC"),),
        (word("और", 0, "k2", "CC"),),
    ]
    universal = [[["1", "कि", "_", "SCONJ"]], [["1", "और", "_", "CONJ"]]]
    tags = UniversalTags.learn(trees * 3, universal)
    assert tags.of(word("कि", 0, "k2", "CC")) == "SCONJ"
    assert tags.of(word("कि", 0, "k9", "CC")) == "SCONJ"
    assert tags.of(word("और", 0, "k2", "CC")) == "CCONJ"
    assert tags.of(word("नया", 0, "k2", "CC")) == "SCONJ", "as most with its relation"


def test_a_conversion_survives_its_file_and_writes_conllu(tmp_path: Path) -> None:
    tree = (word("राम", 2, "k1"), word("गया", 0, "main", "VM"), word("।", 2, "rsym"))
    conversion = Conversion(
        Inventory.of([tree] * 20), UniversalTags({"NN n k1": "PROPN"})
    )
    conversion.save(tmp_path / "c.json")
    assert Conversion.load(tmp_path / "c.json") == conversion
    text = conversion.conllu(tree, "s-1", repaired=True)
    assert text.startswith("# sent_id = s-1\n# text = राम गया।\n# null_repaired = 1\n")
    path = tmp_path / "s.conllu"
    path.write_text(text, encoding="utf-8")
    ((first, second, third),) = read_conllu(path)
    assert first[3] == "PROPN"
    assert second[6:8] == ["0", "root"]
    assert second[9] == "SpaceAfter=No"
    assert third[1] == "।"
