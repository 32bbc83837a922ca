"""Learn word vectors over all the text there is and store them as Stanza reads them.

Vectors with subwords (fastText) place rare and inflected words by their spelling;
what is stored is one row a word, so nothing of that is paid for at run time.
"""

import argparse
import logging
import random
from collections.abc import Iterable, Iterator
from pathlib import Path

import torch
from gensim.models import FastText, Word2Vec
from stanza.models.common.pretrain import PretrainedWordVocab

from models.training.corpora import entities, gazetteer, text
from workers.evaluation import treebank

log = logging.getLogger(__name__)


def sentences(data: Path, literature_words: int, seed: int) -> Iterator[list[str]]:
    """Yield the words of every training text, none of any development set.

    `literature_words` bounds the prose without punctuation, of which a random part
    is taken, because it is ten times as large as the news.
    """
    for name in text.PUNCTUATED:
        for line in text.prose(data / "text" / name):
            yield text.words(line)
    for tree in treebank.read(data / "syntax" / "hdtb-train.conll"):
        yield [word.form for word in treebank.without_null(tree)]
    for name in ("il-ner-train.tsv", "hiner-train.tsv"):
        for tagged in entities.read(data / "entities" / name):
            yield [token for token, _ in tagged]
    literature = list(text.prose(data / "text" / "literature-without-punctuation.txt"))
    random.Random(seed).shuffle(literature)  # noqa: S311  a sample, not a secret
    taken = 0
    for line in literature:
        if taken >= literature_words:
            return
        found = text.words(line)
        taken += len(found)
        yield found


def gazetteer_words(folder: Path) -> set[str]:
    """Return the words of the names of places and people that the news may bring."""
    names = gazetteer.places(folder) + gazetteer.people(folder)
    return {word for name in names for word in name}


def write_corpus(data: Path, path: Path, literature_words: int, seed: int) -> int:
    """Write one sentence a line, words parted by spaces; return the word count."""
    count = 0
    with path.open("w", encoding="utf-8") as out:
        for sentence in sentences(data, literature_words, seed):
            if sentence:
                out.write(" ".join(sentence) + "\n")
                count += len(sentence)
    return count


def learn(
    corpus: Path,
    *,
    extra: Iterable[str] = (),
    subwords: bool,
    dimensions: int,
    vocabulary: int,
    epochs: int,
    threads: int,
    seed: int,
) -> tuple[list[str], torch.Tensor]:
    """Train skip-gram vectors; return the words, most frequent first, and rows.

    `extra` words that the corpus lacks get vectors from their subwords, at the end.
    """
    settings = {
        "corpus_file": str(corpus),
        "vector_size": dimensions,
        "sg": 1,
        "window": 5,
        "negative": 5,
        "sample": 1e-4,
        "min_count": 2,
        "max_final_vocab": vocabulary,
        "epochs": epochs,
        "workers": threads,
        "seed": seed,
    }
    if subwords:
        model = FastText(**settings, min_n=3, max_n=5, bucket=200_000)
    else:
        model = Word2Vec(**settings)
    known = list(model.wv.index_to_key)
    unseen = sorted(set(extra) - set(known)) if subwords else []
    rows = torch.tensor(model.wv.vectors, dtype=torch.float32)
    if unseen:
        made = torch.stack([torch.tensor(model.wv[word]) for word in unseen])
        rows = torch.cat([rows, made.to(torch.float32)])
    return known + unseen, rows


def save(path: Path, vocabulary: list[str], rows: torch.Tensor) -> None:
    """Write the vectors as Stanza's pretrain file."""
    vocab = PretrainedWordVocab(vocabulary)
    prefix = torch.zeros(len(vocab) - len(vocabulary), rows.shape[1])
    torch.save(
        {"vocab": vocab.state_dict(), "emb": torch.cat([prefix, rows])},
        path,
        _use_new_zipfile_serialization=False,
    )


def main() -> None:
    """Read the command line and make the vectors."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="the .pt file to write")
    parser.add_argument("--subwords", action="store_true")
    parser.add_argument("--literature-words", type=int, default=20_000_000)
    parser.add_argument("--dimensions", type=int, default=100)
    parser.add_argument("--vocabulary", type=int, default=100_000)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    logging.getLogger("gensim").setLevel(logging.WARNING)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    corpus = args.out.with_suffix(".txt")
    count = write_corpus(args.data, corpus, args.literature_words, args.seed)
    log.info("corpus of %d words in %s", count, corpus)
    vocabulary, rows = learn(
        corpus,
        extra=gazetteer_words(args.data / "gazetteer"),
        subwords=args.subwords,
        dimensions=args.dimensions,
        vocabulary=args.vocabulary,
        epochs=args.epochs,
        threads=args.threads,
        seed=args.seed,
    )
    save(args.out, vocabulary, rows)
    log.info(
        "%d words of %d dimensions in %s", len(vocabulary), rows.shape[1], args.out
    )


if __name__ == "__main__":
    main()
