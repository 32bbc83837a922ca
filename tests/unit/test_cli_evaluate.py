"""`khabar evaluate events|entities` with an engine that finds one name."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from workers.cli import app, evaluate
from workers.cli.console import Failure
from workers.domain.records import Sentence, Token
from workers.stages import gold
from workers.stages.event_scores import score
from workers.stages.nlp.document import Document, Name

EVENT = {
    "trigger": {"start": 4, "end": 7},
    "type": "CONSULT",
    "polarity": "positive",
    "modality": "asserted",
    "arguments": [{"role": "actor", "start": 0, "end": 3}],
}


class Engine:
    """Takes every text for one sentence and its first word for a person."""

    version = "fake"

    def annotate(self, texts: Sequence[str]) -> list[Document]:
        return [self._document(text) for text in texts]

    def _document(self, text: str) -> Document:
        end = len(text.split(maxsplit=1)[0])
        token = Token(0, end, "", "PROPN", "NNP", "", 0, "root")
        return Document(
            text,
            (Sentence(start=0, end=end, tokens=(token,)),),
            (Name("PER", 0, end, 0),),
        )


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluate, "open_engine", Engine)


def khabar(*words: str) -> Result:
    return CliRunner().invoke(app, ["evaluate", *words], catch_exceptions=False)


def gold_file(folder: Path, *items: dict[str, Any]) -> str:
    file = folder / "gold.jsonl"
    lines = [json.dumps(item, ensure_ascii=False) for item in items]
    file.write_text("\n\n".join(lines), "utf-8")
    return str(file)


def item(**fields: Any) -> dict[str, Any]:
    entity = {"type": "PER", "start": 0, "end": 3, "text": "राम", "note": "mine"}
    return {"id": "1", "text": "राम मिला।", "entities": [entity], **fields}


@pytest.mark.parametrize("command", ["events", "entities"])
def test_the_report_alone_is_printed(command: str, tmp_path: Path) -> None:
    wanted = item(events=[EVENT])
    result = khabar(command, gold_file(tmp_path, wanted))
    assert json.loads(result.stdout) == score([wanted], [item(events=[])])
    assert result.stdout.count("\n") == 1
    assert result.stderr == ""


def test_errors_are_listed_beside_the_report(tmp_path: Path) -> None:
    wrong = {"type": "LOC", "start": 0, "end": 3}
    file = gold_file(tmp_path, item(events=[EVENT]), item(id=2, entities=[wrong]))
    events = khabar("events", file, "--errors")
    assert events.stderr.splitlines() == ["1: राम मिला।", "  missed CONSULT मिल"]
    assert json.loads(events.stdout)["events"]["gold"] == 1
    entities = khabar("entities", file, "--errors")
    assert entities.stderr.splitlines() == [
        "2: राम मिला।",
        "  missed LOC राम",
        "  false PER राम",
    ]


def test_reliability_is_told_beside_the_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    guess = {**EVENT, "confidence": 0.6}
    monkeypatch.setattr(gold, "annotated", lambda *_: [item(events=[guess])])
    result = khabar(
        "events", gold_file(tmp_path, item(events=[EVENT])), "--reliability"
    )
    assert result.stderr.splitlines() == [
        "confidence 0.6 to 0.7: 1 events, 0.60 claimed, 1.00 right",
        "calibration error 0.400",
    ]
    assert json.loads(result.stdout)["events"]["f1"] == 1.0


def test_of_two_texts_with_one_id_the_last_counts(tmp_path: Path) -> None:
    file = gold_file(tmp_path, item(events=[EVENT]), item(events=[]))
    assert json.loads(khabar("events", file).stdout)["events"]["gold"] == 0


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "gold.jsonl:2: "),
        ('{"id": 1}', "gold.jsonl:2: Object missing required field `text`"),
        (
            json.dumps(item(entities=[{"type": "PER", "start": 2, "end": 99}])),
            "gold.jsonl:2: no text at 2 to 99",
        ),
        (json.dumps(item(events=[{**EVENT, "arguments": None}])), "arguments"),
    ],
)
def test_a_bad_line_is_named(line: str, words: str, tmp_path: Path) -> None:
    file = tmp_path / "gold.jsonl"
    file.write_text(f"\n{line}\n")
    with pytest.raises(Failure) as caught:
        khabar("events", str(file))
    assert words in str(caught.value)


def test_an_empty_file_is_no_gold(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="holds no text"):
        khabar("events", gold_file(tmp_path))
