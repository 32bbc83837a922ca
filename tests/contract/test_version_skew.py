"""One release apart: code of today beside records, and readers, of the one before.

`earlier/` holds the schemas and sample records of the first release of each topic, as
they were written then. At a release, `schemas/released` and `schemas/examples` become
the next `earlier/`. Feed states are missing: their seen entries were packed before
anybody ran the first release, and only pollers read them.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from workers.domain import topics
from workers.domain.topics import Topic

EARLIER = Path(__file__).with_name("earlier")
EXAMPLES = Path(__file__).parents[2] / "schemas" / "examples"
TOPIC_OF = {topic.name(): topic for topic in topics.ALL}
SAMPLES = sorted(
    path for path in EARLIER.glob("*/*.json") if path.name != "schema.json"
)
every_sample = pytest.mark.parametrize(
    "path", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.stem}"
)


def schema_of(topic: Topic[Any]) -> dict[str, Any]:
    path = EARLIER / topic.name() / "schema.json"
    schema: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return schema


def test_there_are_samples_of_every_topic_that_was_released() -> None:
    released = {path.parent.name for path in EARLIER.glob("*/schema.json")}
    assert {path.parent.name for path in SAMPLES} == released
    assert released <= set(TOPIC_OF)
    assert len(released) >= 8


@every_sample
def test_sample_is_of_the_earlier_release(path: Path) -> None:
    value = json.loads(path.read_text("utf-8"))
    jsonschema.Draft202012Validator(schema_of(TOPIC_OF[path.parent.name])).validate(
        value
    )


def test_some_samples_lack_what_records_have_today() -> None:
    """Else the samples would prove nothing."""
    lacking = set()
    for path in SAMPLES:
        record = TOPIC_OF[path.parent.name].record
        fields = {field.encode_name for field in msgspec.structs.fields(record)}
        if fields - json.loads(path.read_text("utf-8")).keys():
            lacking.add(record)
    assert len(lacking) >= 4


@every_sample
def test_stored_record_is_read_whole(path: Path) -> None:
    topic = TOPIC_OF[path.parent.name]
    record = msgspec.json.decode(path.read_bytes(), type=topic.record)
    again = json.loads(msgspec.json.encode(record))
    assert list(lost(json.loads(path.read_text("utf-8")), again, "$")) == []


def lost(before: Any, after: Any, place: str) -> Iterator[str]:
    """Yield where *before* has something that *after* has not."""
    if isinstance(before, dict):
        for name, value in before.items():
            if isinstance(after, dict) and name in after:
                yield from lost(value, after[name], f"{place}.{name}")
            else:
                yield f"{place}.{name}"
    elif isinstance(before, list):
        if not isinstance(after, list) or len(after) < len(before):
            yield place
            return
        for number, value in enumerate(before):
            yield from lost(value, after[number], f"{place}[{number}]")
    elif before != after:
        yield place


@pytest.mark.parametrize("name", sorted(path.name for path in EARLIER.iterdir()))
def test_barest_stored_record_is_read(name: str) -> None:
    """With nothing in it but what the earlier release required."""
    topic = TOPIC_OF[name]
    required = schema_of(topic)["$defs"][topic.record.__name__]["required"]
    for path in SAMPLES:
        if path.parent.name == name:
            value = json.loads(path.read_text("utf-8"))
            bare = {field: value[field] for field in required}
            msgspec.convert(bare, topic.record, str_keys=True)


@pytest.mark.parametrize(
    "path",
    sorted(
        path
        for path in EXAMPLES.glob("*/*.json")
        if (EARLIER / path.parent.name).is_dir()  # else the topic is newer
    ),
    ids=lambda path: f"{path.parent.name}/{path.stem}",
)
def test_reader_of_the_earlier_release_reads_what_is_written_today(path: Path) -> None:
    """All but new enum values, which the contract asks readers to bear."""
    checker = jsonschema.Draft202012Validator(schema_of(TOPIC_OF[path.parent.name]))
    found = [
        f"{error.json_path}: {error.message[:80]}"
        for error in checker.iter_errors(json.loads(path.read_text("utf-8")))
        if error.validator != "enum"
    ]
    assert found == []
