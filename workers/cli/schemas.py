"""`khabar schemas`: write the contract's files, or check them."""

from pathlib import Path
from typing import Annotated

import typer

from workers.cli.terminal.console import say

app = typer.Typer(no_args_is_help=True)

Folder = Annotated[
    Path, typer.Option("--folder", help="Folder of the contract's files.")
]
_DEFAULT_FOLDER = Path("schemas")


@app.command(
    epilog="Examples:\n\nkhabar schemas write\n\nkhabar schemas write --release"
)
def write(
    *,
    folder: Folder = _DEFAULT_FOLDER,
    release: Annotated[
        bool,
        typer.Option("--release", help="Also make them the released version."),
    ] = False,
) -> None:
    """Write the JSON Schemas and the AsyncAPI document from the records."""
    from workers.contract import files

    written = 0
    for name, content in files.generated_files():
        places = [folder / name]
        if release and name != files.ASYNCAPI_FILE:
            places.append(folder / files.RELEASED_FOLDER / name)
        for place in places:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(content, encoding="utf-8")
            written += 1
    say(f"{written} files written to {folder}")


@app.command(epilog="Example:\n\nkhabar schemas check")
def check(*, folder: Folder = _DEFAULT_FOLDER) -> None:
    """Check that files and examples fit the records, and the records the release.

    Exit status 1 where they do not.
    """
    from workers.contract import files

    problems = [
        *files.drift(folder),
        *files.bad_examples(folder),
        *files.incompatibilities(folder),
    ]
    for problem in problems:
        say(problem)
    if problems:
        raise typer.Exit(1)
    say(f"{folder}: in step with the records, and compatible with the release")
