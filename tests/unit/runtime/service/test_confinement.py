"""What a process of a sandbox cannot do, and that nothing of it stays."""

import os
import socket
from contextlib import closing
from pathlib import Path

import pytest

from tests.support import sandbox_functions
from tests.support.waiting import until
from workers.runtime.service import sandbox as sandbox_module
from workers.runtime.service.confinement import clean_environment
from workers.runtime.service.sandbox import Limits, Sandbox

MODULE = sandbox_functions.__name__
LIMITS = Limits(cpu_seconds=5.0, wall_seconds=60.0, memory_bytes=512 * 1024 * 1024)


def test_settings_and_secrets_stay_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KHABAR_KAFKA_SASL_PASSWORD", "secret")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("http_proxy", "http://user:secret@proxy/")
    made = Sandbox[bytes, list[str]](f"{MODULE}:environment", list[str], LIMITS)
    with closing(made):
        names = made.call(b"")
    assert "PATH" in names
    left = clean_environment(dict.fromkeys(names, ""))
    assert {*names} == {*left}


def test_the_network_is_closed_or_that_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[str] = []
    monkeypatch.setattr(
        sandbox_module, "_warn_of_open_network", lambda: said.append("open")
    )
    made = Sandbox[bytes, str](f"{MODULE}:connect", str, LIMITS)
    with closing(made), socket.create_server(("127.0.0.1", 0)) as server:
        result = made.call(f"127.0.0.1:{server.getsockname()[1]}".encode())
    assert (result == "connected") == bool(said)


def test_a_process_has_a_group_of_its_own() -> None:
    made = Sandbox[bytes, list[int]](f"{MODULE}:group", list[int], LIMITS)
    with closing(made):
        own, group, session = made.call(b"")
    assert own == group == session != os.getpgrp()


@pytest.mark.skipif(os.geteuid() != 0, reason="others may start no children at all")
def test_its_children_end_with_it() -> None:
    made = Sandbox[bytes, int](f"{MODULE}:leave_a_child", int, LIMITS)
    with closing(made):
        child = made.call(b"")
        assert _runs(child)
    until(lambda: not _runs(child), "the child has ended")


def _runs(number: int) -> bool:
    try:
        status = Path(f"/proc/{number}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] != "Z"
