from pathlib import Path

import pytest

from tests.support.treebank_rows import NAME, VERB, rows, word
from workers.evaluation.treebank import (
    NULL,
    TreebankError,
    is_tree,
    normalise,
    read,
    without_null,
)


def test_reads_columns_and_mends_what_is_no_word_of_the_text(tmp_path: Path) -> None:
    path = rows(
        tmp_path,
        f"1\tदिल्\u200dली\tदिल्ली\tn\tNNP\t{NAME}\t4\tk1\t_\t_",
        "2\t-JOIN\t-\tpunc\tSYM\tcat-punc\t1\trsym\t_\t_",
        "3\t,\tCOMMA\tpunc\tSYM\tcat-punc\t1\trsym\t_\t_",
        f"4\tगई\tजा\tv\tVM\t{VERB}\t0\tmain\t_\t_",
    )
    (tree,) = read(path)
    assert [w.form for w in tree] == ["दिल्ली", "-", ",", "गई"]
    assert [w.lemma for w in tree] == ["दिल्ली", "-", ",", "जा"]
    assert [w.glued for w in tree] == [False, True, False, False]


def test_names_the_line_that_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(TreebankError, match=r"x\.conll, line 2: not a row"):
        list(read(rows(tmp_path, "1\tराम\tराम")))


def test_takes_joiners_out_and_gives_nukta_letters_one_form() -> None:
    assert normalise("दिल्\u200dली\u200c") == "दिल्ली"
    assert normalise("\u095b") == normalise("\u091c\u093c") == "\u091c\u093c"


def test_a_conjunct_inherits_the_place_of_a_null_word() -> None:
    tree = (
        word("और", 3, "rh"),
        word("राम", 3, "ccof"),
        word(NULL, 4, "k1"),
        word("गया", 0, "main"),
    )
    repaired = without_null(tree)
    assert [(w.form, w.head, w.relation) for w in repaired] == [
        ("और", 2, "rh"),
        ("राम", 3, "k1"),
        ("गया", 0, "main"),
    ]
    assert is_tree(repaired)


def test_a_null_root_passes_its_place_on_and_a_leaf_vanishes() -> None:
    tree = (word("राम", 2, "k1"), word(NULL, 0, "main"), word(NULL, 2, "k2"))
    assert [(w.form, w.head, w.relation) for w in without_null(tree)] == [
        ("राम", 0, "main")
    ]
    assert without_null((word(NULL, 0, "main"),)) == ()


def test_finds_what_is_no_tree() -> None:
    assert not is_tree((word("क", 2, "k1"), word("ख", 1, "k1")))
    assert not is_tree((word("क", 0, "main"), word("ख", 0, "main")))
    assert not is_tree((word("क", 0, "main"), word("ख", 5, "k1")))
    assert is_tree((word("क", 2, "k1"), word("ख", 0, "main")))
