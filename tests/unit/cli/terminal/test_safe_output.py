"""Text from outside commands no terminal, whichever way it is printed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from rich.style import Style
from rich.table import Table
from rich.text import Text
from typer.testing import CliRunner

from workers.cli import app
from workers.cli.terminal import rendering
from workers.cli.terminal.console import console, print_error, say, say_json
from workers.domain import printable, topics
from workers.runtime.http.response import FetchError, FetchFailure
from workers.runtime.kafka import readers
from workers.runtime.messaging.ports import Delivery, Headers, Partition

EXAMPLES = Path(__file__).parents[4] / "schemas" / "examples"
HOSTILE = [
    "\x1b[2J\x1b[H",
    "\x1b]0;title\x07",
    "\x1b]8;;http://evil.in\x1b\\",
    "\x9b31m",
    "\x9d0;title\x9c",
    "\u202egnp.exe",
    "\u2067\u2066\u2069",
    "\u200e\u200f\u061c",
    "\r\x08\x7f\x00",
    "\u2028\u2029\ufff9",
    "\U000e0041",
]
HARMLESS = "ख़बर क्\u200dष क्\u200cष naïve ₹5 😀 [bold] [/x] :smile:"


def unsafe(text: str) -> list[str]:
    return [character for character in text if printable.stripped(character) == ""]


def filled(value: Any, text: str) -> Any:
    """Return a JSON *value* with *text* in every string that may be any."""
    free = {"title", "publisher", "text", "actors", "places", "times", "canonical_name"}
    if isinstance(value, list):
        return [filled(item, text) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: text + item
        if key in free and isinstance(item, str)
        else [text + each for each in item]
        if key in free and isinstance(item, list)
        else filled(item, text)
        for key, item in value.items()
    }


def hostile_record(topic: "topics.Topic[Any]", text: str) -> bytes:
    found = (EXAMPLES / topic.name() / "bus-accident.json").read_bytes()
    return msgspec.json.encode(filled(msgspec.json.decode(found), text))


def in_table(text: str) -> None:
    table = Table(box=None)
    table.add_column("a", overflow="fold")
    table.add_row(text)
    table.add_row(Text(text, "red"))
    console().print(table)


def as_event(text: str) -> None:
    record = hostile_record(topics.EVENTS, text)
    event = msgspec.json.decode(record, type=topics.EVENTS.record)
    console().print(rendering.event(event))


def as_article(text: str) -> None:
    record = hostile_record(topics.ENRICHED, text)
    article = msgspec.json.decode(record, type=topics.ENRICHED.record)
    console().print(rendering.enriched(article))


PRINTS: dict[str, Callable[[str], None]] = {
    "say": say,
    "print_error": print_error,
    "console": lambda text: console().print(text),
    "console, errors": lambda text: console(stderr=True).print(Text(text)),
    "table": in_table,
    "event": as_event,
    "article": as_article,
}


@pytest.mark.parametrize("hostile", HOSTILE, ids=ascii)
@pytest.mark.parametrize("print_", PRINTS.values(), ids=PRINTS)
def test_nothing_printed_commands_the_terminal(
    print_: Callable[[str], None], hostile: str, capsys: pytest.CaptureFixture[str]
) -> None:
    print_(f"पहले{hostile}बाद")
    out, err = capsys.readouterr()
    assert "पहले" in out + err
    assert unsafe(out + err) == []


@pytest.mark.parametrize(
    "print_", [say, print_error, lambda text: console().print(text, soft_wrap=True)]
)
def test_harmless_text_stays_as_it_is(
    print_: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    print_(HARMLESS)
    out, err = capsys.readouterr()
    assert out + err == f"{HARMLESS}\n"


@pytest.mark.parametrize("link", ["http://a.in/\x1b\\x", "http://a.in/\x9c"])
def test_links_end_no_escape_sequence(
    link: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    console().print(Text("यहाँ", Style(bold=True, link=link)))
    shown = capsys.readouterr().out
    assert "यहाँ" in shown
    assert "a.in" not in shown
    console().print(Text("यहाँ", Style(link="http://a.in/x")))
    assert "http://a.in/x" in capsys.readouterr().out


@pytest.mark.parametrize("hostile", [*HOSTILE, HARMLESS, "\ud800"], ids=ascii)
def test_json_says_the_same_and_is_safe_to_look_at(
    hostile: str, capsys: pytest.CaptureFixture[str]
) -> None:
    document = {"title": hostile, hostile: ["ख़बर", hostile]}
    say_json(json.dumps(document, ensure_ascii=False, indent=2))
    shown = capsys.readouterr().out
    assert unsafe(shown) == []
    assert json.loads(shown) == document


@pytest.mark.parametrize("hostile", HOSTILE, ids=ascii)
def test_commands_that_show_records(
    hostile: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    value = hostile_record(topics.EVENTS, hostile)
    headers = Headers([("error-reason", f"x {hostile} y\nz".encode())])
    letter = Delivery(Partition("t", 0), 1, hostile.encode(), value, headers)
    monkeypatch.setattr(readers, "tail", lambda *_, **__: iter([letter]))
    monkeypatch.setattr(readers, "dead_letters", lambda *_: iter([letter]))
    monkeypatch.setattr(readers, "dead_letter", lambda *_: letter)
    for command in (
        ["tail", "events", "--no-wait"],
        ["tail", "events", "--no-wait", "--json"],
        ["dlq", "list", "events"],
        ["dlq", "show", "events/0/1"],
        ["export", "events"],
        ["export", "events", "--format", "csv"],
        ["export", "events", "--format", "plover"],
    ):
        result = CliRunner().invoke(app, command, catch_exceptions=False)
        assert result.stdout_bytes.decode() != ""
        assert unsafe(result.stdout_bytes.decode()) == [], command
    shown = CliRunner().invoke(app, ["tail", "events", "--no-wait", "--json"]).stdout
    assert json.loads(shown) == json.loads(value)


@pytest.mark.parametrize("hostile", HOSTILE, ids=ascii)
def test_what_servers_say_is_printable_where_it_enters(hostile: str) -> None:
    error = FetchError(FetchFailure.PROTOCOL, "http://a.in", f"bad {hostile}\nline")
    assert unsafe(error.description) == []
    assert "\n" not in error.description
