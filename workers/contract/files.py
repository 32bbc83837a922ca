"""The files of the contract, and whether they agree with the records.

Three questions: are the files what the records give, do the examples fit, and does
every change since the release keep its readers.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import yaml

from workers.contract.asyncapi import asyncapi
from workers.contract.compatibility import breaking_changes
from workers.contract.schemas import json_schema, schema_file
from workers.domain import topics

RELEASED_FOLDER = "released"
ASYNCAPI_FILE = "asyncapi.yaml"


def generated_files() -> Iterator[tuple[str, str]]:
    """Yield name and content of every file that is made from the records."""
    for topic in topics.ALL:
        yield schema_file(topic), _pretty(json_schema(topic))
    document = yaml.safe_dump(asyncapi(), sort_keys=False, allow_unicode=True, width=88)
    header = "# Written by `khabar schemas write` from workers/domain; do not edit.\n"
    yield ASYNCAPI_FILE, header + document


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


def incompatibilities(folder: Path) -> Iterator[str]:
    """Yield the changes since the release that break a reader."""
    current = {schema_file(topic): topic for topic in topics.ALL}
    for path in sorted((folder / RELEASED_FOLDER).glob("*.schema.json")):
        if path.name not in current:
            yield f"{path}: the topic is gone, and was released"
            continue
        released = json.loads(path.read_text(encoding="utf-8"))
        now = json_schema(current[path.name])
        for change in breaking_changes(released, now):
            yield f"{path.name}: {change}; keep it, or make a new version of the topic"


def _pretty(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
