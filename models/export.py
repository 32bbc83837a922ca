"""Turn the trained Stanza models into the package that the engine runs.

`python -m models.export` reads `models/hi/*/khabar.pt` and writes `models/engine/`:
networks as ONNX graphs, word vectors, vocabularies, and a manifest with the digest of
every file and of every model it was made from. It knows the networks that we train and
refuses any other by the name of what it does not cover.
"""

import argparse
import gzip
import hashlib
import importlib.metadata
import json
import logging
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from stanza.models.common import utils as stanza_utils
from stanza.models.depparse.head_constraints import DEPREL_TO_GROUP
from stanza.models.pos.tag_columns import DEFAULT_TAG_COLUMNS, tag_columns_to_config
from stanza.models.tokenization import data as stanza_tokens
from stanza.models.tokenization import utils as stanza_masks

from models import graphs
from models.graphs import Weights

log = logging.getLogger(__name__)

FORMAT = 1
STANZA = "1.15.0"
"""The version whose behaviour the engine reproduces."""
PACKAGE = "khabar"
MODELS = ("pretrain", "tokenize", "pos", "lemma", "depparse", "ner")
PREFIX = ["<PAD>", "<UNK>", "<EMPTY>", "<ROOT>"]
FEATURES = [
    "space_before", "capitalized", "numeric", "end_of_para", "start_of_para",
]  # fmt: skip


class NotCoveredError(ValueError):
    """A model has something that the engine does not reproduce."""


