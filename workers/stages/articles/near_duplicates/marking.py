"""Say in an article which one it is a near duplicate of."""

import datetime as dt

from msgspec.structs import replace

from workers.domain.records import Article, Fingerprint
from workers.stages.articles.near_duplicates.index import Match
from workers.stages.articles.near_duplicates.signatures import METHOD, Signature


def fingerprint_of(article: Article, signature: Signature) -> Fingerprint:
    """Return what later articles are compared with."""
    return Fingerprint(
        article_id=article.article_id,
        revision=article.revision,
        seen_at=article.discovered_at,
        came_at=_came_at(article),
        shingles=signature.shingles,
        minima=signature.minima,
        method=METHOD,
        particulars=signature.particulars,
    )


def earlier(*matches: Match | None) -> Match | None:
    """Return the match that came first."""
    found = [match for match in matches if match is not None]
    return min(found, key=lambda match: (match.came_at, match.article_id), default=None)


def marked(article: Article, match: Match | None) -> Article:
    """Return *article* with what it is a near duplicate of, if there is one."""
    if match is None:
        return article
    later = match.came_at <= _came_at(article)
    return replace(
        article,
        duplicate_of=match.article_id,
        similarity=match.similarity,
        came_first=match.article_id if later else article.article_id,
    )


def _came_at(article: Article) -> dt.datetime:
    stamp = article.published_at
    if stamp is None or stamp.value is None or stamp.doubt is not None:
        return article.discovered_at
    return stamp.value
