"""`khabar evaluate`: the models against anyone's gold."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from workers.cli.annotate import engine_settings, open_engine
from workers.cli.console import CONFIGURATION, Failure, say

app = typer.Typer(no_args_is_help=True)

Gold = Annotated[
    Path,
    typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True),
]


@app.command(epilog="Example:\n\nkhabar evaluate ner my-news.tsv")
def ner(file: Gold) -> None:
    """Score names: token TAB BIO tag a line, in our labels, IL-NER's or HiNER's."""
    from workers.stages import gold

    _print(lambda: gold.ner(open_engine(), file))


@app.command(epilog="Example:\n\nkhabar evaluate syntax hdtb-dev.conll")
def syntax(file: Gold) -> None:
    """Score tags, lemmas and syntax, on gold words and from raw text.

    A .conll file is read in the Hindi Dependency Treebank's form, a .conllu file as
    it is.
    """
    from workers.stages import gold, treebank

    table = engine_settings().models_dir / "treebank.json"
    try:
        conversion = treebank.Conversion.load(table)
    except OSError as error:
        message = f"cannot read {table}, which stands beside the models: {error}"
        raise Failure(message, CONFIGURATION) from error
    _print(lambda: gold.syntax(open_engine(), file, conversion))


@app.command(epilog="Example:\n\nkhabar evaluate tokens pud-dev.conllu")
def tokens(file: Gold) -> None:
    """Score words and sentences found in the text of a CoNLL-U file."""
    from workers.stages import gold

    _print(lambda: gold.tokens(open_engine(), file))


def _print(measure: Callable[[], Any]) -> None:
    """Print the report of *measure* as one JSON object and nothing else."""
    from workers.stages.evaluation import EvaluationError

    try:
        say(json.dumps(measure()))
    except EvaluationError as error:
        raise Failure(str(error)) from error
