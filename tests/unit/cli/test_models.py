"""`khabar models verify` on the shipped models, whole and damaged."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from workers.cli import app
from workers.cli.models import problems
from workers.stages.nlp.onnx.package import PackageError

MODELS = Path(__file__).parents[3] / "models"


@pytest.fixture
def engine(tmp_path: Path) -> Path:
    """A folder with the engine's package alone."""
    shutil.copytree(MODELS / "engine", tmp_path / "engine")
    return tmp_path


def test_the_shipped_models_are_whole() -> None:
    found = CliRunner().invoke(app, ["models", "verify", "--folder", str(MODELS)])
    assert found.exit_code == 0, found.output
    assert "reproduces Stanza 1.15.0" in found.output


def test_the_engine_s_package_alone_is_enough(engine: Path) -> None:
    assert list(problems(engine)) == []


def test_a_changed_file_is_named(engine: Path) -> None:
    path = engine / "engine" / "names.onnx"
    path.write_bytes(path.read_bytes()[:-1])
    found = CliRunner().invoke(app, ["models", "verify", "--folder", str(engine)])
    assert found.exit_code == 1
    assert "names.onnx: differs" in found.output


def test_a_damaged_model_of_events_is_named(engine: Path) -> None:
    (engine / "events").mkdir()
    assert any("ednil.json" in line for line in problems(engine))
    (engine / "events" / "ednil.json").write_text("{")
    (engine / "events" / "ednil.npz").write_bytes(b"")
    assert any("ednil.json: " in line for line in problems(engine))


def test_models_that_the_package_was_not_made_from_are_named(engine: Path) -> None:
    (engine / "SHA256SUMS").write_text(f"{'0' * 64}  hi/ner/khabar.pt\n")
    lines = list(problems(engine))
    assert any("hi/ner/khabar.pt: No such file" in line for line in lines)
    assert any("made from another hi/ner/khabar.pt" in line for line in lines)


def test_without_a_package_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match=r"No engine models in .*make export"):
        list(problems(tmp_path))
