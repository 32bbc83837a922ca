"""What Stanza made of the texts of our own, stored so that CI needs no Stanza.

`python -m tests.support.quality.stanza_outputs` writes the file anew; it goes with the
models.
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

import msgspec

from tests.support.quality.engine_corpus import HOSTILE, ROOT, seeds
from workers.domain.records import Sentence
from workers.stages.nlp.document import Document, Name
from workers.stages.nlp.onnx.package import read_manifest
from workers.stages.nlp.stanza.engine import StanzaOptions, open_stanza

MODELS = ROOT / "models"
PACKAGE = MODELS / "engine"
STORED = Path(__file__).with_name("stanza-outputs.json.gz")


def read() -> tuple[dict[str, str], list[Document]]:
    """Return the digests of the models that were run, and the documents."""
    content = json.loads(gzip.decompress(STORED.read_bytes()))
    return content["models"], [_document(entry) for entry in content["documents"]]


def _document(entry: dict[str, Any]) -> Document:
    return Document(
        entry["text"],
        msgspec.convert(entry["sentences"], tuple[Sentence, ...]),
        tuple(Name(*fields) for fields in entry["names"]),
    )


def _entry(document: Document) -> dict[str, Any]:
    return {
        "text": document.text,
        "sentences": msgspec.to_builtins(document.sentences),
        "names": [[n.type, n.start, n.end, n.sentence] for n in document.names],
    }


def main() -> None:
    """Run Stanza over the texts, one at a time, and store what it made of them."""
    engine = open_stanza(StanzaOptions(MODELS))
    texts = [*HOSTILE, *seeds()]
    content = {
        "stanza": engine.version,
        "models": read_manifest(PACKAGE).models,
        "documents": [_entry(engine.annotate([text])[0]) for text in texts],
    }
    written = json.dumps(content, separators=(",", ":")).encode()
    STORED.write_bytes(gzip.compress(written, mtime=0))
    sys.stdout.write(f"{STORED.relative_to(ROOT)}: {len(texts)} documents\n")


if __name__ == "__main__":
    main()
