from pathlib import Path

import pytest

from workers.evaluation import conll
from workers.evaluation.conll import EvaluationError, Row, Sentence
from workers.evaluation.treebank_conversion import Conversion, Inventory, UniversalTags


@pytest.mark.parametrize(
    ("label", "ours"),
    [("NEP", "PER"), ("LOCATION", "LOC"), ("ORG", "ORG"), ("GAME", "MISC")],
)
def test_labels_are_mapped(label: str, ours: str) -> None:
    assert conll.entity_type(label) == ours


def test_reads_a_tagged_file_with_damaged_tags(tmp_path: Path) -> None:
    path = tmp_path / "x.tsv"
    path.write_text("राम\tB-NEP\nसिंह\t-NEP\nहै\t-\n\n\nदिल्ली\tB-LOCATION\n", "utf-8")
    assert list(conll.read_tagged(path)) == [
        [("राम", "B-PER"), ("सिंह", "I-PER"), ("है", "O")],
        [("दिल्ली", "B-LOC")],
    ]


def test_names_the_line_without_a_tab(tmp_path: Path) -> None:
    path = tmp_path / "x.tsv"
    path.write_text("राम\tO\nसिंह O\n", "utf-8")
    with pytest.raises(EvaluationError, match=r"x\.tsv, line 2: no tab"):
        list(conll.read_tagged(path))
    path.write_bytes(b"\xff\tO\n")
    with pytest.raises(EvaluationError, match="not UTF-8"):
        list(conll.read_tagged(path))


def test_reads_conllu_without_ranges_and_empty_nodes(tmp_path: Path) -> None:
    path = tmp_path / "x.conllu"
    path.write_text(
        "# text = राम गया।\n"
        "1-2\tरामगया\t_\t_\t_\t_\t_\t_\t_\t_\n"
        "1\tराम\tराम\tPROPN\tNNP\tA=1\t2\tk1\t_\t_\n"
        "1.1\tx\tx\tX\tX\t_\t_\t_\t_\t_\n"
        "2\tगया\tजा\tVERB\tVM\t_\t0\troot\t_\tSpaceAfter=No\n"
        "3\t।\t।\tPUNCT\tSYM\t_\t2\trsym\t_\t_\n\n",
        "utf-8",
    )
    (sentence,) = conll.read_trees(path)
    assert sentence.text == "राम गया।"
    assert [r.form for r in sentence.rows] == ["राम", "गया", "।"]
    assert sentence.rows[1] == Row(
        "गया", "जा", "VERB", "VM", "_", 0, "root", space_after=False
    )
    assert conll.text_of([sentence, Sentence(sentence.rows)]) == ("राम गया। राम गया।")


def test_reads_the_treebanks_own_form_as_the_models_know_it(tmp_path: Path) -> None:
    path = tmp_path / "x.conll"
    path.write_text(
        "# source = a\n"
        "1\tराम\tराम\tn\tNNP\tcat-n|gen-m\t2\tk1\t_\t_\n"
        "2\tNULL\tnull\tunk\tNULL\tcat-unk\t0\tmain\t_\t_\n"
        "3\t।\t।\tpunc\tSYM\tcat-punc\t2\trsym\t_\t_\n\n",
        "utf-8",
    )
    none: frozenset[str] = frozenset()
    conversion = Conversion(
        Inventory(none, none, frozenset({"k1", "rsym"})),
        UniversalTags({"NNP": "PROPN"}),
    )
    (sentence,) = conll.read_trees(path, conversion)
    assert sentence.rows == [
        Row("राम", "राम", "PROPN", "NNP", "Gender=Masc", 0, "root", space_after=False),
        Row("।", "।", "PUNCT", "SYM", "_", 1, "rsym"),
    ]
    assert conll.text_of([sentence]) == "राम।"
    with pytest.raises(EvaluationError, match="treebank's own form"):
        list(conll.read_trees(path))


@pytest.mark.parametrize("name", ["x.conllu", "x.conll"])
def test_names_the_row_that_is_damaged(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("1\tराम\tराम\tn\tNNP\t_\tzwei\tk1\t_\t_\n", "utf-8")
    none: frozenset[str] = frozenset()
    conversion = Conversion(Inventory(none, none, none), UniversalTags({}))
    with pytest.raises(EvaluationError, match=rf"{name}, line 1: not a row"):
        list(conll.read_trees(path, conversion))
