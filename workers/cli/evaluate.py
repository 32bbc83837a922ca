"""`khabar evaluate`: models, entities and events against anyone's gold."""

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workers.cli.annotate import engine_settings, open_engine, open_event_taggers
from workers.cli.terminal.console import CONFIGURATION, Failure, print_error, say_json

if TYPE_CHECKING:
    from workers.ednil.corpus import Mark, MarkedText
    from workers.evaluation.errors import Difference
    from workers.evaluation.event_scores import Item
    from workers.evaluation.marked_types import LeftOut

app = typer.Typer(no_args_is_help=True)

Gold = Annotated[
    Path,
    typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True),
]
Errors = Annotated[
    bool,
    typer.Option(
        "--errors",
        help="Also list on standard error what is missed or false, by sentence.",
    ),
]


Json = Annotated[
    bool, typer.Option("--json", help="JSON on a terminal too; a pipe gets it anyway.")
]


@app.command(epilog="Example:\n\nkhabar evaluate ner my-news.tsv")
def ner(file: Gold, *, json_: Json = False) -> None:
    """Score names: token TAB BIO tag a line, in our labels, IL-NER's or HiNER's."""
    from workers.evaluation import gold

    _print(lambda: gold.ner(open_engine(), file), json_=json_)


@app.command(epilog="Example:\n\nkhabar evaluate syntax hdtb-dev.conll")
def syntax(file: Gold, *, json_: Json = False) -> None:
    """Score tags, lemmas and syntax, on gold words and from raw text.

    A .conll file is read in the Hindi Dependency Treebank's form, a .conllu file as
    it is.
    """
    from workers.evaluation import gold
    from workers.evaluation.treebank_conversion import Conversion

    table = engine_settings().models_dir / "treebank.json"
    try:
        conversion = Conversion.load(table)
    except OSError as error:
        message = f"cannot read {table}, which stands beside the models: {error}"
        raise Failure(message, CONFIGURATION) from error
    _print(lambda: gold.syntax(open_engine(), file, conversion), json_=json_)


@app.command(epilog="Example:\n\nkhabar evaluate tokens pud-dev.conllu")
def tokens(file: Gold, *, json_: Json = False) -> None:
    """Score words and sentences found in the text of a CoNLL-U file."""
    from workers.evaluation import gold

    _print(lambda: gold.tokens(open_engine(), file), json_=json_)


@app.command(
    epilog="Examples:\n\nkhabar evaluate events gold.jsonl\n\n"
    "khabar evaluate events gold.jsonl --errors 2> errors.txt"
)
def events(
    file: Gold,
    *,
    errors: Errors = False,
    reliability: Annotated[
        bool,
        typer.Option(
            "--reliability",
            help="Also write on standard error how often events of a confidence are "
            "right.",
        ),
    ] = False,
    json_: Json = False,
) -> None:
    """Score events and entities on texts with gold, one JSON object a line.

    Each is {"id", "text", "entities": [{"type", "start", "end"}], "events":
    [{"trigger": {"start", "end"}, "type", "polarity", "modality", "arguments":
    [{"role", "start", "end"}]}]}, offsets in code points, end exclusive. Types that
    the gold marks nowhere are left out of the score, and named.
    """
    from workers.evaluation.errors import event_errors

    _print(
        lambda: _scores(
            file, event_errors if errors else None, with_reliability=reliability
        ),
        json_=json_,
    )


@app.command(epilog="Example:\n\nkhabar evaluate entities gold.jsonl --errors")
def entities(file: Gold, *, errors: Errors = False, json_: Json = False) -> None:
    """Score entities on the same files, with the same report as events."""
    from workers.evaluation.errors import entity_errors

    _print(lambda: _scores(file, entity_errors if errors else None), json_=json_)


@app.command(epilog="Example:\n\nkhabar evaluate ednil ednil-dev --errors")
def ednil(
    folder: Annotated[
        Path,
        typer.Argument(metavar="FOLDER", exists=True, file_okay=False, readable=True),
    ],
    *,
    errors: Errors = False,
    json_: Json = False,
) -> None:
    """Score events of disasters and violence on files in EDNIL 2020's form.

    Each file is one document of word-level XML: events with their subtype, and
    arguments. Task 1 asks for events as man-made or natural, task 2 for events by
    subtype, casualties, times, places and reasons.
    """
    from workers.ednil import corpus, scores

    def measure() -> scores.Scores:
        gold = corpus.read_folder(folder)
        found = _marks(gold)
        if errors:
            _list(scores.errors(gold, found))
        return scores.score(gold, found)

    _print(measure, json_=json_, indent=1)


def _marks(gold: "Sequence[MarkedText]") -> "dict[str, tuple[Mark, ...]]":
    """Return what the taggers find in each text, by its id."""
    from workers.ednil.tagger import mark_texts

    bare = [{"id": each.id, "text": each.text} for each in gold]
    found = mark_texts(open_engine(), open_event_taggers(), bare)
    return {each.id: each.marks for each in found}


_Compare = Callable[["Sequence[Item]", "Sequence[Item]"], "Iterable[Difference]"]


def _scores(
    file: Path, compare: _Compare | None, *, with_reliability: bool = False
) -> "Mapping[str, Any]":
    from workers.evaluation import event_scores, gold
    from workers.evaluation.marked_types import only_marked

    items = gold.annotations(file)
    found, left_out = only_marked(items, gold.annotated(open_engine(), items))
    _tell_left_out(left_out)
    if compare is not None:
        _list(compare(items, found))
    if with_reliability:
        _show_reliability(items, found)
    return {**event_scores.score(items, found), "left_out": left_out}


def _tell_left_out(left_out: "LeftOut") -> None:
    counted = [*left_out["entities"].items(), *left_out["events"].items()]
    if counted:
        words = ", ".join(f"{count} {kind}" for kind, count in counted)
        print_error(
            f"Not scored, for the gold marks none of these types: {words} were found."
        )


def _list(differences: "Iterable[Difference]") -> None:
    """Write differences under the sentence that they are in."""
    shown = None
    for each in differences:
        place = each.id, each.sentence
        if place != shown:
            print_error(f"{each.id}: {each.sentence}")
            shown = place
        print_error(f"  {each.words}")


def _show_reliability(items: "Sequence[Item]", found: "Sequence[Item]") -> None:
    from workers.evaluation.calibration import calibration_error, reliability

    bins = reliability(items, found)
    for each in bins:
        print_error(
            f"confidence {each.low:.1f} to {each.high:.1f}: {each.events} events, "
            f"{each.confidence:.2f} claimed, {each.right:.2f} right"
        )
    print_error(f"calibration error {calibration_error(bins):.3f}")


def _print(
    measure: "Callable[[], Mapping[str, Any]]",
    *,
    json_: bool,
    indent: int | None = None,
) -> None:
    """Print the report of *measure*: a table on a terminal, else one JSON object."""
    from workers.evaluation.conll import EvaluationError

    try:
        report = measure()
    except EvaluationError as error:
        raise Failure(str(error)) from error
    if json_ or not sys.stdout.isatty():
        say_json(json.dumps(report, indent=indent))
    else:
        from workers.cli.terminal.scores import print_scores

        print_scores(report)
