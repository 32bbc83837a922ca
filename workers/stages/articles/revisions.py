"""Say what a new revision of an article changes, sentence by sentence."""

from collections import Counter

from workers.domain.ids import digest64
from workers.domain.records import Article, ArticleState, Change, Revision, Span
from workers.stages.text.sentences import sentence_spans

_MAX_SENTENCES = 2_000
"""Compared and remembered; what stands behind them is not."""


def marks(text: str) -> tuple[str, ...]:
    """Return a hash for each sentence of *text*, in order: what a state remembers."""
    return tuple(_mark(text, span) for span in _spans(text))


def revision_of(article: Article, before: ArticleState) -> Revision | None:
    """Return what *article* changes; None if *before* does not remember its text.

    Sentences count as the same wherever they stand, so a paragraph that moves is
    neither added nor removed.
    """
    if before.title_hash is None:
        return None
    left = Counter(before.sentences)
    added = []
    for span in _spans(article.text):
        mark = _mark(article.text, span)
        if left[mark]:
            left[mark] -= 1
        else:
            start, end = span
            added.append(Span(start=start, end=end, text=article.text[start:end]))
    changes = {
        Change.TITLE: digest64(article.title) != before.title_hash,
        Change.TEXT: marks(article.text) != before.sentences,
        Change.TIME: modified(article) != before.modified_at,
    }
    return Revision(
        changes=tuple(change for change, is_so in changes.items() if is_so),
        added=tuple(added),
        removed=left.total(),
    )


def modified(article: Article) -> str | None:
    """Return when the outlet says *article* was changed, as it writes it."""
    return article.modified_at.raw if article.modified_at else None


def _spans(text: str) -> list[tuple[int, int]]:
    return sentence_spans(text)[:_MAX_SENTENCES]


def _mark(text: str, span: tuple[int, int]) -> str:
    return digest64(text[span[0] : span[1]])
