"""Measure a package on the development sets and write one JSON report.

Names are scored on each corpus's own tokens and on raw news, syntax on gold tokens and
from raw text, tokens on text with the spacing of the press. Loading is timed in a
process of its own.
"""

import argparse
import json
import logging
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import stanza
import torch
from stanza.models.common import utils as stanza_utils

from models.training.corpora import entities
from workers.evaluation import conll
from workers.evaluation.conll import Row, Sentence
from workers.evaluation.fractions import prf
from workers.evaluation.ner_scores import NerScores, score_ner
from workers.evaluation.syntax_scores import (
    score_relations,
    score_syntax,
    score_syntax_raw,
)
from workers.evaluation.token_scores import TokenScores, score_tokens

log = logging.getLogger(__name__)

PACKAGE = "khabar"
SYNTAX = "tokenize,pos,lemma,depparse"
WATCHED = (
    "root", "k1", "k2", "k4", "k7", "k7p", "k7t", "pof", "r6", "ccof", "k1s", "rt",
    "nmod__relc",
)  # fmt: skip
LOADING = """
import sys, time
import torch, stanza
from stanza.models.common import utils
if sys.argv[2] == "predict":
    utils.get_optimizer = lambda *a, **k: None
    utils.get_split_optimizer = lambda *a, **k: {}
began = time.process_time()
stanza.Pipeline("hi", dir=sys.argv[1], package="khabar", download_method=None,
    processors="tokenize,pos,lemma,depparse,ner", use_gpu=False, logging_level="ERROR")
print(time.process_time() - began)
"""


def pipeline(models: Path, processors: str, *, pretokenized: bool) -> Any:
    """Load processors of the package, on the CPU, without the network."""
    # Stanza makes an optimizer even to predict, and that alone loads for seconds.
    stanza_utils.get_optimizer = lambda *_, **__: None
    stanza_utils.get_split_optimizer = lambda *_, **__: {}
    return stanza.Pipeline(
        "hi",
        dir=str(models),
        package=PACKAGE,
        processors=processors,
        tokenize_pretokenized=pretokenized,
        download_method=None,
        use_gpu=False,
        logging_level="ERROR",
    )


def rows_of(sentence: Any) -> list[Row]:
    """Return Stanza's words as rows."""
    return [
        Row(
            form=word.text,
            lemma=word.lemma or "_",
            upos=word.upos or "_",
            xpos=word.xpos or "_",
            feats=word.feats or "_",
            head=word.head,
            relation=word.deprel,
        )
        for word in sentence.words
    ]


def paragraphs(sentences: Sequence[Sentence], size: int = 4) -> list[str]:
    """Return the text of the sentences, a few to a paragraph."""
    return [
        conll.text_of(sentences[i : i + size]) for i in range(0, len(sentences), size)
    ]


def syntax(models: Path, gold: Path) -> dict[str, Any]:
    """Score syntax on gold tokens and from raw text, and the relations to watch."""
    sentences = list(conll.read_trees(gold))
    trees = [sentence.rows for sentence in sentences]
    parse = pipeline(models, SYNTAX, pretokenized=True)
    guessed = [
        rows_of(s) for s in parse([[r.form for r in t] for t in trees]).sentences
    ]
    by_relation = score_relations(trees, guessed)
    read = pipeline(models, SYNTAX, pretokenized=False)
    raw = [
        rows_of(sentence)
        for document in read.bulk_process(paragraphs(sentences))
        for sentence in document.sentences
    ]
    return {
        "gold_tokens": score_syntax(trees, guessed),
        "raw": score_syntax_raw(trees, raw),
        "relations": {
            name: by_relation[name] for name in WATCHED if name in by_relation
        },
    }


def tokens(models: Path, gold: Path) -> TokenScores:
    """Score words and sentences from raw text."""
    sentences = list(conll.read_trees(gold))
    cut = pipeline(models, "tokenize", pretokenized=False)
    guessed = [
        [word.text for word in sentence.words]
        for document in cut.bulk_process(paragraphs(sentences))
        for sentence in document.sentences
    ]
    return score_tokens(
        [[row.form for row in sentence.rows] for sentence in sentences], guessed
    )


def names(models: Path, gold: Path) -> NerScores:
    """Score names on the tokens of a corpus."""
    sentences = list(entities.read(gold))
    find = pipeline(models, "tokenize,ner", pretokenized=True)
    document = find([[token for token, _ in rows] for rows in sentences])
    return score_ner(
        [[tag for _, tag in rows] for rows in sentences],
        [[token.ner for token in sentence.tokens] for sentence in document.sentences],
    )


def news(models: Path, gold: Path) -> dict[str, Any]:
    """Score names in raw news by exact span and type, per type."""
    lines = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines()]
    find = pipeline(models, "tokenize,ner", pretokenized=False)
    right: dict[str, int] = {}
    guessed: dict[str, int] = {}
    true: dict[str, int] = {}
    documents = find.bulk_process([line["text"] for line in lines])
    for line, document in zip(lines, documents, strict=True):
        one = {(e["type"], e["start"], e["end"]) for e in line["entities"]}
        other = {(e.type, e.start_char, e.end_char) for e in document.ents}
        for counts, found in ((right, one & other), (guessed, other), (true, one)):
            for kind, _, _ in found:
                counts[kind] = counts.get(kind, 0) + 1
    return {
        kind: prf(right.get(kind, 0), guessed.get(kind, 0), true.get(kind, 0))
        for kind in conll.ENTITY_TYPES
        if kind in true
    }


def loading(models: Path) -> dict[str, float]:
    """Return the CPU seconds to load the package, without the imports before."""
    return {
        mode: round(
            float(
                subprocess.run(
                    [sys.executable, "-c", LOADING, str(models), mode],
                    check=True,
                    capture_output=True,
                    text=True,
                ).stdout
            ),
            2,
        )
        for mode in ("predict", "as_is")
    }


def main() -> None:
    """Read the command line and measure what there is gold for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--prepared", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--report", type=Path, required=True)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(1)
    folder: Path = args.data / "entities"
    gold: Path = args.data.parent / "gold"
    report: dict[str, Any] = {
        "loading_cpu_seconds": loading(args.models),
        "tokens pud-dev": tokens(args.models, args.prepared / "tokens-dev.conllu"),
        "syntax hdtb-dev": syntax(args.models, args.prepared / "dev.conllu"),
        "names il-ner-dev": names(args.models, folder / "il-ner-dev.tsv"),
        "names hiner-dev": names(args.models, folder / "hiner-dev.tsv"),
    }
    for name in ("news-dev", "seed-article"):
        if (gold / f"{name}.jsonl").exists():
            report[f"names {name}"] = news(args.models, gold / f"{name}.jsonl")
    args.report.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
