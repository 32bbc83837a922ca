"""Extraction on the recorded site, against the texts that its pages were made of.

The floors are what the product promises; raise them with it, never lower them.
"""

import datetime as dt
import json
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from workers.stages.articles.extracted import Extraction
from workers.stages.articles.extraction import extract_page

SEEDS = Path(__file__).parents[2] / "seeds"
NOW = dt.datetime(2026, 11, 24, 8, 0, tzinfo=dt.UTC)
BASE = "http://khabar.test"
WORST_F1 = 0.97
MEAN_F1 = 0.995


class Gold(NamedTuple):
    body: bytes
    content_type: str
    page: dict[str, Any]


def gold() -> dict[str, Gold]:
    expected = {}
    for file in (SEEDS / "expected").glob("*.json"):
        page = json.loads(file.read_text())
        if page["text"]:
            expected[page["url_path"], page.get("version", 1)] = page
    site = tomllib.loads((SEEDS / "site" / "site.toml").read_text())
    found = {}
    for resource in site["resources"]:
        for number, version in enumerate(resource["versions"], 1):
            page = expected.get((resource["path"], number))
            if page is None:
                continue
            body = (SEEDS / "site" / version["file"]).read_bytes()
            if resource.get("expand"):
                encoding = resource["encoding"]
                name, base = "{{base}}".encode(encoding), BASE.encode(encoding)
                for bom in (b"\xff\xfe", b"\xfe\xff"):
                    name, base = name.removeprefix(bom), base.removeprefix(bom)
                body = body.replace(name, base)
            found[version["file"]] = Gold(body, resource["content_type"], page)
    return found


GOLD = gold()


def extracted(file: str) -> Extraction:
    body, content_type, page = GOLD[file]
    return extract_page(body, BASE + page["url_path"], content_type, NOW)


def token_f1(text: str, reference: str) -> float:
    ours, theirs = Counter(text.split()), Counter(reference.split())
    return 2 * (ours & theirs).total() / (ours.total() + theirs.total())


def moment(value: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(value) if value else None


def test_there_is_gold() -> None:
    assert len(GOLD) >= 35


@pytest.mark.parametrize("file", sorted(GOLD))
def test_text(file: str) -> None:
    page = extracted(file).page
    assert page is not None
    assert token_f1(page.text, GOLD[file].page["text"]) >= WORST_F1


def test_text_on_average() -> None:
    scores = []
    for file, expected in GOLD.items():
        page = extracted(file).page
        scores.append(token_f1(page.text if page else "", expected.page["text"]))
    assert sum(scores) / len(scores) >= MEAN_F1


@pytest.mark.parametrize("file", sorted(GOLD))
def test_title_authors_and_dates(file: str) -> None:
    found, expected = extracted(file), GOLD[file].page
    assert found.page is not None
    assert found.page.title == expected["title"]
    assert found.page.authors == tuple(expected["authors"])
    assert found.published_at is not None
    assert found.published_at.value == moment(expected["published_at"])
    modified = found.modified_at.value if found.modified_at else None
    assert modified == moment(expected["modified_at"])


@pytest.mark.parametrize("file", sorted(GOLD))
def test_language(file: str) -> None:
    language = extracted(file).language
    assert language is not None
    assert language.code == GOLD[file].page["language"]
