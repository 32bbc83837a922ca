"""The features of words for the taggers, as short strings.

A word is seen with its neighbours, its head, its kind of name, the event that the
lexicon finds there, how often its lemma stands in the text, and what the text is about.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from workers.domain.records import Entity, Event, Sentence, Token
from workers.ednil.features.phrases import Phrases, phrase_features
from workers.stages.text import lexical

Rows = list[list[str]]
"""Of one sentence: the features of each word."""

_HARM = frozenset(lexical.words("ednil.harm"))
_FREQUENT = 6
_AGAIN = 3


@dataclass(slots=True)
class Word:
    """A word with what its neighbours' features need to know of it."""

    form: str
    lemma: str
    tag: str
    name: str
    begins: str
    event: str
    role: str
    coarse: str
    fine: str


_EDGE = Word("_", "_", "_", "_", "_", "_", "_", "_", "_")
Clusters = Mapping[str, tuple[str, str]]
"""Of a word form: its group among few, and its group among many."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known of words before a text is read."""

    clusters: Clusters
    forms: Phrases
    """Phrases as they are written."""
    lemmas: Phrases
    """Phrases of dictionary forms."""


_NO_CLUSTER = ("-", "-")


def shape(form: str) -> str:
    """Return whether a word is a figure, has one, is Latin, or is none of these."""
    if form.isdigit():
        return "figure"
    if any(letter.isdigit() for letter in form):
        return "figures"
    return "latin" if form.isascii() else "-"


class TextFeatures:
    """Features of every sentence of one text."""

    def __init__(
        self,
        text: str,
        sentences: Sequence[Sentence],
        entities: Sequence[Entity],
        events: Sequence[Event],
        knowledge: Knowledge,
    ) -> None:
        self._text = text
        self._sentences = sentences
        self._knowledge = knowledge
        self._names = {
            each.start: ("B" if each.start == entity.start else "I", entity.type.value)
            for entity in entities
            for each in _inside(sentences[entity.sentence], entity.start, entity.end)
        }
        self._events: dict[int, str] = {}
        self._roles: dict[int, str] = {}
        for event in events:
            sentence = sentences[event.sentence]
            kind, trigger = event.type.value, event.trigger
            for token in _inside(sentence, trigger.start, trigger.end):
                self._events[token.start] = kind
            for argument in event.arguments:
                for token in _inside(sentence, argument.start, argument.end):
                    self._roles.setdefault(token.start, f"{argument.role.value}:{kind}")
        self._total = Counter(t.lemma for s in sentences for t in s.tokens)

    def sentences(self, topics: Sequence[str]) -> Iterator[Rows]:
        """Yield the features of each sentence, in text order.

        *topics* are what the text is about, the likeliest first.
        """
        seen: Counter[str] = Counter()
        paragraph = at = 0
        for number, sentence in enumerate(self._sentences):
            paragraph += self._text.count("\n", at, sentence.start)
            at = sentence.start
            place = 0 if not number else 1 if number < 3 else 2 if number < 8 else 3  # noqa: PLR2004
            yield self._sentence(
                sentence, [f"place={place}", f"par={min(paragraph, 2)}"], seen, topics
            )
            seen.update(token.lemma for token in sentence.tokens)

    def _words(self, sentence: Sentence) -> list[Word]:
        text, clusters = self._text, self._knowledge.clusters
        words = []
        for token in sentence.tokens:
            form = text[token.start : token.end]
            begins, name = self._names.get(token.start, ("", "O"))
            coarse, fine = clusters.get(form, _NO_CLUSTER)
            words.append(
                Word(
                    form,
                    token.lemma,
                    token.xpos or "_",
                    name,
                    begins,
                    self._events.get(token.start, "-"),
                    self._roles.get(token.start, "-"),
                    coarse,
                    fine,
                )
            )
        return words

    def _sentence(
        self,
        sentence: Sentence,
        where: list[str],
        seen: Counter[str],
        topics: Sequence[str],
    ) -> Rows:
        words = self._words(sentence)
        tokens = sentence.tokens
        holds = _content(words)
        root = next(
            (w.lemma for w, t in zip(words, tokens, strict=True) if not t.head), "_"
        )
        common = [
            "bias", *where, f"holds={holds}", f"root={root}",
            *(f"topic{n}={topic}" for n, topic in enumerate(topics)),
        ]  # fmt: skip
        topic = topics[0] if topics else "-"
        by_form = phrase_features("w", [w.form for w in words], self._knowledge.forms)
        by_lemma = phrase_features(
            "l", [w.lemma for w in words], self._knowledge.lemmas
        )
        around = [_EDGE] * 3 + words + [_EDGE] * 3
        rows = []
        for n, (word, token) in enumerate(zip(words, tokens, strict=True)):
            head = words[token.head - 1] if token.head else _EDGE
            lemma = word.lemma
            rows.append(
                common
                + _own(word, token, head)
                + _near(around[n : n + 7])
                + by_form[n]
                + by_lemma[n]
                + [
                    f"seen={lemma}|{min(seen[lemma], _AGAIN)}",
                    f"total={lemma}|{min(self._total[lemma], _FREQUENT)}",
                    f"l|holds={lemma}|{holds}",
                    f"l|root={lemma}|{root}",
                    f"l|{where[0]}={lemma}",
                    f"l|topic={lemma}|{topic}",
                    f"c|topic={word.coarse}|{topic}",
                ]
            )
        return rows


