"""The engine makes of every text what Stanza makes of it."""

from __future__ import annotations

import hashlib
import itertools
import json
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.quality import stanza_outputs
from tests.support.quality.engine_corpus import corpus, differences, seeds
from tests.support.quality.stanza_outputs import MODELS, PACKAGE
from workers.stages.nlp.document import Document
from workers.stages.nlp.onnx.engine import EngineOptions, OnnxEngine, open_engine
from workers.stages.nlp.onnx.package import (
    MANIFEST,
    NETWORKS,
    TRANSITIONS,
    VECTORS,
    PackageError,
    open_package,
    read_manifest,
)
from workers.stages.nlp.stanza.engine import StanzaOptions, open_stanza


@pytest.fixture(scope="module")
def engine() -> OnnxEngine:
    return open_engine(EngineOptions(PACKAGE))


@pytest.fixture(scope="module")
def stored() -> list[Document]:
    return stanza_outputs.read()[1]


def all_differences(engine: OnnxEngine, documents: list[Document]) -> list[str]:
    found = engine.annotate([document.text for document in documents])
    return [
        line
        for one, other in zip(documents, found, strict=True)
        for line in differences(one, other)
    ]


def test_the_stored_outputs_are_of_the_package_s_models() -> None:
    models, _ = stanza_outputs.read()
    assert models == read_manifest(PACKAGE).models, (
        "models changed: run `make export`, which stores Stanza's outputs too"
    )


def test_the_stored_outputs_are_of_many_words(stored: list[Document]) -> None:
    assert len(stored) > 50
    assert sum(len(s.tokens) for d in stored for s in d.sentences) > 5000
    assert sum(len(d.names) for d in stored) > 500


def test_no_field_differs_from_stanza_s(
    engine: OnnxEngine, stored: list[Document]
) -> None:
    assert all_differences(engine, stored) == []


def test_a_changed_field_is_noticed(stored: list[Document]) -> None:
    one = next(document for document in stored if document.names)
    other = Document(one.text, one.sentences, one.names[1:])
    assert differences(one, other)
    assert differences(one, Document(one.text, one.sentences[1:], one.names))
    assert not differences(one, Document(one.text, one.sentences, one.names))


# --- damage ----------------------------------------------------------------------


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PACKAGE, tmp_path / "engine"))


def damage(path: Path) -> None:
    """Put zeros into the middle third of a file."""
    content = bytearray(path.read_bytes())
    third = len(content) // 3
    content[third : 2 * third] = bytes(third)
    path.write_bytes(content)


def vouch_for(path: Path) -> None:
    """Make the manifest agree with a file, as if it had been exported so."""
    manifest = path.with_name(MANIFEST)
    content = json.loads(manifest.read_bytes())
    content["files"][path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
    manifest.write_text(json.dumps(content), encoding="utf-8")


FILES = [*(f"{name}.onnx" for name in NETWORKS), TRANSITIONS, VECTORS]


@pytest.mark.parametrize("name", [*FILES, "lemmas.json", "vectors.txt"])
def test_a_damaged_file_is_refused_by_name(copied: Path, name: str) -> None:
    damage(copied / name)
    with pytest.raises(PackageError, match=name):
        open_package(copied)


@pytest.mark.parametrize("name", FILES)
def test_damage_that_the_manifest_hides_shows_as_a_difference(
    copied: Path, stored: list[Document], name: str
) -> None:
    damage(copied / name)
    vouch_for(copied / name)
    try:
        broken = open_engine(EngineOptions(copied))
    except Exception as error:  # noqa: BLE001  onnxruntime's own, of no common kind
        assert "onnx" in repr(error).lower(), error  # noqa: PT017
        return
    assert all_differences(broken, stored[-20:])


def test_a_missing_file_is_refused_by_name(copied: Path) -> None:
    (copied / "parser.onnx").unlink()
    with pytest.raises(PackageError, match=r"parser\.onnx"):
        open_package(copied)


def test_a_package_of_another_format_is_refused(copied: Path) -> None:
    manifest = copied / MANIFEST
    content = json.loads(manifest.read_bytes())
    manifest.write_text(json.dumps({**content, "format": 99}), encoding="utf-8")
    with pytest.raises(PackageError, match="format 99"):
        open_package(copied)


# --- what must not matter --------------------------------------------------------

TEXTS = [*itertools.islice(seeds(), 6), "", "क्या??! " * 50, "राम घर गया।"]


@pytest.fixture(scope="module")
def alone(engine: OnnxEngine) -> list[Document]:
    return [engine.annotate([text])[0] for text in TEXTS]


@given(
    order=st.lists(st.integers(0, len(TEXTS) - 1), min_size=1, max_size=6),
    cuts=st.sets(st.integers(1, 5)),
    batch_characters=st.sampled_from([1, 300, 2000, 50_000]),
    cache_size=st.sampled_from([0, 20, 20_000]),
)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_order_company_and_cache_do_not_change_a_document(
    alone: list[Document],
    order: list[int],
    cuts: set[int],
    batch_characters: int,
    cache_size: int,
) -> None:
    engine = open_engine(
        EngineOptions(PACKAGE, batch_characters=batch_characters, cache_size=cache_size)
    )
    bounds = [0, *sorted(cut for cut in cuts if cut < len(order)), len(order)]
    found = [
        document
        for start, end in itertools.pairwise(bounds)
        for document in engine.annotate([TEXTS[n] for n in order[start:end]])
    ]
    for number, document in zip(order, found, strict=True):
        assert differences(alone[number], document) == []


# --- in full ---------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.models
def test_no_field_differs_on_hundreds_of_documents(engine: OnnxEngine) -> None:
    """Needs Stanza and the data; `make engine-diff` runs it."""
    pytest.importorskip("stanza")
    kinds = corpus()
    if len(kinds) == 2:
        pytest.skip("the data of ../shared/data is not here")
    reference = open_stanza(StanzaOptions(MODELS))
    texts = [text for some in kinds.values() for text in some]
    assert len(texts) >= 500
    expected = [reference.annotate([text])[0] for text in texts]
    assert all_differences(engine, expected) == []
