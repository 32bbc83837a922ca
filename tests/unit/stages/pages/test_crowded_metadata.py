"""A page that names hundreds of thousands of things costs little and says few."""

import datetime as dt
import json
import time

import pytest

from workers.domain.outcomes import Outcome
from workers.stages.articles.extraction import extract_page
from workers.stages.pages.metadata.labels import (
    MAX_TAG,
    MOST_AUTHORS,
    MOST_SECTIONS,
    MOST_TAGS,
)

NOW = dt.datetime(2026, 11, 24, 6, 0, tzinfo=dt.UTC)
STORY = "".join(
    f"<p>जिले के गांव {n} में बुधवार को पंचायत की बैठक हुई, जिसमें सड़क और पानी के {n} "
    f"कामों पर फैसला लिया गया और सरपंच ने लोगों की बात सुनी।</p>"
    for n in range(12)
)
WORDS = [f"शब्द{n}" for n in range(100_000)]
AUTHORS = [
    f"राम कुमार {'अआइईउऊएऐओऔ'[n % 10] * (n // 10 % 40 + 1)}" for n in range(30_000)
]
MARKS = "a" + "\u0315\u0300" * 30_000
SCRIPT = '<script type="application/ld+json">{}</script>'


def linked(**fields: object) -> str:
    data = {"@context": "https://schema.org", "@type": "NewsArticle", **fields}
    return SCRIPT.format(json.dumps(data, ensure_ascii=False))


HEADS = {
    "meta keywords": f'<meta name="keywords" content="{",".join(WORDS)}">',
    "news keywords": f'<meta name="news_keywords" content="{", ".join(WORDS)}">',
    "tags one by one": "".join(
        f'<meta property="article:tag" content="{word}">' for word in WORDS[:20_000]
    ),
    "linked keywords": linked(keywords=WORDS),
    "linked keywords in one": linked(keywords=",".join(WORDS)),
    "linked sections": linked(articleSection=WORDS),
    "linked authors": linked(author=[{"name": name} for name in AUTHORS]),
    "authors in one": f'<meta name="author" content="{", ".join(AUTHORS)}">',
    "one long keyword": f'<meta name="keywords" content="{"क" * 500_000}">',
    "marks in a keyword": f'<meta name="keywords" content="{MARKS}">',
    "marks in an author": f'<meta name="author" content="{MARKS}">',
    "marks in a title": f"<title>{MARKS}</title>",
}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_lists_of_a_record_are_bounded(head: str) -> None:
    html = (
        f"<html><head>{head}</head><body><article><h1>पंचायत की बैठक में फैसला</h1>{STORY}"
    )
    began = time.process_time()
    found = extract_page(html.encode(), "https://a.test/b-51.html", "text/html", NOW)
    assert time.process_time() - began < 4.0
    page = found.page
    assert page is not None
    assert found.outcome is Outcome.PUBLISHED
    assert len(page.tags) <= MOST_TAGS
    assert len(page.sections) <= MOST_SECTIONS
    assert len(page.authors) <= MOST_AUTHORS
    assert all(len(tag) <= MAX_TAG for tag in page.tags)


@pytest.mark.parametrize("at", ["paragraph", "heading", "caption"])
def test_marks_in_the_text_cost_little(at: str) -> None:
    html = {
        "paragraph": f"<h1>पंचायत की बैठक में फैसला</h1>{STORY}<p>{MARKS}</p>",
        "heading": f"<h1>पंचायत की बैठक में फैसला {MARKS}</h1>{STORY}",
        "caption": "<h1>पंचायत की बैठक में फैसला</h1><figure><img src='/a.jpg'>"
        f"<figcaption>{MARKS}</figcaption></figure>{STORY}",
    }[at]
    body = f"<html><body><article>{html}</article>".encode()
    began = time.process_time()
    found = extract_page(body, "https://a.test/b-51.html", "text/html", NOW)
    assert time.process_time() - began < 4.0
    assert found.outcome is Outcome.PUBLISHED
