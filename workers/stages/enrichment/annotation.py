"""Articles to the record with syntax and entities; nothing here loads the event coder.

The worker that runs the models has no use for it, and `records` goes on from here.
"""

from workers.domain.records import AnnotatedArticle, Article, Versions
from workers.stages.entities import entities
from workers.stages.nlp.document import Document


def annotated(
    article: Article, document: Document, versions: Versions
) -> AnnotatedArticle:
    """Return the article with its sentences and entities."""
    return AnnotatedArticle(
        **{name: getattr(article, name) for name in Article.__struct_fields__},
        sentences=document.sentences,
        entities=entities(document),
        versions=versions,
    )
