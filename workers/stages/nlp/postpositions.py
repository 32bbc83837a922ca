"""Tell the genitive के from the first half of के लिए, के बाद and their like.

The treebank gives the genitive, which agrees with its head, the lemma का, and the half
of a compound postposition the lemma के. Stanza's lemmatizer sees a word and its
universal tag, which are the same for both; the tagger's features tell them apart: what
agrees has a number.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from msgspec import structs

from workers.domain.records import Sentence, Token
from workers.stages.nlp.document import Document, Engine

_FORM = "के"
_GENITIVE = "का"


@dataclass(frozen=True, slots=True)
class PostpositionEngine:
    """An engine whose lemmas of के are set by agreement; all else is untouched."""

    engine: Engine

    @property
    def version(self) -> str:
        """Name and digest of the models that make the documents."""
        return self.engine.version

    def annotate(self, texts: Sequence[str]) -> list[Document]:
        """Return one document per text, in order."""
        return [_agreeing(each) for each in self.engine.annotate(texts)]

    def annotate_words(self, sentences: Sequence[Sequence[str]]) -> list[Document]:
        """Return one document per sentence, its words given and not found."""
        return [_agreeing(each) for each in self.engine.annotate_words(sentences)]


def _agreeing(document: Document) -> Document:
    if _FORM not in document.text:
        return document
    sentences = tuple(_with_lemmas(document.text, each) for each in document.sentences)
    return replace(document, sentences=sentences)


def _with_lemmas(text: str, sentence: Sentence) -> Sentence:
    tokens = tuple(
        structs.replace(token, lemma=_lemma(token))
        if token.upos == "ADP" and text[token.start : token.end] == _FORM
        else token
        for token in sentence.tokens
    )
    return structs.replace(sentence, tokens=tokens)


def _lemma(token: Token) -> str:
    return _GENITIVE if "Number=" in token.features else _FORM
