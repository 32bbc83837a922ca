from pathlib import Path

import pytest

from workers.evaluation import conll
from workers.evaluation.conll import EvaluationError, Row, Sentence
from workers.evaluation.treebank import Conversion, Inventory, UniversalTags


def row(
    form: str,
    head: int,
    relation: str = "k1",
    *,
    lemma: str | None = None,
    upos: str = "NOUN",
    feats: str = "_",
) -> Row:
    return Row(form, lemma or form, upos, "NN", feats, head, relation)


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


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        ("B-PER I-PER O", {("PER", 0, 2)}),
        ("B-PER B-PER", {("PER", 0, 1), ("PER", 1, 2)}),
        ("I-LOC I-ORG", {("LOC", 0, 1), ("ORG", 1, 2)}),
        ("B-PER E-PER S-LOC", {("PER", 0, 2), ("LOC", 2, 3)}),
        ("S-LOC I-LOC", {("LOC", 0, 1), ("LOC", 1, 2)}),
        ("O O", set()),
    ],
)
def test_entities_of_tags(tags: str, found: set[tuple[str, int, int]]) -> None:
    assert conll.spans(tags.split()) == found


def test_names_are_scored_by_exact_span_and_type() -> None:
    gold = [["B-PER", "I-PER", "O", "B-LOC"], ["B-LOC", "O"]]
    guessed = [["B-PER", "O", "O", "S-LOC"], ["B-ORG", "O"]]
    assert conll.score_ner(gold, guessed) == {
        "micro": {"p": 0.3333, "r": 0.3333, "f1": 0.3333},
        "by_type": {
            "PER": {"p": 0.0, "r": 0.0, "f1": 0.0},
            "LOC": {"p": 1.0, "r": 0.5, "f1": 0.6667},
            "ORG": {"p": 0.0, "r": 0.0, "f1": 0.0},
        },
    }
    with pytest.raises(ValueError, match="1 tags for a sentence of 2 tokens"):
        conll.score_ner([["O", "O"]], [["O"]])


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


def test_syntax_on_gold_tokens() -> None:
    gold = [row("राम", 2, feats="A=1|B=2"), row("गया", 0, "root", upos="VERB")]
    guess = [row("राम", 2, "k2", feats="B=2|A=1"), row("गया", 0, "root", lemma="जा")]
    assert conll.score_syntax([gold], [guess]) == {
        "upos": 0.5,
        "xpos": 1.0,
        "feats": 1.0,
        "lemma": 0.5,
        "uas": 1.0,
        "las": 0.5,
    }
    assert conll.score_relations([gold], [guess]) == {
        "k1": {"p": 0.0, "r": 0.0, "f1": 0.0},
        "root": {"p": 1.0, "r": 1.0, "f1": 1.0},
    }
    with pytest.raises(ValueError, match="words differ"):
        conll.score_syntax([gold], [guess[:1]])


def test_syntax_from_raw_text_follows_words_to_their_heads() -> None:
    gold = [[row("राम", 2), row("गया", 0, "root")], [row("वह", 0, "root")]]
    # one sentence, the last word split: two of four guesses are gold words
    guess = [[row("राम", 2), row("गया", 0, "root"), row("व", 4), row("ह", 2)]]
    scores = conll.score_syntax_raw(gold, guess)
    assert scores["upos"] == pytest.approx(4 / 7, abs=1e-4)
    assert scores["las"] == pytest.approx(4 / 7, abs=1e-4)
    exact = conll.score_syntax_raw(gold, gold)
    assert set(exact.values()) == {1.0}
    wrong_head = [[row("राम", 0, "root"), row("गया", 0, "root")], gold[1]]
    assert conll.score_syntax_raw(gold, wrong_head)["uas"] == 0.6667
    with pytest.raises(ValueError, match="same text"):
        conll.score_syntax_raw(gold, gold[:1])


def test_tokens_are_scored_by_their_characters() -> None:
    gold = [["राम", "गया", "।"], ["वह", "आया"]]
    guess = [["राम", "गया।"], ["वह", "आया"]]
    assert conll.score_tokens(gold, guess) == {
        "words": {"f1": 0.6667},
        "sentences": {"f1": 1.0},
    }
    joined = [[*gold[0], *gold[1]]]
    assert conll.score_tokens(gold, joined) == {
        "words": {"f1": 1.0},
        "sentences": {"f1": 0.0},
    }
    assert conll.score_tokens([["दिल्\u200dली"]], [["दिल्ली"]])["words"]["f1"] == 1.0
    with pytest.raises(ValueError, match="same text"):
        conll.score_tokens(gold, gold[:1])


def test_nothing_scores_nothing() -> None:
    assert conll.score_tokens([], []) == {
        "words": {"f1": 0.0},
        "sentences": {"f1": 0.0},
    }
    assert conll.score_syntax([], [])["las"] == 0.0
