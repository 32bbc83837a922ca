"""Scores for a person: a table of fractions, and the other figures below it."""

from collections.abc import Iterator, Mapping
from typing import Any

from workers.cli.terminal.console import say
from workers.cli.terminal.tables import plain_table, print_table

_FRACTIONS = ("p", "r", "f1")
_COUNTS = ("gold", "predicted")
_HEADINGS = {"p": "precision", "r": "recall", "f1": "F1"}


def print_scores(report: Mapping[str, Any]) -> None:
    """Print a report, whatever its form: what has an F1 is a row."""
    rows = [*_rows(report, ())]
    if rows:
        columns = [
            name
            for name in (*_FRACTIONS, *_COUNTS)
            if any(name in row for _, row in rows)
        ]
        table = plain_table()
        table.add_column("")
        for name in columns:
            table.add_column(_HEADINGS.get(name, name), justify="right")
        for name, row in rows:
            table.add_row(name, *(_shown(row.get(column)) for column in columns))
        print_table(table)
    for name, figure in _figures(report, ()):
        say(f"{name}: {_shown(figure)}")


def _rows(
    report: Mapping[str, Any], path: tuple[str, ...]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, value in report.items():
        if isinstance(value, Mapping):
            if "f1" in value:
                yield _name((*path, name)), value
            else:
                yield from _rows(value, (*path, name))


def _figures(
    report: Mapping[str, Any], path: tuple[str, ...]
) -> Iterator[tuple[str, Any]]:
    for name, value in report.items():
        if not isinstance(value, Mapping):
            yield _name((*path, name)), value
        elif "f1" not in value:
            yield from _figures(value, (*path, name))


def _name(path: tuple[str, ...]) -> str:
    return " ".join(path).replace("_", " ")


def _shown(figure: object) -> str:
    if figure is None:
        return ""
    return f"{figure:.4f}" if isinstance(figure, float) else str(figure)
