"""`khabar settings`: every variable of the environment that is read."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import workers
from workers.cli.terminal.console import say
from workers.fleet.registry import load, names

if TYPE_CHECKING:
    from workers.runtime.service.settings import Setting

_TITLES = {
    "kafka": "Kafka: every worker and command",
    "worker": "Process: every worker",
}


def settings(
    worker: Annotated[
        str | None, typer.Argument(help="Only those of this worker.", metavar="NAME")
    ] = None,
    *,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="As docs/settings.md has them.")
    ] = False,
) -> None:
    """List the settings: variables of the environment, their defaults and meaning."""
    groups = _groups([worker] if worker else names())
    if markdown:
        say(document(groups))
        return
    for title, listed in groups:
        say(title)
        for one in listed:
            default = "secret" if one.secret else _default(one) or "empty"
            say(f"  {one.variable} [{default}]")
            say(f"      {one.summary} ({one.kind})")
        say()


def _groups(listed_workers: list[str]) -> list[tuple[str, list["Setting"]]]:
    """Return the settings by group, those that workers share once."""
    from workers.runtime.service.settings import Kafka, Process, known_settings

    groups = [
        (_TITLES["kafka"], [*known_settings(Kafka, "kafka")]),
        (_TITLES["worker"], [*known_settings(Process, "worker")]),
    ]
    shared: dict[str, Setting] = {}
    own = []
    for name in listed_workers:
        listed = [*known_settings(load(name).settings, name)]
        prefix = f"KHABAR_{name.upper()}_"
        own.append((f"Worker {name}", [s for s in listed if _is_of(s, prefix)]))
        shared |= {s.variable: s for s in listed if not _is_of(s, prefix)}
    if shared:
        groups.append(("HTTP: the workers that fetch", [*shared.values()]))
    return [*groups, *own]


def _default(setting: "Setting") -> str:
    """Return the default; a path inside the checkout is given from there."""
    root = f"{Path(workers.__file__).parents[1]}{os.sep}"
    return setting.default.removeprefix(root)


def _is_of(setting: "Setting", prefix: str) -> bool:
    return setting.variable.startswith(prefix)


def document(groups: list[tuple[str, list["Setting"]]]) -> str:
    """Return the settings as a page of Markdown."""
    return "\n".join(_page(groups))


def _page(groups: list[tuple[str, list["Setting"]]]) -> Iterator[str]:
    yield "# Settings"
    yield ""
    yield (
        "Written by `khabar settings --markdown`. A worker reads its environment once,"
        " at start; a name that nobody knows or a value of the wrong kind ends the"
        " start with exit status 78 and the variable's name. Every variable has a twin"
        " with `_FILE` at its end that names a file to read the value from, for"
        " secrets. Lists are separated by commas."
    )
    for title, listed in groups:
        yield ""
        yield f"## {title}"
        yield ""
        yield "| variable | default | meaning |"
        yield "|---|---|---|"
        for one in listed:
            default = "(secret)" if one.secret else f"`{_default(one) or ' '}`"
            kind = f"{one.kind[0].upper()}{one.kind[1:]}"
            meaning = f"{one.summary} {kind}.".replace("|", "\\|")
            yield f"| `{one.variable}` | {default} | {meaning} |"
