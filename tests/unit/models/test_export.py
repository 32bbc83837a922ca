"""What the exporter refuses, by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="exporting needs the `stanza` extra")
pytest.importorskip("onnx", reason="exporting needs the packages of training")

from models.export import NotCoveredError, digest, export  # noqa: E402
from workers.stages.nlp.onnx.package import (  # noqa: E402
    REQUIRED,
    differences,
    open_package,
    read_manifest,
)

MODELS = Path(__file__).parents[3] / "models"


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("models") / "engine"
    export(MODELS, out)
    return out


def test_a_package_is_whole_and_says_what_it_was_made_from(exported: Path) -> None:
    manifest = read_manifest(exported)
    assert differences(exported, manifest.files) == []
    assert manifest.files.keys() == REQUIRED
    assert manifest.models["hi/ner/khabar.pt"] == digest(MODELS / "hi/ner/khabar.pt")
    assert open_package(exported).manifest == manifest


def test_the_shipped_package_is_what_the_exporter_makes(exported: Path) -> None:
    assert read_manifest(exported) == read_manifest(MODELS / "engine")


def setting(key: str, value: object) -> Callable[[dict[str, Any]], None]:
    def change(checkpoint: dict[str, Any]) -> None:
        checkpoint["config"][key] = value

    return change


def add_weight(checkpoint: dict[str, Any]) -> None:
    checkpoint["model"]["extra.weight"] = torch.zeros(2, 2)


def add_relation(checkpoint: dict[str, Any]) -> None:
    units = checkpoint["vocab"]["deprel"]["_id2unit"]
    units[-1] = "nsubj"


def ignore_units(checkpoint: dict[str, Any]) -> None:
    checkpoint["vocab"]["xpos"]["ignore"] = ["NN"]


@pytest.mark.parametrize(
    ("model", "change", "words"),
    [
        ("tokenize", setting("use_mwt", value=True), "use_mwt=True"),
        ("tokenize", setting("feat_funcs", ["space_before"]), "feat_funcs"),
        ("pos", setting("share_hid", value=False), "share_hid=False"),
        ("pos", setting("charlm", value=True), "charlm=True"),
        ("pos", ignore_units, "ignore"),
        ("lemma", setting("beam_size", 5), "beam_size=5"),
        ("depparse", setting("use_arc_embedding", value=True), "use_arc_embedding"),
        ("depparse", add_relation, "nsubj"),
        ("ner", setting("num_layers", 2), "num_layers=2"),
        ("ner", add_weight, "extra.weight"),
    ],
)
def test_what_is_not_covered_is_refused_by_name(
    tmp_path: Path,
    model: str,
    change: Callable[[dict[str, Any]], None],
    words: str,
) -> None:
    for source in (MODELS / "hi").glob("*/khabar.pt"):
        copy = tmp_path / "hi" / source.parent.name / source.name
        copy.parent.mkdir(parents=True)
        copy.symlink_to(source)
    path = tmp_path / "hi" / model / "khabar.pt"
    checkpoint = torch.load(path, weights_only=True)
    change(checkpoint)
    path.unlink()
    torch.save(checkpoint, path)
    before = tmp_path / "engine"
    before.mkdir()
    with pytest.raises(NotCoveredError, match=words) as refusal:
        export(tmp_path, before)
    assert f"model '{model}'" in str(refusal.value)
    assert "KHABAR_ENTITIES_ENGINE=stanza" in str(refusal.value)
    assert before.is_dir(), "the package that stood there is kept"


def test_another_stanza_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.metadata.version", lambda _: "9.9.9")
    with pytest.raises(NotCoveredError, match=r"1\.15\.0, and 9\.9\.9"):
        export(MODELS, tmp_path / "engine")
    assert not (tmp_path / "engine").exists()
