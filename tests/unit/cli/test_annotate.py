import io
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from rich.cells import cell_len
from typer.testing import CliRunner, Result

from workers.cli import annotate, app, texts
from workers.cli.terminal import progress
from workers.cli.terminal.console import Failure
from workers.domain.records import EnrichedArticle, Sentence, Token
from workers.ednil import tagger
from workers.ednil.corpus import Mark
from workers.stages.nlp.document import Document, Name


class Engine:
    """Takes every text for one sentence and its first word for a person."""

    version = "fake"

    def __init__(self) -> None:
        self.calls: list[int] = []

    def annotate(self, texts: Sequence[str]) -> list[Document]:
        self.calls.append(len(texts))
        return [self._document(text) for text in texts]

    def _document(self, text: str) -> Document:
        if not text:
            return Document(text)
        first = text.split(maxsplit=1)[0]
        start = text.index(first)
        end = start + len(first)
        token = Token(start, end, first, "PROPN", "NNP", "", 0, "root")
        return Document(
            text=text,
            sentences=(Sentence(start=start, end=end, tokens=(token,)),),
            names=(Name("PER", start, end, 0),),
        )


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    made = Engine()
    monkeypatch.setattr(annotate, "open_engine", lambda: made)
    return made


def khabar(*words: str, given: str = "") -> Result:
    return CliRunner().invoke(app, list(words), input=given, catch_exceptions=False)


@pytest.mark.usefixtures("engine")
def test_objects_come_back_with_entities_and_events() -> None:
    items: list[dict[str, Any]] = [
        {"id": "a", "text": " सीता गई।", "mine": [1]},
        {"id": 7, "text": "राम आया।"},
    ]
    given = "\n\n".join(json.dumps(item) for item in items)
    result = khabar("annotate", "--jsonl", given=given)
    made = [json.loads(line) for line in result.stdout.splitlines()]
    assert [{k: one[k] for k in ("id", "text")} for one in made] == [
        {k: item[k] for k in ("id", "text")} for item in items
    ]
    assert made[0]["mine"] == [1]
    assert [one["entities"][0]["text"] for one in made] == ["सीता", "राम"]
    assert made[0]["entities"][0]["start"] == 1
    assert all(one["events"] == [] for one in made)
    assert "सीता" in result.stdout  # as letters, not as escapes


