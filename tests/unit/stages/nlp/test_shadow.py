"""Comparing one engine with another in passing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workers.domain.records import Sentence
from workers.stages.nlp.document import Document
from workers.stages.nlp.shadow import ShadowedEngine

TEXTS = [f"खबर {number}" for number in range(400)]


@dataclass
class Fake:
    version: str
    wrong: str | None = None
    asked: int = 0

    def annotate(self, texts: Sequence[str]) -> list[Document]:
        self.asked += len(texts)
        return [
            Document(text, (Sentence(start=0, end=1, tokens=()),))
            if text == self.wrong
            else Document(text)
            for text in texts
        ]

    def annotate_words(self, sentences: Sequence[Sequence[str]]) -> list[Document]:
        return self.annotate([" ".join(words) for words in sentences])


def test_a_part_is_compared_and_a_difference_reported() -> None:
    reports: list[bool] = []
    engine, reference = Fake("engine"), Fake("reference")
    shadowed = ShadowedEngine(engine, reference, 4, reports.append)
    assert shadowed.annotate(TEXTS) == engine.annotate(TEXTS)
    assert shadowed.version == "engine"
    assert 60 < reference.asked == len(reports) < 140
    assert all(reports)


def test_the_reference_never_changes_what_comes_out() -> None:
    reports: list[bool] = []
    reference = Fake("reference", wrong=TEXTS[0])
    shadowed = ShadowedEngine(Fake("engine"), reference, 1, reports.append)
    assert shadowed.annotate(TEXTS[:3]) == [Document(text) for text in TEXTS[:3]]
    assert reports == [False, True, True]


def test_which_texts_are_compared_depends_on_the_texts_alone() -> None:
    together, apart = Fake("a"), Fake("b")
    ShadowedEngine(Fake("engine"), together, 5, lambda _: None).annotate(TEXTS)
    shadowed = ShadowedEngine(Fake("engine"), apart, 5, lambda _: None)
    for text in reversed(TEXTS):
        shadowed.annotate([text])
    assert together.asked == apart.asked


def test_any_string_can_be_sampled() -> None:
    shadowed = ShadowedEngine(Fake("engine"), Fake("reference"), 1, lambda _: None)
    assert shadowed.annotate(["\ud800", ""]) == [Document("\ud800"), Document("")]
