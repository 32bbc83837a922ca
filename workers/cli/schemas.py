"""`khabar schemas`: write the contract's files, or check them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from workers.cli.console import say

app = typer.Typer(no_args_is_help=True)

RELEASED = "released"
ASYNCAPI = "asyncapi.yaml"
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
    written = 0
    for name, content in generated_files():
        places = [folder / name]
        if release and name != ASYNCAPI:
            places.append(folder / RELEASED / name)
        for place in places:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(content, encoding="utf-8")
            written += 1
    say(f"{written} files written to {folder}")


@app.command(epilog="Example:\n\nkhabar schemas check")
def check(*, folder: Folder = _DEFAULT_FOLDER) -> None:
    """Check that files and examples fit the records, and records the release.

    Exit status 1 where they do not.
    """
    problems = [*drift(folder), *bad_examples(folder), *broken_promises(folder)]
    for problem in problems:
        say(problem)
    if problems:
        raise typer.Exit(1)
    say(f"{folder}: in step with the records, and compatible with the release")


def generated_files() -> Iterator[tuple[str, str]]:
    """Yield name and content of every file that is made from the records."""
    import yaml

    from workers.contract import schemas
    from workers.domain import topics

    for topic in topics.ALL:
        yield schemas.schema_file(topic), _pretty(schemas.json_schema(topic))
    document = yaml.safe_dump(
        schemas.asyncapi(), sort_keys=False, allow_unicode=True, width=88
    )
    header = "# Written by `khabar schemas write` from workers/domain; do not edit.\n"
    yield ASYNCAPI, header + document


def drift(folder: Path) -> Iterator[str]:
    """Yield what in *folder* is not as the records have it."""
    advice = "run `khabar schemas write`"
    expected = dict(generated_files())
    for name, content in expected.items():
        path = folder / name
        if not path.exists():
            yield f"{path}: missing; {advice}"
        elif path.read_text(encoding="utf-8") != content:
            yield f"{path}: differs from the records; {advice}"
    for path in sorted(folder.glob("*.schema.json")):
        if path.name not in expected:
            yield f"{path}: there is no such topic; delete it"


def bad_examples(folder: Path) -> Iterator[str]:
    """Yield the example records that their topic would not take."""
    import msgspec

    from workers.domain import topics

    for topic in topics.ALL:
        examples = sorted((folder / "examples" / topic.name()).glob("*.json"))
        if not examples:
            yield f"{folder}/examples/{topic.name()}: no example of this topic"
        for path in examples:
            value = path.read_bytes()
            try:
                record = msgspec.json.decode(value, type=topic.record)
            except (msgspec.ValidationError, msgspec.DecodeError) as error:
                yield f"{path}: {error}"
                continue
            if json.loads(msgspec.json.encode(record)) != json.loads(value):
                yield f"{path}: is not what the record gives when written again"


def broken_promises(folder: Path) -> Iterator[str]:
    """Yield the changes since the release that break a reader."""
    from workers.contract import schemas
    from workers.contract.compatibility import breaking_changes
    from workers.domain import topics

    current = {schemas.schema_file(topic): topic for topic in topics.ALL}
    for path in sorted((folder / RELEASED).glob("*.schema.json")):
        if path.name not in current:
            yield f"{path}: the topic is gone, and was released"
            continue
        released = json.loads(path.read_text(encoding="utf-8"))
        now = schemas.json_schema(current[path.name])
        for change in breaking_changes(released, now):
            yield f"{path.name}: {change}; keep it, or make a new version of the topic"


def _pretty(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
