"""Near duplicates on labelled pairs: half to choose the threshold, half to test it."""

import datetime as dt
from collections.abc import Sequence

import pytest

from tests.support.fingerprints import fingerprint
from tests.support.quality.near_duplicate_pairs import Pair, pairs
from workers.domain.ids import article_id
from workers.stages.articles.near_duplicates import index
from workers.stages.articles.near_duplicates.index import SIMILAR, SignatureIndex

F1 = 0.95
PAIRS = [*pairs()]
CHOOSING, TESTING = PAIRS[::2], PAIRS[1::2]


def found(pair: Pair) -> bool:
    known = SignatureIndex(dt.timedelta(days=7))
    known.add(fingerprint("one", pair.one))
    match = known.first_like(fingerprint("other", pair.other))
    assert match is None or match.article_id == article_id("one")
    return match is not None


def f1(several: Sequence[Pair]) -> float:
    answers = [(found(pair), pair.same) for pair in several]
    right = sum(ours and same for ours, same in answers)
    wrong = sum(ours != same for ours, same in answers)
    return 2 * right / (2 * right + wrong)


def test_the_pairs_are_many_and_of_all_kinds() -> None:
    assert len(PAIRS) >= 60
    for several in (CHOOSING, TESTING):
        assert {pair.kind for pair in several} == {pair.kind for pair in PAIRS}
        assert 0.3 < sum(pair.same for pair in several) / len(several) < 0.7


def test_the_threshold_is_among_the_best_on_the_part_it_was_chosen_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # it is chosen by the words alone: numbers and names would part some pairs too
    monkeypatch.setattr(index, "_of_one_template", lambda *_: False)
    scores = {}
    for hundredths in range(20, 100, 5):
        monkeypatch.setattr(index, "SIMILAR", hundredths / 100)
        scores[hundredths] = f1(CHOOSING)
    assert scores[round(100 * SIMILAR)] == max(scores.values())
    assert scores[20] < max(scores.values())
    assert scores[95] < max(scores.values())


def test_f1_on_the_rest() -> None:
    assert f1(TESTING) >= F1


def test_stories_of_the_site_are_not_taken_for_each_other() -> None:
    known = SignatureIndex(dt.timedelta(days=7))
    texts = {pair.one for pair in PAIRS}
    for text in sorted(texts):
        assert known.first_like(fingerprint(text, text)) is None
        known.add(fingerprint(text, text))
    assert len(known) == len(texts) > 25
