"""`khabar evaluate events|entities` with an engine that finds one name."""

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from workers.cli import app, evaluate
from workers.cli.terminal.console import Failure
from workers.domain.records import Sentence, Token
from workers.ednil import tagger
from workers.ednil.corpus import Mark, MarkedText, read_folder
from workers.ednil.scores import score as score_ednil
from workers.evaluation import gold
from workers.evaluation.event_scores import score
from workers.stages.nlp.document import Document, Name

ACTOR = {"role": "actor", "start": 0, "end": 3}
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
    report = json.loads(result.stdout)
    assert report.pop("left_out") == {"entities": {}, "events": {}}
    assert report == score([wanted], [item(events=[])])
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


def test_types_that_the_gold_does_not_mark_are_left_out_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = {"type": "NUM", "start": 0, "end": 3}
    person = {"type": "PER", "start": 4, "end": 7}
    found = item(
        entities=[*item()["entities"], number, person],
        events=[EVENT, {**EVENT, "type": "HARM"}],
    )
    monkeypatch.setattr(gold, "annotated", lambda *_: [found])
    result = khabar("events", gold_file(tmp_path, item(events=[EVENT])))
    report = json.loads(result.stdout)
    assert report["left_out"] == {"entities": {"NUM": 1}, "events": {"HARM": 1}}
    # a person that the gold does not have is wrong all the same
    assert report["entities"] == {
        "p": 0.5,
        "r": 1.0,
        "f1": 0.6667,
        "gold": 1,
        "predicted": 2,
    }
    assert report["events"]["p"] == 1.0
    assert result.stderr.splitlines() == [
        "Not scored, for the gold marks none of these types: 1 NUM, 1 HARM were found."
    ]


def test_a_gold_of_names_alone_scores_no_events(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gold, "annotated", lambda *_: [item(events=[EVENT])])
    report = json.loads(khabar("entities", gold_file(tmp_path, item())).stdout)
    assert report["left_out"]["events"] == {"CONSULT": 1}
    assert report["events"]["predicted"] == 0


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_a_table_and_json_on_demand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setattr("sys.stdout", shown := Terminal())
    file = Path(gold_file(tmp_path, item(events=[EVENT])))
    evaluate.events(file)
    header, first, *_ = [line.split() for line in shown.getvalue().splitlines()]
    assert header == ["precision", "recall", "F1", "gold", "predicted"]
    assert first == ["entities", "1.0000", "1.0000", "1.0000", "1", "1"]
    assert "polarity accuracy: 0.0000" in shown.getvalue()
    monkeypatch.setattr("sys.stdout", printed := Terminal())
    evaluate.events(file, json_=True)
    assert json.loads(printed.getvalue())["entities"]["f1"] == 1.0


def test_of_two_texts_with_one_id_the_last_counts(tmp_path: Path) -> None:
    file = gold_file(tmp_path, item(events=[EVENT]), item(events=[]))
    assert json.loads(khabar("events", file).stdout)["events"]["gold"] == 0


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "gold.jsonl:2: "),
        (
            json.dumps(item(entities=[{"type": "NAME", "start": 0, "end": 1}])),
            "gold.jsonl:2: unknown type of entity 'NAME'; known are PER, LOC",
        ),
        (
            json.dumps(item(events=[{**EVENT, "type": "MEETING"}])),
            "gold.jsonl:2: unknown type of event 'MEETING'; known are ",
        ),
        (
            json.dumps(item(events=[{**EVENT, "modality": "sure"}])),
            "gold.jsonl:2: unknown modality 'sure'; known are ",
        ),
        (
            json.dumps(
                item(events=[{**EVENT, "arguments": [{**ACTOR, "role": "agent"}]}])
            ),
            "gold.jsonl:2: unknown role 'agent'; known are ",
        ),
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


EDNIL = """<D><P><NATURAL_EVENT ID="1" TYPE="FLOODS"><W>बाढ़</W></NATURAL_EVENT>
<W>में</W><CASUALTIES-ARG ID="2"><LINK EVENT_ARG="1"/><W>दो</W><W>मरे।</W></CASUALTIES-ARG>
</P></D>"""
FLOOD = Mark("NATURAL_EVENT", "STORM", 0, 4)


@pytest.fixture
def ednil_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    def found(_engine: object, _taggers: object, items: Sequence[Any]) -> Any:
        for each in items:
            yield MarkedText(each["id"], each["text"], (FLOOD,))

    monkeypatch.setattr(tagger, "mark_texts", found)
    monkeypatch.setattr(evaluate, "open_event_taggers", lambda: None)
    folder = tmp_path / "ednil"
    folder.mkdir()
    (folder / "one.xml").write_text(EDNIL, "utf-8")
    return folder


def test_ednil_s_scores_alone_are_printed(ednil_folder: Path) -> None:
    result = khabar("ednil", str(ednil_folder))
    gold = read_folder(ednil_folder)
    wanted = score_ednil(gold, {"one.xml": [FLOOD]})
    assert wanted["task1"]["exact"]["f1"] == 1
    assert wanted["task2"]["exact"]["f1"] == 0
    assert result.stdout == json.dumps(wanted, indent=1) + "\n"
    assert result.stderr == ""


def test_ednil_s_errors_are_listed_by_sentence(ednil_folder: Path) -> None:
    assert khabar("ednil", str(ednil_folder), "--errors").stderr.splitlines() == [
        "one.xml: बाढ़ में दो मरे।",
        "  missed FLOODS बाढ़",
        "  false STORM बाढ़",
        "  missed CASUALTIES दो मरे",
    ]


def test_a_file_that_is_no_ednil_is_named(ednil_folder: Path) -> None:
    (ednil_folder / "two.xml").write_text("plain")
    with pytest.raises(Failure, match=r"two\.xml"):
        khabar("ednil", str(ednil_folder))
