import json
from pathlib import Path

import pytest

from workers.cli.extract import extract
from workers.cli.terminal.console import Failure

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
    extract(str(file), json_=True)
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