def _content(words: Sequence[Word]) -> str:
    """Return a letter each for what a sentence holds: number, place, time, harm."""
    lemmas = {word.lemma for word in words}
    names = {word.name for word in words}
    held = {
        "N": "NUM" in names,
        "L": "LOC" in names,
        "T": "TIME" in names,
        "H": not lemmas.isdisjoint(_HARM),
    }
    return "".join(letter for letter, there in held.items() if there)


def _own(word: Word, token: Token, head: Word) -> list[str]:
    form, lemma, relation = word.form, word.lemma, token.relation
    return [
        f"w={form}", f"l={lemma}", f"x={word.tag}", f"n={word.begins}{word.name}",
        f"e={word.event}", f"role={word.role}", f"r={relation}",
        f"shape={shape(form)}", f"-3={form[-3:]}", f"-2={form[-2:]}", f"3-={form[:3]}",
        f"4-={form[:4]}", f"c={word.coarse}", f"d={word.fine}", f"hl={head.lemma}",
        f"hlr={head.lemma}|{relation}", f"hx={head.tag}", f"lhl={lemma}|{head.lemma}",
        f"f={token.features}", f"he={head.event}", f"her={head.event}|{relation}",
    ]  # fmt: skip


def _near(around: Sequence[Word]) -> list[str]:
    """Return the features of a word's three neighbours on either side."""
    p3, p2, p1, word, n1, n2, n3 = around
    lemma = word.lemma
    return [
        f"l-1={p1.lemma}", f"l-2={p2.lemma}", f"l-3={p3.lemma}", f"l+1={n1.lemma}",
        f"l+2={n2.lemma}", f"l+3={n3.lemma}", f"w-1={p1.form}", f"w+1={n1.form}",
        f"w+2={n2.form}", f"ll-={p1.lemma}|{lemma}", f"ll+={lemma}|{n1.lemma}",
        f"l-l={p1.lemma}|{n1.lemma}", f"l+12={n1.lemma}|{n2.lemma}",
        f"l-12={p2.lemma}|{p1.lemma}", f"l_l={lemma}|{n2.lemma}",
        f"lll={lemma}|{n1.lemma}|{n2.lemma}", f"x-1={p1.tag}", f"x+1={n1.tag}",
        f"xx-={p1.tag}|{word.tag}", f"xx+={word.tag}|{n1.tag}",
        f"xxx={p1.tag}|{word.tag}|{n1.tag}", f"x+12={n1.tag}|{n2.tag}",
        f"n-1={p1.name}", f"n+1={n1.name}", f"n+2={n2.name}",
        f"nl={word.name}|{n1.lemma}", f"nnl={word.name}|{n1.name}|{n2.lemma}",
        f"c-1={p1.coarse}", f"c+1={n1.coarse}", f"d-1={p1.fine}", f"d+1={n1.fine}",
        f"c+2={n2.coarse}", f"cc-={p1.coarse}|{word.coarse}",
        f"cc+={word.coarse}|{n1.coarse}", f"e-1={p1.event}", f"e+1={n1.event}",
        f"e+2={n2.event}", f"role+1={n1.role}",
    ]  # fmt: skip


def _inside(sentence: Sentence, start: int, end: int) -> Iterator[Token]:
    return (t for t in sentence.tokens if t.start < end and start < t.end)
