"""Prepare the corpora: trees as CoNLL-U, names as JSON, text for the tokenizer."""

import argparse
import json
import logging
import random
from collections import Counter, defaultdict
from pathlib import Path

from models.training.corpora import augment, entities, gazetteer, tokenization
from workers.evaluation import conll, treebank
from workers.evaluation.treebank_conversion import Conversion, Inventory, UniversalTags

log = logging.getLogger(__name__)


def syntax(data: Path, out: Path) -> None:
    """Write `train.conllu` and `dev.conllu` in the treebank's relations."""
    raw = {
        part: list(treebank.read(data / "syntax" / f"hdtb-{part}.conll"))
        for part in ("train", "dev")
    }
    trees = {
        part: [(tree, treebank.without_null(tree)) for tree in raw[part]]
        for part in raw
    }
    conversion = Conversion(
        Inventory.of(tree for _, tree in trees["train"]),
        UniversalTags.learn(
            (tree for _, tree in trees["dev"]),
            conll.read_conllu(data / "syntax" / "ud12-dev.conllu"),
        ),
    )
    conversion.save(out / "treebank.json")
    for part, pairs in trees.items():
        kept = repaired = 0
        with (out / f"{part}.conllu").open("w", encoding="utf-8") as file:
            for number, (before, tree) in enumerate(pairs, 1):
                if not tree or not treebank.is_tree(tree):
                    continue
                changed = len(before) != len(tree)
                kept += 1
                repaired += changed
                file.write(
                    conversion.conllu(tree, f"{part}-{number}", repaired=changed)
                )
        log.info(
            "%s: %d trees of %d, %d without NULL", part, kept, len(pairs), repaired
        )
    text, labels = tokenization.training_text(
        (tree for _, tree in trees["train"] if tree), seed=1
    )
    (out / "tokens-train.txt").write_text(text, encoding="utf-8")
    (out / "tokens-train.labels").write_text(labels, encoding="utf-8")


def lemmas(out: Path, words_a_sentence: int = 25) -> None:
    """Write `lemmas.conllu`: each form and tag once, with its most frequent lemma.

    The lemmatizer sees words without context, so running text would only show it the
    same pairs again. It takes the first of equally frequent lemmas of a form, hence
    the order by frequency.
    """
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for rows in conll.read_conllu(out / "train.conllu"):
        for row in rows:
            counts[row[1], row[3]][row[2]] += 1
    order = sorted(counts, key=lambda key: (-counts[key].total(), key))
    with (out / "lemmas.conllu").open("w", encoding="utf-8") as file:
        for number, (form, upos) in enumerate(order):
            lemma = counts[form, upos].most_common(1)[0][0]
            place = number % words_a_sentence
            if number and not place:
                file.write("\n")
            head, relation = (1, "dep") if place else (0, "root")
            columns = (place + 1, form, lemma, upos, "_", "_", head, relation, "_", "_")
            file.write("\t".join(map(str, columns)) + "\n")
        file.write("\n")
    log.info("lemmas: %d pairs of form and tag", len(order))


def development_tokens(data: Path, out: Path) -> None:
    """Write text, labels and gold of pud-dev, which has the spacing of the press."""
    gold, texts, labels = [], [], []
    pending: list[tokenization.Sentence] = []
    for rows in conll.read_conllu(data / "syntax" / "pud-dev.conllu"):
        forms = tuple(treebank.normalise(row[1]) for row in rows)
        spaces = tuple("SpaceAfter=No" not in row[9] for row in rows)
        pending.append(tokenization.Sentence(forms, spaces))
        for i, row in enumerate(rows):
            row[1], row[8] = forms[i], "_"
            row[9] = "_" if spaces[i] else "SpaceAfter=No"
        gold.append("\n".join("\t".join(row) for row in rows) + "\n\n")
    for start in range(0, len(pending), 4):
        text, label = tokenization.paragraph(pending[start : start + 4])
        texts.append(text)
        labels.append(label)
    (out / "tokens-dev.conllu").write_text("".join(gold), encoding="utf-8")
    (out / "tokens-dev.txt").write_text("\n\n".join(texts) + "\n\n", encoding="utf-8")
    (out / "tokens-dev.labels").write_text("\n\n".join(labels) + "\n\n")
    (out / "tokens-mwt.json").write_text("[]")


def names(data: Path, out: Path, seed: int, swapped_share: float) -> None:
    """Write the mixed entity corpus and each development set by itself.

    `swapped_share` of the training sentences with names come a second time with other
    names.
    """
    folder = data / "entities"
    train = entities.training(
        entities.read(folder / "il-ner-train.tsv"),
        entities.read(folder / "hiner-train.tsv"),
    )
    listed = {
        "LOC": gazetteer.places(data / "gazetteer"),
        "PER": gazetteer.people(data / "gazetteer"),
    }
    train += augment.augmented(train, listed, swapped_share, seed)
    random.Random(seed).shuffle(train)  # noqa: S311  reproducible, not secret
    il_ner = list(entities.read(folder / "il-ner-dev.tsv"))
    hiner = list(entities.read(folder / "hiner-dev.tsv"))
    parts = {
        "names-train": train,
        "names-il-ner-dev": il_ner,
        "names-hiner-dev": hiner,
        # A quarter of each is enough to watch the training by.
        "names-dev": il_ner[::4] + hiner[::4],
    }
    for name, sentences in parts.items():
        with (out / f"{name}.json").open("w", encoding="utf-8") as file:
            json.dump(entities.as_stanza(sentences), file, ensure_ascii=False)
        log.info("%s: %d sentences", name, len(sentences))


def main() -> None:
    """Read the command line and prepare everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--swapped-share", type=float, default=0.15)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    args.out.mkdir(parents=True, exist_ok=True)
    syntax(args.data, args.out)
    lemmas(args.out)
    development_tokens(args.data, args.out)
    names(args.data, args.out, args.seed, args.swapped_share)


if __name__ == "__main__":
    main()
