import hashlib
import os
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from workers.cli.doctor import clock, machine
from workers.cli.doctor.finding import Finding, Verdict


def only(findings: Iterable[Finding]) -> Finding:
    (finding,) = findings
    return finding


def test_this_python_will_do_and_an_old_one_will_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert only(machine.python()).verdict is Verdict.GOOD
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    finding = only(machine.python())
    assert finding.verdict is Verdict.BAD
    assert "3.9.2" in finding.text
    assert "make setup" in finding.text


def test_missing_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = ["msgspec>=0.20", "no-such-thing>=1", 'no-such-extra; extra == "stanza"']
    monkeypatch.setattr("importlib.metadata.requires", lambda _: wanted)
    bad, warning = machine.packages()
    assert bad.verdict is Verdict.BAD
    assert bad.text.startswith("no-such-thing missing")
    assert warning.verdict is Verdict.WARNING
    assert warning.text.startswith("no-such-extra missing")


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stanza's files in miniature."""
    (tmp_path / "resources.json").write_text("{}")
    digest = hashlib.sha256(b"{}").hexdigest()
    (tmp_path / "SHA256SUMS").write_text(f"{digest}  resources.json\n")
    monkeypatch.setenv("KHABAR_ENTITIES_MODELS_DIR", str(tmp_path))
    monkeypatch.setenv("KHABAR_ENTITIES_ENGINE", "stanza")
    return tmp_path


def test_whole_models_are_good(models: Path) -> None:
    finding = only(machine.models())
    assert finding.verdict is Verdict.GOOD
    assert str(models) in finding.text


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda folder: (folder / "resources.json").write_text("{ }"), "differs"),
        (lambda folder: (folder / "resources.json").unlink(), "none in"),
    ],
    ids=["changed", "missing"],
)
def test_damaged_models_are_bad(models: Path, damage: object, words: str) -> None:
    assert callable(damage)
    damage(models)
    finding = only(machine.models())
    assert finding.verdict is Verdict.BAD
    assert words in finding.text


def test_a_wrong_setting_is_what_is_bad(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KHABAR_ENTITIES_ENGINE", "steam")
    finding = only(machine.models())
    assert finding.verdict is Verdict.BAD
    assert "KHABAR_ENTITIES_ENGINE='steam'" in finding.text


def test_the_shipped_models_are_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("KHABAR_")]:
        monkeypatch.delenv(name)
    finding = only(machine.models())
    assert finding.verdict is Verdict.GOOD, finding.text


@pytest.mark.parametrize(
    ("now", "synchronised", "verdict"),
    [
        (0.0, True, Verdict.BAD),
        (time.time() + 86400, True, Verdict.GOOD),
        (time.time() + 86400, None, Verdict.GOOD),
        (time.time() + 86400, False, Verdict.WARNING),
    ],
)
def test_the_clock_is_judged(
    monkeypatch: pytest.MonkeyPatch,
    *,
    now: float,
    synchronised: bool | None,
    verdict: Verdict,
) -> None:
    monkeypatch.setattr(time, "time", lambda: now)
    monkeypatch.setattr(clock, "_kernel_says_synchronised", lambda: synchronised)
    assert only(clock.clock()).verdict is verdict
