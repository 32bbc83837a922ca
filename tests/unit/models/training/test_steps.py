import json
import sys
from pathlib import Path

import pytest

from models.training.steps import Step, StepFailed, run


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


def write(path: Path, text: str = "x") -> tuple[str, ...]:
    return python(f"open({str(path)!r}, 'a').write({text!r})")


def test_runs_each_step_after_its_needs_and_leaves_stamps(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(
        [
            Step("second", write(out, "2"), needs=("first",)),
            Step("first", write(out, "1")),
        ],
        tmp_path,
    )
    assert out.read_text() == "12"
    stamp = json.loads((tmp_path / "stamps" / "first.json").read_text())
    assert stamp["command"] == list(write(out, "1"))
    assert stamp["seconds"] >= 0


def test_a_finished_step_runs_again_only_when_it_changed(tmp_path: Path) -> None:
    out = tmp_path / "out"
    step = Step("one", write(out), outputs=(out,))
    run([step], tmp_path)
    run([step], tmp_path)
    assert out.read_text() == "x"
    run([Step("one", write(out, "y"), outputs=(out,))], tmp_path)
    assert out.read_text() == "xy"
    out.unlink()
    run([Step("one", write(out, "y"), outputs=(out,))], tmp_path)
    assert out.read_text() == "y"


def test_a_failure_names_its_log_and_keeps_what_was_done(tmp_path: Path) -> None:
    out = tmp_path / "out"
    steps = [
        Step("good", write(out)),
        Step("bad", python("raise SystemExit('no such file')"), needs=("good",)),
        Step("never", write(out), needs=("bad",)),
    ]
    with pytest.raises(StepFailed, match=r"'bad' ended with status 1: read .*bad\.log"):
        run(steps, tmp_path)
    assert "no such file" in (tmp_path / "log" / "bad.log").read_text()
    assert out.read_text() == "x"
    assert not (tmp_path / "stamps" / "bad.json").exists()


def test_a_need_that_no_step_meets_is_an_error_not_a_wait(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="lost"):
        run([Step("lost", python(""), needs=("nothing",))], tmp_path)
