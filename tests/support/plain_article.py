"""An article of which only the text matters, for tests."""

import datetime as dt

from workers.domain.records import Article, Language

NOW = dt.datetime(2026, 11, 24, 6, 30, tzinfo=dt.UTC)


def plain_article(article_id: str, url: str, text: str) -> Article:
    return Article(
        article_id=article_id,
        revision=1,
        url=url,
        canonical_url=url,
        feed_id="feed",
        publisher="प्रकाशक",
        title="शीर्षक",
        text=text,
        language=Language(code="hi", confidence=1.0),
        discovered_at=NOW,
        fetched_at=NOW,
        content_hash="0" * 64,
    )
