import hashlib
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="training needs the `stanza` extra")

import torch

from models.training.stanza import package


def test_floats_are_halved_wherever_they_stand() -> None:
    found = package.halved(
        {"model": {"w": torch.ones(2)}, "n": [torch.tensor([1]), 3], "t": (1.5, "x")}
    )
    assert found["model"]["w"].dtype == torch.float16
    assert found["n"][0].dtype == torch.int64
    assert found["t"] == (1.5, "x")


def test_settings_lose_the_paths_of_the_machine() -> None:
    config = {"hidden_dim": 2, "train_file": "/home/x/train.conllu", "lang": "hi"}
    assert package.plain_settings(config) == {
        "hidden_dim": 2,
        "train_file": None,
        "lang": "hi",
    }


def test_the_words_of_the_corpora_come_before_the_frequent_ones() -> None:
    vocabulary = ["<PAD>", "<UNK>", "<EMPTY>", "<ROOT>", "है", "का", "में", "पुतिन"]
    assert package.words_to_keep(vocabulary, ["पुतिन", "किम"], 2) == [0, 1, 2, 3, 4, 7]
    assert package.words_to_keep(vocabulary, [], 9) == list(range(8))
    state = {"_id2unit": vocabulary, "_unit2id": {}, "lang": "hi"}
    pruned = package.pruned_vocabulary(state, [0, 1, 2, 3, 7])
    assert pruned["_id2unit"][4] == "पुतिन"
    assert pruned["_unit2id"]["पुतिन"] == 4
    assert pruned["lang"] == "hi"


def test_word_offsets_go_only_if_they_were_never_trained() -> None:
    def checkpoint(value: float) -> dict[str, dict[str, object]]:
        return {
            "model": {"delta_emb.weight": torch.full((2, 2), value)},
            "vocab": {"delta": {}, "tag": {}},
        }

    idle, trained = checkpoint(0), checkpoint(1)
    package.without_idle_delta(idle)
    package.without_idle_delta(trained)
    assert idle == {"model": {}, "vocab": {"tag": {}}}
    assert set(trained["vocab"]) == {"delta", "tag"}


def test_resources_name_the_vectors_of_each_reader() -> None:
    hindi = package.resources(charlm=False)["hi"]
    assert hindi["packages"]["khabar"]["ner"] == "khabar"
    assert "charlm" not in str(hindi)
    assert hindi["pos"]["khabar"]["dependencies"] == [
        {"model": "pretrain", "package": "khabar"}
    ]
    assert "dependencies" not in hindi["lemma"]["khabar"]
    with_charlm = package.resources(charlm=True)["hi"]
    assert len(with_charlm["ner"]["khabar"]["dependencies"]) == 3
    assert len(with_charlm["pos"]["khabar"]["dependencies"]) == 1


def test_checksums_cover_what_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "hi" / "ner").mkdir(parents=True)
    (tmp_path / "hi" / "ner" / "khabar.pt").write_bytes(b"weights")
    (tmp_path / "resources.json").write_text("{}")
    (tmp_path / "README").write_text("not loaded")
    assert package.checksums(tmp_path).splitlines() == [
        f"{hashlib.sha256(b'weights').hexdigest()}  hi/ner/khabar.pt",
        f"{hashlib.sha256(b'{}').hexdigest()}  resources.json",
    ]