class Checkpoint:
    """One trained model: its settings, vocabularies and weights."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        path = folder / "hi" / name / f"{PACKAGE}.pt"
        loaded = torch.load(path, map_location="cpu", weights_only=True)
        self.content: dict[str, Any] = loaded
        self.config: dict[str, Any] = loaded.get("config", {})
        self.vocab: dict[str, Any] = loaded["vocab"]
        self.weights = Weights(loaded.get("model", {}))

    def refuse(self, what: str) -> NotCoveredError:
        """Return the refusal of something in this model."""
        return NotCoveredError(
            f"the engine does not cover {what} of the model {self.name!r}; run that "
            "model with KHABAR_ENTITIES_ENGINE=stanza, or train it without"
        )

    def require(self, **settings: Any) -> None:
        """Refuse settings that are not as given; None stands for unset or off."""
        for key, wanted in settings.items():
            value = self.config.get(key)
            if (value or None) != (wanted or None):
                raise self.refuse(f"{key}={value!r} (only {wanted!r})")

    def units(self, name: str, kind: str, *, lower: bool = False) -> list[str]:
        """Return the units of a plain vocabulary in the order of their rows."""
        state = self.vocab[name]
        known = self.vocab.get("_key2class", {}).get(name, kind)
        if known != kind:
            raise self.refuse(f"the vocabulary {name!r} of kind {known} (only {kind})")
        if bool(state["lower"]) != lower:
            raise self.refuse(f"lower={state['lower']} of the vocabulary {name!r}")
        units = list(state["_id2unit"])
        ignored = state.get("ignore")
        if ignored:  # Stanza reads and writes the one as the row of "empty"
            if list(ignored) != ["_"]:
                raise self.refuse(f"ignore={ignored!r} of the vocabulary {name!r}")
            units[PREFIX.index("<EMPTY>")] = "_"
        return units

    def done(self, *unused: str) -> None:
        """Refuse weights that no graph took; those named do nothing when it runs."""
        left = [
            name
            for name in self.weights.unused()
            if not name.startswith(("drop_replacement", *unused))
        ]
        if left:
            raise self.refuse(f"the weights {', '.join(left)}")


class Exporter:
    """Writes one package, file by file."""

    def __init__(self, models: Path, out: Path) -> None:
        self.models = models
        self.out = out
        self.vocabularies: dict[str, Any] = {}
        vectors = Checkpoint(models, "pretrain")
        self.words = list(vectors.vocab["_id2unit"])
        self.vectors = vectors.content["emb"].numpy()

    def everything(self) -> None:
        """Export all models, and say so in the manifest."""
        self.vector_table()
        self.tokenizer()
        self.tagger()
        self.lemmatizer()
        self.parser()
        self.names()
        self.manifest()

    def vector_table(self) -> None:
        """Write the word vectors so that processes can share their pages."""
        np.save(self.out / "vectors.npy", graphs.halved(self.vectors))
        text = "\n".join(self.words) + "\n"
        if text.splitlines() != self.words:
            raise NotCoveredError("the word vectors hold a word with a line break")
        (self.out / "vectors.txt").write_text(text, encoding="utf-8")

    def tokenizer(self) -> None:
        """Export the model of sentences and words."""
        model = Checkpoint(self.models, "tokenize")
        model.require(
            use_mwt=False, conv_res=None, rnn_layers=1, hierarchical=True,
            use_dictionary=False, charlm=False, charlm_forward_file=None,
            skip_newline=False, feat_funcs=FEATURES,
        )  # fmt: skip
        if not model.config["hier_invtemp"] > 0:
            raise model.refuse(f"hier_invtemp={model.config['hier_invtemp']!r}")
        if str(model.vocab["lang"])[:2] != "hi":
            raise model.refuse(f"the language {model.vocab['lang']!r}")
        graphs.tokenizer(model.weights, model.config).save(self.out / "tokenizer.onnx")
        self.vocabularies["tokenizer"] = {
            "characters": list(model.vocab["_id2unit"]),
            "longest_word": model.config["max_seqlen"],
            "number": stanza_tokens.NUMERIC_RE.pattern,
            "space": stanza_tokens.WHITESPACE_RE.pattern,
            "unbroken": stanza_masks.MASK_RE.pattern,
        }
        model.done()

    def _syntax(self, model: Checkpoint) -> dict[str, Any]:
        """Check what tagger and parser have in common; return their vocabularies."""
        model.require(
            char=True, charlm=False, char_num_layers=1, char_rec_dropout=0,
            char_bidirectional=False, rec_dropout=0, bert_model=None, use_peft=False,
            pretrain=True,
        )  # fmt: skip
        return {
            "characters": model.units("char", "CharVocab"),
            "words": model.units("word", "WordVocab", lower=True),
            "questions": stanza_utils.QUESTION_RE.pattern,
            "exclamations": stanza_utils.EXCLAM_RE.pattern,
        }

    def tagger(self) -> None:
        """Export the model of parts of speech and features."""
        model = Checkpoint(self.models, "pos")
        columns = tag_columns_to_config(DEFAULT_TAG_COLUMNS)
        model.require(share_hid=True, tag_columns=_plain(columns))
        features = model.vocab["feats"]
        if not features["keyed"] or features["sep"] != "|":
            raise model.refuse("features without names")
        self.vocabularies["tagger"] = {
            **self._syntax(model),
            "upos": model.units("upos", "WordVocab"),
            "xpos": model.units("xpos", "WordVocab"),
            "features": [[k, list(v)] for k, v in features["_id2unit"].items()],
        }
        weights = model.weights
        graphs.syntax_words(
            weights, self.vectors.shape[1], ("word", "vector", "spelled")
        ).save(self.out / "tagger-words.onnx")
        graphs.tagger(weights, model.config, len(features["_id2unit"])).save(
            self.out / "tagger.onnx"
        )
        model.done()

    def parser(self) -> None:
        """Export the model of heads and relations."""
        model = Checkpoint(self.models, "depparse")
        kind = model.content.get("model_type", "graph")
        if kind != "graph":
            raise model.refuse(f"the kind {kind!r} of parser (only 'graph')")
        model.require(
            linearization=True, distance=True, use_arc_embedding=False, reversed=False
        )
        for key in ("use_upos", "use_xpos", "use_ufeats"):
            if not model.config.get(key, True):
                raise model.refuse(f"{key}=False")
        relations = model.units("deprel", "WordVocab")
        repaired = sorted(DEPREL_TO_GROUP.keys() & set(relations))
        if repaired:
            raise model.refuse(
                f"the relations {', '.join(repaired)}, whose doubles Stanza repairs,"
            )
        self.vocabularies["parser"] = {
            **self._syntax(model),
            "upos": model.units("upos", "WordVocab"),
            "xpos": model.units("xpos", "WordVocab"),
            "lemmas": model.units("lemma", "WordVocab", lower=True),
            "relations": relations[len(PREFIX) :],
        }
        weights = model.weights
        graphs.syntax_words(
            weights, self.vectors.shape[1], ("vector", "word", "spelled")
        ).save(self.out / "parser-words.onnx")
        graphs.parser(weights, model.config).save(self.out / "parser.onnx")
        graphs.relations(weights).save(self.out / "relations.onnx")
        # never read by Stanza 1.15, see graphs.parser
        model.done("ufeats_emb.")

    def names(self) -> None:
        """Export the model of names."""
        model = Checkpoint(self.models, "ner")
        model.require(
            char=True, charlm=False, char_num_layers=1, char_rec_dropout=0,
            num_layers=1, bert_model=None, use_peft=False, pretrain=True,
            input_transform=True, connect_output_layers=False, lowercase=True,
            char_lowercase=False, predict_tagset=0, scheme="bioes",
        )  # fmt: skip
        tags = model.vocab["tag"]["_id2unit"]
        if len(tags) != 1:
            raise model.refuse(f"{len(tags)} sets of tags")
        if model.vocab["word"]["_id2unit"] != self.words:
            raise model.refuse("word vectors other than the package's")
        weights = model.weights
        extra = "delta_emb.weight" in weights
        self.vocabularies["names"] = {
            "characters": model.units("char", "CharVocab"),
            "words": model.units("delta", "WordVocab", lower=True) if extra else [],
            "tags": next(iter(tags.values())),
        }
        graphs.names_words(weights, self.vectors.shape[1]).save(
            self.out / "names-words.onnx"
        )
        graphs.names(weights).save(self.out / "names.onnx")
        transitions = weights["crits.0._transitions"]
        np.save(self.out / "transitions.npy", graphs.halved(transitions))
        model.done()

    def lemmatizer(self) -> None:
        """Export the dictionary of lemmas and the model that spells the others."""
        model = Checkpoint(self.models, "lemma")
        model.require(
            dict_only=False, ensemble_dict=True, edit=True, copy=True, pos=True,
            charlm=False, attn_type="soft", num_layers=1, beam_size=1,
        )  # fmt: skip
        if model.content.get("contextual"):
            raise model.refuse("the classifiers that see the sentence")
        if model.content.get("dicts_version") != 3:  # noqa: PLR2004 Stanza's number
            raise model.refuse(f"dicts_version={model.content.get('dicts_version')!r}")
        graphs.lemma_encoder(model.weights).save(self.out / "lemma-encoder.onnx")
        graphs.lemma_decoder(model.weights).save(self.out / "lemma-decoder.onnx")
        self.vocabularies["lemmatizer"] = {
            "characters": model.units("char", "Vocab"),
            "tags": model.units("pos", "Vocab"),
            "caseless": bool(model.config.get("caseless")),
            "longest": model.config["max_dec_len"],
        }
        lemmas = json.loads(gzip.decompress(model.content["dicts"]))
        _write_json(self.out / "lemmas.json", lemmas)
        model.done("SOS_tensor")

    def manifest(self) -> None:
        """Write what the package is, and the digests of its files."""
        _write_json(self.out / "vocabularies.json", self.vocabularies)
        sources = [self.models / "hi" / name / f"{PACKAGE}.pt" for name in MODELS]
        content = {
            "format": FORMAT,
            "name": PACKAGE,
            "stanza": importlib.metadata.version("stanza"),
            "models": {
                path.relative_to(self.models).as_posix(): digest(path)
                for path in sources
            },
            "files": {path.name: digest(path) for path in sorted(self.out.iterdir())},
        }
        (self.out / "manifest.json").write_text(
            json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def export(models: Path, out: Path) -> None:
    """Write the package; what stood in its folder before is replaced.

    Raises `NotCoveredError` and leaves the folder as it was where a model has what the
    engine does not reproduce.
    """
    version = importlib.metadata.version("stanza")
    if version != STANZA:
        raise NotCoveredError(
            f"the engine reproduces Stanza {STANZA}, and {version} is installed"
        )
    made = out.with_name(f"{out.name}.new")
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True)
    try:
        Exporter(models, made).everything()
    except BaseException:
        shutil.rmtree(made)
        raise
    shutil.rmtree(out, ignore_errors=True)
    made.rename(out)
    for path in sorted(out.iterdir()):
        log.info("%-24s %7.2f MB", path.name, path.stat().st_size / 1e6)


def _plain(columns: Iterable[Iterable[Any]]) -> list[list[Any]]:
    return [[list(x) if isinstance(x, tuple) else x for x in row] for row in columns]


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    path.write_text(text + "\n", encoding="utf-8")


def main() -> None:
    """Read the command line and export."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--out", type=Path, default=Path("models/engine"))
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        export(args.models, args.out)
    except (NotCoveredError, FileNotFoundError) as error:
        parser.exit(1, f"export: {error}\n")


if __name__ == "__main__":
    main()
