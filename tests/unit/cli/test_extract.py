import json
import re
from pathlib import Path
from typing import Any

import pytest
import typer

from workers.cli.extract import extract
from workers.cli.terminal.console import Failure
from workers.domain.ids import article_id

SEEDS = Path(__file__).parents[3] / "seeds"
PAGE = SEEDS / "site" / "nagar-samachar" / "bus-khai-me-giri.html"
GOLD = SEEDS / "expected" / "bus-khai-me-giri.json"


def test_json_is_the_record_and_nothing_else(
    capsys: pytest.CaptureFixture[str],
) -> None:
    extract(str(PAGE), url="https://nagar.test/a-510231.html", json_=True)
    record = json.loads(capsys.readouterr().out)
    gold = json.loads(GOLD.read_text())
    assert record["title"] == gold["title"]
    assert record["text"] == gold["text"]
    assert record["published_at"]["value"] == gold["published_at"]
    assert record["authors"] == gold["authors"]
    assert record["outcome"] == "published"
    assert record["sources"]["published_at"] == "json-ld"


def test_a_person_sees_fields_sources_and_the_end(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    extract(str(PAGE))
    shown = capsys.readouterr().out
    gold = json.loads(GOLD.read_text())
    assert gold["title"] in shown
    assert "json-ld" in shown
    assert shown.rstrip().endswith("published")


def test_why_a_page_is_no_article(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "page.html"
    file.write_text("<html><body><p>कुछ नहीं</p></body></html>")
    with pytest.raises(typer.Exit) as ended:
        extract(str(file), json_=True)
    assert ended.value.exit_code == 1
    record = json.loads(capsys.readouterr().out)
    assert record["text"] == ""
    assert record["outcome"] == "empty"
    assert record["reason"] == "no article text on the page"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("no/such/file.html", "No such file"),
        ("http://127.0.0.1:1/", "not a public one"),
    ],
)
def test_what_cannot_be_had_is_said_in_a_line(source: str, words: str) -> None:
    with pytest.raises(Failure, match=words):
        extract(source)


def read(
    capsys: pytest.CaptureFixture[str], file: Path, url: str = ""
) -> dict[str, Any]:
    extract(str(file), url=url, json_=True)
    record: dict[str, Any] = json.loads(capsys.readouterr().out)
    return record


def nameless(folder: Path, name: str, link: str = "") -> Path:
    """Write the page under another name and with another link to itself."""
    html = PAGE.read_text("utf-8")
    html, count = re.subn(r"<link[^>]*rel=.canonical.[^>]*>", link, html)
    assert count == 1
    html = re.sub(r"<meta[^>]*og:url[^>]*>", "", html)
    html = re.sub(r'"(mainEntityOfPage|url|@id)":\s*"[^"]*",?', "", html)
    file = folder / name
    file.write_text(html, "utf-8")
    return file


def test_a_file_has_the_identity_of_its_canonical_link(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    link = '<link rel="canonical" href="https://nagar.test/{}.html?utm_source=x">'
    one = read(capsys, nameless(tmp_path, "1", link.format("a-1")))
    two = read(capsys, nameless(tmp_path, "2", link.format("a-2")))
    assert one["article_id"] == article_id("https://nagar.test/a-1.html")
    assert two["article_id"] == article_id("https://nagar.test/a-2.html")
    assert not any("identity" in note for note in one["notes"])


@pytest.mark.parametrize("link", ["", '<link rel="canonical" href="/a-1.html">'])
def test_a_file_without_an_address_says_so(
    link: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = read(capsys, nameless(tmp_path, "page.html", link))
    assert (record["article_id"], record["url"], record["canonical_url"]) == (
        None,
        None,
        None,
    )
    assert any("--url" in note for note in record["notes"])
    assert "page.invalid" not in json.dumps(record)
    given = read(capsys, tmp_path / "page.html", "HTTPS://Nagar.test/a-9.html#top")
    assert given["article_id"] == article_id("https://nagar.test/a-9.html")


@pytest.mark.parametrize(
    ("source", "url"),
    [
        (str(PAGE), "nagar.test/a-1.html"),
        (str(PAGE), "ftp://nagar.test/a"),
        (str(PAGE), "https://"),
        (str(PAGE), "http://[::1"),
        (str(PAGE), "/a-1.html"),
        ("https://nagar.test/a-1.html", "https://nagar.test/a-2.html"),
    ],
)
def test_an_address_that_is_none_is_a_usage_error(source: str, url: str) -> None:
    with pytest.raises(typer.BadParameter):
        extract(source, url=url)
