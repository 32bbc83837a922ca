import pytest

from workers.evaluation.conll import Row
from workers.evaluation.syntax_scores import (
    score_relations,
    score_syntax,
    score_syntax_raw,
)


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


def test_syntax_on_gold_tokens() -> None:
    gold = [row("राम", 2, feats="A=1|B=2"), row("गया", 0, "root", upos="VERB")]
    guess = [row("राम", 2, "k2", feats="B=2|A=1"), row("गया", 0, "root", lemma="जा")]
    assert score_syntax([gold], [guess]) == {
        "upos": 0.5,
        "xpos": 1.0,
        "feats": 1.0,
        "lemma": 0.5,
        "uas": 1.0,
        "las": 0.5,
    }
    assert score_relations([gold], [guess]) == {
        "k1": {"p": 0.0, "r": 0.0, "f1": 0.0},
        "root": {"p": 1.0, "r": 1.0, "f1": 1.0},
    }
    with pytest.raises(ValueError, match="words differ"):
        score_syntax([gold], [guess[:1]])


def test_syntax_from_raw_text_follows_words_to_their_heads() -> None:
    gold = [[row("राम", 2), row("गया", 0, "root")], [row("वह", 0, "root")]]
    # one sentence, the last word split: two of four guesses are gold words
    guess = [[row("राम", 2), row("गया", 0, "root"), row("व", 4), row("ह", 2)]]
    scores = score_syntax_raw(gold, guess)
    assert scores["upos"] == pytest.approx(4 / 7, abs=1e-4)
    assert scores["las"] == pytest.approx(4 / 7, abs=1e-4)
    exact = score_syntax_raw(gold, gold)
    assert set(exact.values()) == {1.0}
    wrong_head = [[row("राम", 0, "root"), row("गया", 0, "root")], gold[1]]
    assert score_syntax_raw(gold, wrong_head)["uas"] == 0.6667
    with pytest.raises(ValueError, match="same text"):
        score_syntax_raw(gold, gold[:1])


def test_nothing_scores_nothing() -> None:
    assert score_syntax([], [])["las"] == 0.0
