"""Give the parser tags as wrong as those it will see.

A tagger is nearly perfect on the sentences it was trained on, so a parser trained on
its output there trusts tags too much. A tagger stopped early errs as much on its
training set as on new text; for a share of the sentences its tags replace the gold.
"""

import argparse
import random
from pathlib import Path

from workers.evaluation import conll

TAGS = slice(3, 6)


def mixed(
    gold: list[list[list[str]]],
    predicted: list[list[list[str]]],
    share: float,
    seed: int,
) -> str:
    """Return CoNLL-U with predicted tags in a random share of the sentences."""
    draw = random.Random(seed)  # noqa: S311  reproducible, not secret
    out: list[str] = []
    for right, guessed in zip(gold, predicted, strict=True):
        take = draw.random() < share
        for one, other in zip(right, guessed, strict=True):
            columns = list(one)
            if take:
                columns[TAGS] = other[TAGS]
            out.append("\t".join(columns) + "\n")
        out.append("\n")
    return "".join(out)


def main() -> None:
    """Read the command line and mix."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gold", type=Path, required=True)
    parser.add_argument("--predicted", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--share", type=float, default=0.5)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    args.out.write_text(
        mixed(
            list(conll.read_conllu(args.gold)),
            list(conll.read_conllu(args.predicted)),
            args.share,
            args.seed,
        ),
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
