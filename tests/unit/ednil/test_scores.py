"""The scores of EDNIL's two tasks, by hand."""

from workers.ednil.corpus import Mark, MarkedText
from workers.ednil.scores import errors, score

TEXT = "कल रात दिल्ली में आग लगी , दो लोग मरे। फिर आग बुझी।"


def mark(words: str, label: str, subtype: str = "", at: int = 0) -> Mark:
    start = TEXT.index(words, at)
    return Mark(label, subtype, start, start + len(words))


FIRE = mark("आग लगी", "MAN_MADE_EVENT", "FIRE")
DEAD = mark("दो लोग मरे।", "CASUALTIES")
NIGHT = mark("कल रात", "TIME")
GOLD = MarkedText("1", TEXT, (FIRE, DEAD, NIGHT, mark("फिर", "AFTER_EFFECTS")))


def figures(*found: Mark) -> dict[str, tuple[int, float, float]]:
    scores = score([GOLD], {"1": found})
    return {
        "task1": (
            scores["task1"]["exact"]["predicted"],
            scores["task1"]["exact"]["f1"],
            scores["task1"]["relaxed"]["f1"],
        ),
        "task2": (
            scores["task2"]["exact"]["predicted"],
            scores["task2"]["exact"]["f1"],
            scores["task2"]["relaxed"]["f1"],
        ),
    }


def test_what_is_as_the_gold_is_right() -> None:
    assert figures(*GOLD.marks) == {"task1": (1, 1.0, 1.0), "task2": (3, 1.0, 1.0)}


def test_nothing_found_is_nothing_right() -> None:
    empty = {"p": 0.0, "r": 0.0, "f1": 0.0, "gold": 1, "predicted": 0}
    assert score([GOLD], {})["task1"] == {"exact": empty, "relaxed": empty}


def test_punctuation_at_the_edges_does_not_count() -> None:
    with_comma = mark("आग लगी ,", "MAN_MADE_EVENT", "FIRE")
    without_stop = mark("दो लोग मरे", "CASUALTIES")
    found = figures(with_comma, without_stop, NIGHT)
    assert found == {"task1": (1, 1.0, 1.0), "task2": (3, 1.0, 1.0)}


def test_half_of_the_longer_is_enough_for_relaxed_only() -> None:
    part = mark("आग", "MAN_MADE_EVENT", "FIRE")
    assert figures(part)["task1"] == (1, 0.0, 1.0)
    less = mark("मरे।", "CASUALTIES")
    assert figures(less)["task2"] == (1, 0.0, 0.0)


def test_the_second_task_wants_the_subtype() -> None:
    found = figures(mark("आग लगी", "MAN_MADE_EVENT", "ARSON"))
    assert found == {"task1": (1, 1.0, 1.0), "task2": (1, 0.0, 0.0)}


def test_a_span_found_twice_is_one_and_no_other_is_taken_twice() -> None:
    assert figures(FIRE, FIRE)["task1"] == (1, 1.0, 1.0)
    both = mark("आग", "MAN_MADE_EVENT"), mark("लगी", "MAN_MADE_EVENT")
    assert figures(*both)["task1"] == (2, 0.0, 0.6667)


def test_errors_are_told_with_their_sentence() -> None:
    again = mark("आग", "MAN_MADE_EVENT", "FIRE", at=TEXT.index("फिर"))
    told = list(errors([GOLD], {"1": [FIRE, NIGHT, again]}))
    assert [(each.sentence, each.words) for each in told] == [
        ("कल रात दिल्ली में आग लगी , दो लोग मरे।", "missed CASUALTIES दो लोग मरे"),
        ("फिर आग बुझी।", "false FIRE आग"),
    ]
    assert not list(errors([GOLD], {"1": GOLD.marks}))
