import pytest

from workers.evaluation.token_scores import score_tokens


def test_tokens_are_scored_by_their_characters() -> None:
    gold = [["राम", "गया", "।"], ["वह", "आया"]]
    guess = [["राम", "गया।"], ["वह", "आया"]]
    assert score_tokens(gold, guess) == {
        "words": {"f1": 0.6667},
        "sentences": {"f1": 1.0},
    }
    joined = [[*gold[0], *gold[1]]]
    assert score_tokens(gold, joined) == {
        "words": {"f1": 1.0},
        "sentences": {"f1": 0.0},
    }
    assert score_tokens([["दिल्\u200dली"]], [["दिल्ली"]])["words"]["f1"] == 1.0
    with pytest.raises(ValueError, match="same text"):
        score_tokens(gold, gold[:1])


def test_nothing_scores_nothing() -> None:
    assert score_tokens([], []) == {
        "words": {"f1": 0.0},
        "sentences": {"f1": 0.0},
    }
