"""The article judge: pages that are none, and articles that look like such pages."""

import datetime as dt
from typing import Any

import pytest

from tests.quality import test_layouts as layouts
from tests.support.quality import non_articles
from tests.support.quality import unusual_articles as unusual
from workers.domain.outcomes import Outcome
from workers.stages.articles.extraction import extract_page

NOW = dt.datetime(2026, 11, 24, 8, 0, tzinfo=dt.UTC)
NONE = {
    f"{layout.__name__}-{outlet.host}": (layout, outlet)
    for layout in non_articles.LAYOUTS
    for outlet in non_articles.OUTLETS
}
ARTICLES = {
    **{
        name: (story.url, layout(story))
        for name, (layout, story) in layouts.PAGES.items()
    },
    **unusual.PAGES,
}
PRECISION = 0.98
RECALL = 0.98


def outcome(url: str, body: bytes) -> Outcome:
    return extract_page(body, url, "text/html", NOW).outcome


def test_there_are_sixty_pages_of_twenty_layouts() -> None:
    assert len(non_articles.LAYOUTS) >= 20
    assert len(NONE) >= 60


@pytest.mark.parametrize("name", NONE)
def test_page_that_is_no_article_is_not_published(name: str) -> None:
    layout, outlet = NONE[name]
    url, body = layout(outlet)
    found = extract_page(body, url, "text/html", NOW)
    assert found.outcome in {Outcome.NOT_ARTICLE, Outcome.GONE, Outcome.EMPTY}
    assert found.reason


@pytest.mark.parametrize("layout", non_articles.GONE)
@pytest.mark.parametrize("outlet", non_articles.OUTLETS)
def test_apology_for_a_missing_story_counts_as_gone(layout: Any, outlet: Any) -> None:
    url, body = layout(outlet)
    assert outcome(url, body) is Outcome.GONE


@pytest.mark.parametrize("name", unusual.PAGES)
def test_unusual_article_is_published(name: str) -> None:
    assert outcome(*unusual.PAGES[name]) is Outcome.PUBLISHED


def test_precision_and_recall() -> None:
    published = sum(outcome(*page) is Outcome.PUBLISHED for page in ARTICLES.values())
    wrongly = sum(
        outcome(*layout(outlet)) is Outcome.PUBLISHED
        for layout, outlet in NONE.values()
    )
    precision = published / (published + wrongly)
    recall = published / len(ARTICLES)
    print(  # noqa: T201 the figures are the point: pytest -s shows them
        f"articles: precision {precision:.3f}, recall {recall:.3f} "
        f"({len(ARTICLES)} articles, {len(NONE)} other pages)"
    )
    assert precision >= PRECISION
    assert recall >= RECALL
