import pytest

from workers.evaluation.ner_scores import score_ner, spans


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
    assert spans(tags.split()) == found


def test_names_are_scored_by_exact_span_and_type() -> None:
    gold = [["B-PER", "I-PER", "O", "B-LOC"], ["B-LOC", "O"]]
    guessed = [["B-PER", "O", "O", "S-LOC"], ["B-ORG", "O"]]
    assert score_ner(gold, guessed) == {
        "micro": {"p": 0.3333, "r": 0.3333, "f1": 0.3333},
        "by_type": {
            "PER": {"p": 0.0, "r": 0.0, "f1": 0.0},
            "LOC": {"p": 1.0, "r": 0.5, "f1": 0.6667},
            "ORG": {"p": 0.0, "r": 0.0, "f1": 0.0},
        },
    }
    with pytest.raises(ValueError, match="1 tags for a sentence of 2 tokens"):
        score_ner([["O", "O"]], [["O"]])
