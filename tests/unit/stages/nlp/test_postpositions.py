from collections.abc import Sequence

from workers.domain.records import Sentence, Token
from workers.stages.nlp.document import Document
from workers.stages.nlp.postpositions import PostpositionEngine

AGREES = "Case=Obl|Gender=Masc|Number=Sing"


def document(words: Sequence[tuple[str, str, str, str]]) -> Document:
    """Return a document of one sentence of (form, lemma, tag, features)."""
    tokens, start = [], 0
    for form, lemma, upos, features in words:
        end = start + len(form)
        tokens.append(Token(start, end, lemma, upos, "PSP", features, 0, "lwg__psp"))
        start = end + 1
    text = " ".join(form for form, *_ in words)
    return Document(text, (Sentence(start=0, end=len(text), tokens=tuple(tokens)),))


class Fixed:
    version = "fixed/1"

    def __init__(self, made: Document) -> None:
        self.made = made

    def annotate(self, texts: Sequence[str]) -> list[Document]:
        return [self.made for _ in texts]

    def annotate_words(self, sentences: Sequence[Sequence[str]]) -> list[Document]:
        return [self.made for _ in sentences]


def lemmas(found: Document) -> list[str]:
    return [token.lemma for token in found.sentences[0].tokens]


def test_only_what_agrees_is_a_genitive() -> None:
    made = document(
        [
            ("राम", "राम", "PROPN", ""),
            ("के", "का", "ADP", AGREES),
            ("घर", "घर", "NOUN", ""),
            ("के", "का", "ADP", "Case=Obl|Gender=Masc"),
            ("लिए", "लिए", "ADP", ""),
        ]
    )
    engine = PostpositionEngine(Fixed(made))
    for found in (engine.annotate(["…"]), engine.annotate_words([["…"]])):
        assert lemmas(found[0]) == ["राम", "का", "घर", "के", "लिए"]
    assert engine.version == "fixed/1"


def test_everything_else_is_left_as_it_is() -> None:
    made = document(
        [
            ("की", "का", "ADP", AGREES),
            ("के", "के", "PROPN", AGREES),
            ("केरल", "केरल", "PROPN", ""),
        ]
    )
    assert PostpositionEngine(Fixed(made)).annotate(["…"]) == [made]
