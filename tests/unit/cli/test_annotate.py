import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from rich.cells import cell_len
from typer.testing import CliRunner, Result

from workers.cli import annotate, app
from workers.cli.terminal.console import Failure
from workers.domain.records import Sentence, Token
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
    items = [
        {"id": "a", "text": " सीता गई।", "mine": [1]},
        {"id": 7, "text": "राम आया।"},
    ]
    given = "\n\n".join(json.dumps(item) for item in items)
    result = khabar("annotate", "--jsonl", given=given)
    made = [json.loads(line) for line in result.stdout.splitlines()]
    added = {"entities", "events"}
    assert [{k: one[k] for k in one.keys() - added} for one in made] == items
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
    assert not any("\t" in line for line in lines)


def test_columns_are_as_wide_as_their_cells() -> None:
    rows = list(annotate._aligned(["  1 क्षेत्र\tN\tx", "  2 a\tNN\ty", "title"]))
    assert rows[2] == "title"
    places = [cell_len(row[: row.index("N")]) for row in rows[:2]]
    assert places[0] == places[1]
