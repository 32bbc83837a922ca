"""Commands that read topics say what is no record, and go on."""

import pytest
from typer.testing import CliRunner

from workers.cli import app
from workers.runtime.kafka import readers
from workers.runtime.messaging.ports import Delivery, Headers, Partition

DEEP = 100_000
VALUES = [
    b"[" * DEEP,
    b'{"event_id":' + b'{"a":' * DEEP + b"1" + b"}" * (DEEP + 1),
    b'{"new":' + b"[" * DEEP + b"]" * DEEP + b"}",
    b"\xff\xfe",
]


def delivery(value: bytes | None) -> Delivery:
    headers = Headers([("error-kind", b"RecursionError")])
    return Delivery(Partition("events", 0), 7, b"k", value, headers)


@pytest.mark.parametrize("value", VALUES, ids=len)
def test_a_dead_letter_is_shown_whatever_it_holds(
    value: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "dead_letter", lambda *_: delivery(value))
    result = CliRunner().invoke(
        app, ["dlq", "show", "events/0/7"], catch_exceptions=False
    )
    assert result.exit_code == 0
    assert "error-kind: RecursionError" in result.stdout
    assert value.decode(errors="backslashreplace") in result.stdout


@pytest.mark.parametrize("value", VALUES, ids=len)
@pytest.mark.parametrize(
    "command", [["tail", "events", "--no-wait"], ["export", "events"]], ids=" ".join
)
def test_what_is_no_record_is_named_and_left_out(
    command: list[str], value: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "tail", lambda *_, **__: iter([delivery(value)]))
    result = CliRunner().invoke(app, command, catch_exceptions=False)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "partition 0, offset 7: not a record" in result.stderr
