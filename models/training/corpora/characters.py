"""Write the punctuated texts for character language models, one line in fifty held out.

Such models read whole sentences letter by letter; the entity recogniser then sees what
they expect at each word (Akbik et al. 2018). Text without punctuation is left out.
"""

import argparse
import logging
from pathlib import Path

from models.training.corpora.text import PUNCTUATED, prose
from workers.evaluation.treebank import normalise

log = logging.getLogger(__name__)

MODELS = {"forward_charlm": "forward", "backward_charlm": "backward"}
"""Each model, by Stanza's name for it, and the way it reads."""
HELD_OUT = 50
"""One line in so many is for scoring."""


def parts(data: Path) -> tuple[list[str], list[str]]:
    """Return the lines to learn from and those to score on; damaged ones are left out.

    A line that occurs again is taken once, so that none is in both.
    """
    lines = dict.fromkeys(
        text
        for name in PUNCTUATED
        for line in prose(data / "text" / name)
        if (text := normalise(line).strip()) and "\ufffd" not in text
    )
    learned: list[str] = []
    scored: list[str] = []
    for number, line in enumerate(lines, 1):
        (learned if number % HELD_OUT else scored).append(line)
    return learned, scored or learned[-1:]


def main() -> None:
    """Read the command line and write both files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    for name, lines in zip(("train", "dev"), parts(args.data), strict=True):
        text = "".join(line + "\n" for line in lines)
        (args.out / f"characters-{name}.txt").write_text(text, encoding="utf-8")
        log.info("%s: %d lines, %d characters", name, len(lines), len(text))


if __name__ == "__main__":
    main()
