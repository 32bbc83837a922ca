"""Extraction over many layouts: every layout with three stories of its own."""

import datetime as dt

import pytest

from tests.support.quality.layouts import LAYOUTS
from tests.support.quality.stories import STORIES, token_f1
from workers.domain.outcomes import Outcome
from workers.stages.articles.extracted import Extraction
from workers.stages.articles.extraction import extract_page

NOW = dt.datetime(2026, 11, 24, 8, 0, tzinfo=dt.UTC)
STORIES_EACH = 3

MEAN_F1 = 0.99
WORST_F1 = 0.97
EXACT = 0.98


PAGES = {
    f"{layout.__name__}-{n}": (layout, STORIES[(at * STORIES_EACH + n) % len(STORIES)])
    for at, layout in enumerate(LAYOUTS)
    for n in range(STORIES_EACH)
}


def extracted(name: str) -> Extraction:
    layout, story = PAGES[name]
    return extract_page(layout(story), story.url, "text/html", NOW)


@pytest.fixture(scope="module")
def everything() -> dict[str, Extraction]:
    return {name: extracted(name) for name in PAGES}


def test_there_are_sixty_pages_in_twenty_layouts() -> None:
    assert len(LAYOUTS) >= 20
    assert len(PAGES) >= 60


def test_every_page_is_an_article(everything: dict[str, Extraction]) -> None:
    outcomes = {name: found.outcome for name, found in everything.items()}
    assert set(outcomes.values()) == {Outcome.PUBLISHED}


def test_text(everything: dict[str, Extraction]) -> None:
    scores = {}
    for name, found in everything.items():
        gold = "\n".join(PAGES[name][1].paragraphs)
        scores[name] = token_f1(found.page.text if found.page else "", gold)
    worst = min(scores, key=lambda name: scores[name])
    assert scores[worst] >= WORST_F1, f"{worst}: {scores[worst]:.3f}"
    assert sum(scores.values()) / len(scores) >= MEAN_F1


@pytest.mark.parametrize("what", ["title", "published", "author"])
def test_exact_fields(everything: dict[str, Extraction], what: str) -> None:
    wrong = []
    for name, found in everything.items():
        story = PAGES[name][1]
        assert found.page is not None
        stamp = found.published_at
        said: dict[str, object] = {
            "title": found.page.title,
            "published": stamp.value if stamp else None,
            "author": ", ".join(found.page.authors),
        }
        if said[what] != getattr(story, what):
            wrong.append((name, said[what]))
    assert 1 - len(wrong) / len(everything) >= EXACT, wrong
