"""Texts on which Stanza and the engine must agree in everything."""

import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path

from workers.stages.nlp.document import Document

ROOT = Path(__file__).parents[3]
DATA = ROOT / "../shared/data"

HOSTILE = (
    "",
    " ",
    "\n\n \t \n",
    "अ",
    "।",
    '।।।। !!! ??? ... ,,, --- """ (((',
    "क" * 10_000,
    "शब्द" * 400 + " और " + "12.5.6,7 " * 30,
    "दिल्ली  में\tबारिश\u200b हुई।\n\n\n  \nनई दिल्ली।",
    "ईमेल a.b@example.com और https://www.example.com/x?y=1 देखें।",
    "www.example.org/खबर पर जाएँ,example.co.in नहीं;x@y.z",
    "क्या???!! सच!?! 🙂🙂👨‍👩‍👧 मोदी ने कहा…",
    "Hello World 2024, ₹5,000.50 का DELHI में WHO और U.N. की बैठक",
    "漢字 और عربي ﷺ \u0085 नया \u0097नमस्ते\u0097",
    "A\x00B \x1c च \x07 \ud800 ठीक है।",
    "उसने कहा, 'मैं आऊँगा।' \"सच?\" – हाँ! (शायद) [नहीं] {हाँ}",
    "१२ मार्च २०२४ को ३.५ लाख लोग; 10:30 बजे; 50% ; 1,00,000",
    "ज़मीन ज़मीन क़िला क़िला फ़िल्म ऩ ऱ ऴ",
    "और " * 700,
    "प्रधानमंत्री ने कहा कि " * 120 + "बात खत्म।",
    "1 2 3 4 5 6 7 8 9 0 " * 60,
    "। " * 400,
    "न\nई\n\nदि\n\n\nल्ली",
    "\u0097\n\n\u0097 \n\nठीक\u0097",
    "राम  श्याम   मोहन    सोहन\u00a0\u00a0गीता\u3000सीता",
    "क्‍या क्‌या क्\u200dष क्\u200cष श्री‌मान",
    "_ _ _ <UNK> <PAD> <ROOT> O B-PER",
    "ÀÉÎ ﬁ ŉ İstanbul STRASSE ẞ",
    "@ :// www. .com .co .gov",
    "क़" * 2000 + "।",
)


def seeds() -> Iterator[str]:
    """Yield the texts of our own: the seed article and the recorded site."""
    yield (ROOT / "seeds/article/article.txt").read_text(encoding="utf-8")
    for path in sorted((ROOT / "seeds/expected").glob("*.json")):
        text = json.loads(path.read_text(encoding="utf-8")).get("text")
        if text:
            yield text


def lines(path: Path, *, skip: int, size: int, count: int) -> Iterator[str]:
    """Yield documents of `size` lines each, as they stand."""
    with path.open(encoding="utf-8", errors="replace") as source:
        kept = (line.strip() for line in source)
        rest = itertools.islice((line for line in kept if line), skip, None)
        for _ in range(count):
            some = list(itertools.islice(rest, size))
            if some:
                yield "\n".join(some)


def as_printed(text: str) -> str:
    """Return text with its marks where a newspaper has them."""
    text = re.sub(r" +([।,;:!?)\]])", r"\1", text)
    return re.sub(r"([(\[]) +", r"\1", text)


def treebank(path: Path, *, size: int, count: int) -> Iterator[str]:
    """Yield documents of `size` sentences from a treebank in columns."""
    words: list[str] = []
    sentences: list[str] = []
    with path.open(encoding="utf-8") as rows:
        for row in itertools.chain(rows, [""]):
            columns = row.rstrip("\n").split("\t")
            if len(columns) > 1 and columns[0].isdigit():
                words.append(columns[1])
            elif words:
                sentences.append(as_printed(" ".join(words)))
                words = []
    for number in range(min(count, len(sentences) // size)):
        part = sentences[number * size : (number + 1) * size]
        yield " ".join(part) if number % 2 else "\n\n".join(part)


def corpus(data: Path = DATA) -> dict[str, list[str]]:
    """Return the documents of every kind; of ours only where the data is not there."""
    found = {"hostile": list(HOSTILE), "seeds": list(seeds())}
    if (data / "text").is_dir():
        text, syntax = data / "text", data / "syntax"
        found["news"] = [
            as_printed(document)
            for document in lines(text / "news.txt", skip=500, size=3, count=150)
        ]
        found["mixed"] = list(lines(text / "mixed.txt", skip=3000, size=6, count=100))
        found["literature"] = list(
            lines(
                text / "literature-without-punctuation.txt",
                skip=9000,
                size=3,
                count=60,
            )
        )
        found["treebank"] = [
            *treebank(syntax / "hdtb-dev.conll", size=8, count=150),
            *treebank(syntax / "pud-dev.conllu", size=8, count=40),
        ]
    return found


def differences(expected: Document, found: Document) -> list[str]:
    """Return every field in which two documents of one text differ, in words."""
    spans = [
        [[(token.start, token.end) for token in sentence.tokens] for sentence in some]
        for some in (expected.sentences, found.sentences)
    ]
    if spans[0] != spans[1]:
        return [f"words or sentences: {spans[0]} and {spans[1]}"]
    lines = [
        f"{field} of {expected.text[one.start : one.end]!r}: "
        f"{getattr(one, field)!r} and {getattr(other, field)!r}"
        for sentence, same in zip(expected.sentences, found.sentences, strict=True)
        for one, other in zip(sentence.tokens, same.tokens, strict=True)
        for field in one.__struct_fields__
        if getattr(one, field) != getattr(other, field)
    ]
    if expected.names != found.names:
        lines.append(f"names: {expected.names} and {found.names}")
    if not lines and expected != found:
        lines.append("something else")
    return lines
