"""Let a second engine read some of the texts, only to see whether it agrees."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workers.stages.nlp.document import Document, Engine


@dataclass(frozen=True, slots=True)
class ShadowedEngine:
    """An engine whose documents are compared, text by text, with a reference's.

    Which texts depends on the texts alone. The reference never changes what comes out.
    """

    engine: Engine
    reference: Engine
    every: int
    """One text in about so many is compared."""
    report: Callable[[bool], None]
    """Called for every compared text with whether the documents are equal."""

    @property
    def version(self) -> str:
        """Name and digest of the models that make the documents."""
        return self.engine.version

    def annotate(self, texts: Sequence[str]) -> list[Document]:
        """Return the engine's documents, in order."""
        documents = self.engine.annotate(texts)
        for document in documents:
            if _number(document.text) % self.every == 0:
                (expected,) = self.reference.annotate([document.text])
                self.report(document == expected)
        return documents

    def annotate_words(self, sentences: Sequence[Sequence[str]]) -> list[Document]:
        """Return the engine's documents; words that were given are not compared."""
        return self.engine.annotate_words(sentences)


def _number(text: str) -> int:
    digest = hashlib.sha256(text.encode(errors="surrogatepass")).digest()
    return int.from_bytes(digest[:8])