def test_long_input_goes_through_in_batches(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text('{"text": "राम आया।"}\n' * 150)
    result = khabar("annotate", "--jsonl", str(file))
    assert len(result.stdout.splitlines()) == 150
    assert sum(engine.calls) == 150
    assert max(engine.calls) < 150


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(
    ("given", "words"),
    [
        ('{"text": "राम"}\n{"text": ', "standard input:2: not JSON"),
        ('{"id": 1}', 'standard input:1: not an object with a string "text"'),
        ('["text"]', 'standard input:1: not an object with a string "text"'),
    ],
)
def test_a_bad_line_is_named(given: str, words: str) -> None:
    with pytest.raises(Failure) as caught:
        khabar("annotate", "--jsonl", given=given)
    assert words in str(caught.value)


@pytest.mark.usefixtures("engine")
def test_a_text_is_taken_letter_by_letter(tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_text("\n राम आया।\n")
    made = json.loads(khabar("annotate", str(file)).stdout)
    assert made["text"] == "\n राम आया।\n"
    assert made["entities"][0]["start"] == 2


@pytest.mark.usefixtures("engine")
def test_nothing_to_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="holds no text"):
        khabar("annotate", given=" \n")
    with pytest.raises(Failure, match="cannot read"):
        khabar("annotate", str(tmp_path / "nowhere"))


@pytest.mark.usefixtures("engine")
def test_what_comes_out_is_an_enriched_record_that_export_reads(tmp_path: Path) -> None:
    item = {
        "id": "x",
        "text": "राम आया।",
        "url": "https://a.example/1?utm_source=x",
        "published": "2019-11-24",
    }
    line = khabar("annotate", "--jsonl", given=json.dumps(item)).stdout
    record = msgspec.json.decode(line, type=EnrichedArticle)
    assert record.url == item["url"]
    assert record.canonical_url == "https://a.example/1"
    assert record.published_at is not None
    assert record.published_at.doubt is None
    made = json.loads(line)
    assert (made["outcome"], made["reason"]) == ("published", "")
    file = tmp_path / "enriched.jsonl"
    file.write_text(line)
    assert khabar("export", "events", "--input", str(file)).exit_code == 0


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0\3\2\5", "control characters"),
        ("Les élèves à l'école".encode("latin-1"), "neither UTF-8 nor UTF-16"),
        (b"Police arrested two people in Delhi on Monday.", "the text is in en"),
        ("मुंबईत दोन जणांना अटक करण्यात आली आहे.".encode(), "the text is in mr"),
        (b"12 34", "no letters"),
    ],
    ids=["binary", "latin-1", "english", "marathi", "numbers"],
)
def test_what_is_no_hindi_text_is_said_and_ends_with_1(
    body: bytes, words: str, tmp_path: Path
) -> None:
    file = tmp_path / "text.txt"
    file.write_bytes(body)
    result = khabar("annotate", str(file), str(file))
    assert result.exit_code == 1
    assert result.stderr.count(words) == 2
    assert all(not json.loads(line)["events"] for line in result.stdout.splitlines())


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_other_encodings_of_hindi_are_read(encoding: str, tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_bytes("राम आज दिल्ली आया और 3 दिन रहा।".encode(encoding))
    made = json.loads(khabar("annotate", str(file)).stdout)
    assert made["text"].startswith("राम आज")


@pytest.mark.usefixtures("engine")
def test_files_and_folders_are_read_whatever_one_of_them_is(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "b.txt").write_text("सीता गई।")
    (tmp_path / "in" / "a.txt").write_text("राम आया।")
    (tmp_path / "in" / "c.txt").write_text("")
    (tmp_path / "in" / "d.png").write_text("x")
    one = tmp_path / "one.text"
    one.write_text("Nothing to see here, said the policeman.")
    result = khabar("annotate", str(tmp_path / "in"), str(one))
    made = [json.loads(line) for line in result.stdout.splitlines()]
    assert [Path(each["id"]).name for each in made] == ["a.txt", "b.txt", "one.text"]
    assert [each["outcome"] for each in made] == ["published"] * 2 + ["not-hindi"]
    assert "c.txt holds no text" in result.stderr
    assert result.exit_code == 1
    assert khabar("annotate", "--any-language", str(one)).exit_code == 0


@pytest.mark.usefixtures("engine")
def test_a_stream_is_answered_line_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    stream = io.TextIOWrapper(os.fdopen(reading, "rb"))
    monkeypatch.setattr(sys, "stdin", stream)
    with stream, os.fdopen(writing, "wb", buffering=0) as out:
        run = annotate._readings(
            annotate._Inputs([texts.STDIN], jsonl=True), "", any_language=False
        )
        for name in ("राम", "सीता"):
            out.write(json.dumps({"text": f"{name} आया।"}).encode() + b"\n")
            # would wait for ever if a whole batch had to come first
            assert next(run).article.entities[0].text == name


@pytest.mark.usefixtures("engine")
def test_what_came_before_a_bad_line_is_answered(tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text('{"text": "राम"}\n{\n')
    batches = texts.lines([file])
    assert [item["text"] for _, item in next(batches)] == ["राम"]
    with pytest.raises(Failure, match="2: not JSON"):
        next(batches)


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(
    ("item", "words"),
    [
        ({"published": "soon"}, "no date"),
        ({"url": "not a url"}, "no web address"),
        ({"revision": "x"}, "revision"),
        ({"published_at": 7}, "no string"),
    ],
)
def test_a_field_that_is_no_good_is_named(item: dict[str, object], words: str) -> None:
    given = json.dumps({"text": "राम आया।", **item})
    with pytest.raises(Failure, match=rf"standard input:1: .*{words}"):
        khabar("annotate", "--jsonl", given=given)


@pytest.mark.usefixtures("engine")
def test_a_table_has_its_header_though_nothing_happens() -> None:
    out = khabar("annotate", "--csv", given="राम आया।").stdout
    assert out.startswith("event_id,article_id,")
    assert khabar("annotate", "--plover", given="राम आया।").stdout == ""
    with pytest.raises(Failure, match="only one"):
        khabar("annotate", "--csv", "--plover", given="राम आया।")


@pytest.mark.usefixtures("engine")
def test_progress_is_told_of_much_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_REPEAT_SECONDS", 0.0)
    result = khabar("annotate", given="राम आया।\n" * 40_000)
    assert "of 360,000 characters" in result.stderr
    assert khabar("annotate", given="राम आया।\n").stderr == ""


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("jsonl", [True, False])
def test_ednil_s_events_come_with_their_arguments(
    jsonl: bool,  # noqa: FBT001  two ways to give the same text
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    marks = (
        Mark("NATURAL_EVENT", "FLOODS", 0, 4, confidence=0.9),
        Mark("PLACE", "", 0, 4, confidence=0.4),
    )
    monkeypatch.setattr(annotate, "open_event_taggers", lambda: None)
    monkeypatch.setattr(tagger, "mark_document", lambda *_: marks)
    given = '{"id": "x", "text": "बाढ़ आई"}' if jsonl else "बाढ़ आई"
    words = ["--jsonl"] if jsonl else []
    (line,) = khabar("annotate", "--ednil", *words, given=given).stdout.splitlines()
    made = json.loads(line)
    assert (made["id"], made["text"]) == ("x" if jsonl else "text", "बाढ़ आई")
    assert made["spans"][0] == {
        "label": "NATURAL_EVENT",
        "subtype": "FLOODS",
        "start": 0,
        "end": 4,
        "id": "1",
        "confidence": 0.9,
    }
    assert made["links"] == [["2", "1"]]


@pytest.mark.usefixtures("engine")
def test_an_explanation_stands_in_columns() -> None:
    lines = khabar("events", "explain", "राम आया।").stdout.splitlines()
    assert any("root" in line for line in lines)
    assert any("no event" in line for line in lines)
    with pytest.raises(Failure, match="the text is in en"):
        khabar("events", "explain", "Police arrested two people on Monday.")
    made = json.loads(khabar("events", "explain", "--json", "राम आया।").stdout)
    assert made["entities"][0]["text"] == "राम"
    assert not any("\t" in line for line in lines)


def test_columns_are_as_wide_as_their_cells() -> None:
    rows = list(annotate._aligned(["  1 क्षेत्र\tN\tx", "  2 a\tNN\ty", "title"]))
    assert rows[2] == "title"
    places = [cell_len(row[: row.index("N")]) for row in rows[:2]]
    assert places[0] == places[1]
