"""Compare extraction with other libraries, on pages in the layouts of the Hindi press.

    .venv/bin/python -m benchmarks.extraction

prints for each library the token F1 of the text (mean and worst), the share of exact
titles and days, and pages per second of processor time. A library that is not
installed, or cannot be imported, is left out and named.
`--pages FOLDER` measures speed on your own pages too.

newspaper4k cannot stand in the lock: it wants an older python-dateutil than
trafilatura's htmldate does. To have it measured,

    .venv/bin/pip install --target build/newspaper newspaper4k
    PYTHONPATH=build/newspaper make quality

news-please, installed the same way, takes minutes to unpack; no figures of it have
been taken yet.
"""

import argparse
import datetime as dt
import importlib
import re
import string
import sys
import time
import types
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import trafilatura

from tests.support.quality.layouts import LAYOUTS
from tests.support.quality.stories import STORIES, token_f1
from workers.stages.articles.extraction import extract_page

ROOT = Path(__file__).parents[1]
NOW = dt.datetime(2026, 11, 24, 8, 0, tzinfo=dt.UTC)


class Found(NamedTuple):
    """What a library made of a page."""

    text: str
    title: str
    day: str


class Gold(NamedTuple):
    """A page and what must come out of it."""

    body: bytes
    url: str
    text: str
    title: str
    day: str


Extractor = Callable[[bytes, str], Found]


def khabar(body: bytes, url: str) -> Found:
    """Extract as the articles worker does."""
    found = extract_page(body, url, "text/html", NOW)
    if found.page is None:
        return Found("", "", "")
    stamp = found.published_at
    day = stamp.value.date().isoformat() if stamp and stamp.value else ""
    return Found(found.page.text, found.page.title, day)


def by_trafilatura(body: bytes, url: str) -> Found:
    """Extract with trafilatura alone."""
    found = trafilatura.bare_extraction(
        body, url=url, with_metadata=True, include_comments=False
    )
    if found is None or isinstance(found, dict):
        return Found("", "", "")
    return Found(found.text or "", found.title or "", found.date or "")


def by_newspaper(newspaper: Any) -> Extractor:
    """Return an extractor that uses newspaper4k."""
    _stand_in_for_indicnlp()

    def extract(body: bytes, url: str) -> Found:
        article = newspaper.Article(url, language="hi")
        article.download(input_html=body.decode(errors="replace"))
        article.parse()
        date = article.publish_date
        day = date.astimezone(dt.UTC).date().isoformat() if date else ""
        return Found(article.text, article.title, day)

    return extract


def _stand_in_for_indicnlp() -> None:
    """Give newspaper4k the one function that it uses of indic-nlp-library.

    That splits a text at punctuation, to count stop words; the library itself brings
    pandas and Sphinx with it. Where it is installed it is used.
    """
    try:
        importlib.import_module("indicnlp.tokenize.indic_tokenize")
    except ImportError:
        marks = re.compile(f"([{re.escape(string.punctuation)}।॥])")
        module: Any = types.ModuleType("indicnlp.tokenize.indic_tokenize")
        module.trivial_tokenize = lambda text, lang="hi": marks.sub(  # noqa: ARG005 its signature
            r" \1 ", text
        ).split()
        sys.modules["indicnlp"] = types.ModuleType("indicnlp")
        sys.modules["indicnlp.tokenize"] = types.ModuleType("indicnlp.tokenize")
        sys.modules["indicnlp.tokenize.indic_tokenize"] = module


def by_news_please(newsplease: Any) -> Extractor:
    """Return an extractor that uses news-please."""

    def extract(body: bytes, url: str) -> Found:
        article = newsplease.NewsPlease.from_html(body.decode(errors="replace"), url)
        date = article.date_publish
        day = date.date().isoformat() if date else ""
        return Found(article.maintext or "", article.title or "", day)

    return extract


def extractors() -> Iterator[tuple[str, Extractor]]:
    """Yield what is installed, ours first."""
    yield "khabar", khabar
    yield "trafilatura", by_trafilatura
    for name, module, make in (
        ("newspaper4k", "newspaper", by_newspaper),
        ("news-please", "newsplease", by_news_please),
    ):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of parts that are not asked
                library = importlib.import_module(module)
            yield name, make(library)
        except ImportError as error:
            print(f"{name} is left out: {error}")


def gold() -> list[Gold]:
    """Return the pages of the quality tests."""
    return [
        Gold(
            layout(story),
            story.url,
            "\n".join(story.paragraphs),
            story.title,
            story.published.date().isoformat(),
        )
        for at, layout in enumerate(LAYOUTS)
        for story in (STORIES[(3 * at + n) % len(STORIES)] for n in range(3))
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pages", type=Path, help="folder of HTML files, for speed")
    pages = parser.parse_args().pages
    own = sorted(pages.rglob("*.html")) if pages else []
    bodies = [file.read_bytes() for file in own]
    all_gold = gold()
    print(f"{len(all_gold)} pages")
    print(f"{'':13}{'F1':>7}{'worst':>7}{'title':>7}{'day':>7}{'pages/s':>9}", end="")
    print(f"{'own pages/s':>13}" if bodies else "")
    for name, extract in extractors():
        extract(all_gold[0].body, all_gold[0].url)  # what is loaded once is not timed
        began = time.process_time()
        found = [extract(each.body, each.url) for each in all_gold]
        rate = len(all_gold) / (time.process_time() - began)
        pairs = list(zip(found, all_gold, strict=True))
        scores = [token_f1(f.text, g.text) for f, g in pairs]
        titles = sum(f.title == g.title for f, g in pairs) / len(pairs)
        days = sum(f.day == g.day for f, g in pairs) / len(pairs)
        mean = sum(scores) / len(scores)
        print(f"{name:13}{mean:7.3f}{min(scores):7.3f}{titles:7.2f}{days:7.2f}", end="")
        print(f"{rate:9.0f}", end="")
        if bodies:
            began = time.process_time()
            for body in bodies:
                extract(body, "https://page.test/desh/a-510001.html")
            print(f"{len(bodies) / (time.process_time() - began):13.0f}", end="")
        print()


if __name__ == "__main__":
    main()
