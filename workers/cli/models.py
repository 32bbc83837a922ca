"""`khabar models`: whether the models are whole, and what they are."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from workers.cli.terminal.console import say

app = typer.Typer(no_args_is_help=True)

SUMS = "SHA256SUMS"


@app.command(
    epilog="Examples:\n\nkhabar models verify\n\nkhabar models verify --folder models"
)
def verify(
    *,
    folder: Annotated[
        Path | None,
        typer.Option(help="Folder of the models; else the setting's.", metavar="DIR"),
    ] = None,
) -> None:
    """Check every file of the models against its SHA-256.

    Both what Stanza loads and what the engine runs, and that one was made from the
    other. Exit status 1 where something is not as it was.
    """
    from workers.fleet.entities import PACKAGE_FOLDER, Settings
    from workers.runtime.service import settings
    from workers.stages.nlp.onnx.package import read_manifest

    where = folder or settings.read(Settings, "entities", os.environ).models_dir
    manifest = read_manifest(where / PACKAGE_FOLDER)
    wrong = list(problems(where))
    for problem in wrong:
        say(problem)
    if wrong:
        raise typer.Exit(1)
    say(
        f"{where}: whole; the engine's package {manifest.name} was made from "
        f"{len(manifest.models)} models and reproduces Stanza {manifest.stanza}"
    )


def problems(folder: Path) -> Iterator[str]:
    """Yield what is wrong with the models in a folder.

    Raises `PackageError` where the engine has no package there that can be read.
    """
    from workers.ednil import model as ednil
    from workers.fleet.entities import PACKAGE_FOLDER
    from workers.stages.nlp.onnx.package import differences, read_manifest

    package = folder / PACKAGE_FOLDER
    manifest = read_manifest(package)
    yield from differences(package, manifest.files)
    if (folder / ednil.FOLDER).is_dir():
        yield from ednil.problems(folder / ednil.FOLDER)
    if not (folder / SUMS).is_file():
        return  # the engine alone, as the small image has it
    sums = recorded(folder)
    yield from differences(folder, sums)
    for name, digest in manifest.models.items():
        if sums.get(name) != digest:
            yield f"{package}: was made from another {name}; run `make export`"


def recorded(folder: Path) -> dict[str, str]:
    """Return the digests of what Stanza loads, by the names of the files."""
    lines = (folder / SUMS).read_text("utf-8").splitlines()
    return {name: digest for digest, name in (line.split(maxsplit=1) for line in lines)}
