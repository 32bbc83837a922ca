"""`khabar export events` from files."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from workers.cli import app
from workers.cli.terminal.console import Failure
from workers.domain import topics
from workers.domain.topics import Topic

EXAMPLES = Path(__file__).parents[3] / "schemas" / "examples"


def example(topic: Topic[Any], name: str) -> dict[str, object]:
    found = json.loads((EXAMPLES / topic.name() / f"{name}.json").read_bytes())
    assert isinstance(found, dict)
    return found


def lines_file(folder: Path, *items: object) -> str:
    file = folder / "in.jsonl"
    file.write_text("\n\n".join(map(json.dumps, items)), "utf-8")
    return str(file)


def export(*words: str) -> Result:
    return CliRunner().invoke(app, ["export", "events", *words], catch_exceptions=False)


def test_events_come_as_they_are_on_the_topic(tmp_path: Path) -> None:
    events = [example(topics.EVENTS, name) for name in ("bus-accident", "seed-article")]
    out = export("--input", lines_file(tmp_path, *events)).stdout
    assert [json.loads(line) for line in out.splitlines()] == events


def test_an_enriched_article_gives_the_events_of_its_topic(tmp_path: Path) -> None:
    file = lines_file(tmp_path, example(topics.ENRICHED, "bus-accident"))
    made = [json.loads(line) for line in export("--input", file).stdout.splitlines()]
    assert example(topics.EVENTS, "bus-accident") in made
    assert len(export("--input", file, "--max", "2").stdout.splitlines()) == 2


def test_a_table_has_a_header_and_a_row_per_event(tmp_path: Path) -> None:
    file = lines_file(tmp_path, example(topics.EVENTS, "bus-accident"))
    out = export("--input", file, "--format", "csv").stdout
    (row,) = csv.DictReader(io.StringIO(out))
    assert row["trigger"] == "मौत हो"
    assert (row["dead_low"], row["dead_high"], row["injured_low"]) == ("7", "7", "")
    assert row["title"] == example(topics.EVENTS, "bus-accident")["title"]


@pytest.mark.parametrize(
    ("title", "cell"),
    [
        ('=HYPERLINK("http://a.in")', '\'=HYPERLINK("http://a.in")'),
        ("+91 भारत", "'+91 भारत"),
        ("-2 डिग्री", "'-2 डिग्री"),
        ("@khabar", "'@khabar"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'=1"),
        ("\n=1", "'\n=1"),
        ("\x1b=1+1", "'=1+1"),
        ("\u202e=1", "'=1"),
        ("\uff1d1", "'\uff1d1"),
        ("a=1 \x9b2J", "a=1 2J"),
        ("क्\u200dष - दो", "क्\u200dष - दो"),
        ("", ""),
    ],
    ids=ascii,
)
def test_cells_compute_nothing_in_a_spreadsheet(
    title: str, cell: str, tmp_path: Path
) -> None:
    item = {**example(topics.EVENTS, "bus-accident"), "title": title}
    words = ["--input", lines_file(tmp_path, item), "--format", "csv"]

    out = export(*words).stdout_bytes.decode()
    (row,) = csv.DictReader(io.StringIO(out, newline=""))
    assert row["title"] == cell
    assert row["confidence"] == str(item["confidence"])


@pytest.mark.parametrize("title", ["=1+1", "-2 डिग्री", "@khabar", "\t=1"], ids=ascii)
def test_raw_cells_are_as_they_are(title: str, tmp_path: Path) -> None:
    item = {**example(topics.EVENTS, "bus-accident"), "title": title}
    file = lines_file(tmp_path, item)
    out = export("--input", file, "--format", "csv", "--raw").stdout
    (row,) = csv.DictReader(io.StringIO(out))
    assert row["title"] == title


def test_plover_records_are_lines_of_letters(tmp_path: Path) -> None:
    file = lines_file(tmp_path, example(topics.EVENTS, "seed-article"))
    out = export("--input", file, "--format", "plover").stdout
    (line,) = out.splitlines()
    assert json.loads(line)["quad_code"] == 1
    assert "हस्ताक्षर" in line


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '{"event_id": "x"}',
        '{"text": "x"}',
        "[" * 100_000,
        '{"event_id": ' + '{"a": ' * 100_000 + "1" + "}" * 100_001,
    ],
    ids=len,
)
def test_a_line_that_is_neither_is_named(line: str, tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text(f"\n{line}\n")
    with pytest.raises(Failure, match=r"in\.jsonl:2: neither event nor enriched"):
        export("--input", str(file))
