import copy
import enum
import inspect
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
import yaml

from workers.contract import schemas
from workers.contract.compatibility import breaking_changes
from workers.contract.files import (
    bad_examples,
    drift,
    generated_files,
    incompatibilities,
)
from workers.domain import records, topics
from workers.domain.records import EnrichedArticle
from workers.domain.topics import Topic

SCHEMAS = Path(__file__).parents[2] / "schemas"
EXAMPLES = sorted((SCHEMAS / "examples").glob("*/*.json"))
TOPIC_OF = {topic.name(): topic for topic in topics.ALL}
every_topic = pytest.mark.parametrize("topic", topics.ALL, ids=lambda t: t.noun)
every_example = pytest.mark.parametrize(
    "path", EXAMPLES, ids=lambda p: f"{p.parent.name}/{p.stem}"
)


def validator(topic: Topic[Any]) -> jsonschema.Draft202012Validator:
    schema = schemas.json_schema(topic)
    return jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.FormatChecker()
    )


def test_files_are_in_step_with_the_records() -> None:
    assert list(drift(SCHEMAS)) == []


def test_a_changed_missing_or_foreign_file_is_drift(tmp_path: Path) -> None:
    for name, content in generated_files():
        (tmp_path / name).write_text(content)
    assert list(drift(tmp_path)) == []
    (tmp_path / "khabar.feeds.v1.schema.json").unlink()
    (tmp_path / "khabar.nothing.v1.schema.json").write_text("{}")
    (tmp_path / "asyncapi.yaml").write_text("asyncapi: 3.0.0\n")
    found = " ".join(drift(tmp_path))
    assert "feeds.v1.schema.json: missing" in found
    assert "nothing.v1.schema.json: there is no such topic" in found
    assert "asyncapi.yaml: differs" in found


@every_topic
def test_schema_is_a_schema(topic: Topic[Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(schemas.json_schema(topic))


def test_ids_of_schemas_differ() -> None:
    ids = {schemas.json_schema(topic)["$id"] for topic in topics.ALL}
    assert len(ids) == len(topics.ALL)


def test_documentation_of_fields_reaches_the_schema() -> None:
    schema = schemas.json_schema(topics.ANNOTATED)
    article = schema["$defs"]["AnnotatedArticle"]["properties"]
    assert "Normalised" in article["text"]["description"]  # inherited from Article
    token = schema["$defs"]["Token"]["prefixItems"]
    assert [part["title"] for part in token][:3] == ["start", "end", "lemma"]
    assert "Treebank" in token[-1]["description"]


KINDS = sorted(
    {
        name: kind
        for name, kind in vars(records).items()
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct | enum.Enum)
    }.items()
)


@pytest.mark.parametrize("name", [name for name, _ in KINDS])
def test_every_field_and_value_is_described_by_a_sentence(name: str) -> None:
    """Subscribers read them in the schemas and in docs/topics.md."""
    kind = dict(KINDS)[name]
    texts = {name: kind.__doc__ or ""}
    if issubclass(kind, msgspec.Struct):
        found = schemas.field_documentation(kind)
        texts |= {each: found.get(each, "") for each in kind.__struct_encode_fields__}
    else:
        source = inspect.getsource(kind)
        members = re.findall(
            r'^    [A-Z_]+ = "[^"]*"\n    """(.*?)"""', source, re.MULTILINE | re.DOTALL
        )
        assert len(members) == len(kind)
        texts |= {str(number): text for number, text in enumerate(members)}
    for place, text in texts.items():
        assert re.fullmatch(r"[A-Z`].*[.…]", text, re.DOTALL), (place, text)


# --- examples ------------------------------------------------------------------


@every_topic
def test_every_topic_has_an_example(topic: Topic[Any]) -> None:
    assert any(path.parent.name == topic.name() for path in EXAMPLES)


@every_example
def test_example_fits_schema_and_record(path: Path) -> None:
    topic = TOPIC_OF[path.parent.name]
    value = json.loads(path.read_text())
    validator(topic).validate(value)
    record = msgspec.json.decode(path.read_bytes(), type=topic.record)
    assert json.loads(msgspec.json.encode(record)) == value


@every_example
def test_schema_refuses_what_the_record_refuses(path: Path) -> None:
    """Take each required field out of an example, and give each a wrong type."""
    topic = TOPIC_OF[path.parent.name]
    value = json.loads(path.read_text())
    definition = schemas.json_schema(topic)["$defs"][topic.record.__name__]
    checker = validator(topic)
    for name in definition["required"]:
        lacking = {key: part for key, part in value.items() if key != name}
        for bad in (lacking, value | {name: {"wrong": []}}):
            with pytest.raises(msgspec.ValidationError):
                msgspec.json.decode(json.dumps(bad), type=topic.record)
            assert not checker.is_valid(bad), name


def test_seed_article_is_among_the_examples() -> None:
    path = SCHEMAS / "examples" / topics.ENRICHED.name() / "seed-article.json"
    record = msgspec.json.decode(path.read_bytes(), type=EnrichedArticle)
    seed = (SCHEMAS.parent / "seeds" / "article" / "article.txt").read_text()
    assert record.text.split() == seed.split()
    triggers = [event.trigger for event in record.events]
    assert record.entities
    assert triggers
    for entity in record.entities:
        assert record.text[entity.start : entity.end] == entity.text
    for trigger in triggers:
        assert record.text[trigger.start : trigger.end] == trigger.text


def test_a_bad_example_is_reported(tmp_path: Path) -> None:
    folder = tmp_path / "examples" / topics.FEEDS.name()
    folder.mkdir(parents=True)
    (folder / "bad.json").write_text('{"feed_id": "A", "url": "https://a/"}')
    (folder / "odd.json").write_text(
        '{"feed_id": "a", "url": "https://a/", "publisher": "a", "colour": "red"}'
    )
    found = list(bad_examples(tmp_path))
    assert any("bad.json" in line and "feed_id" in line for line in found)
    assert any("odd.json" in line and "written again" in line for line in found)
    assert any(topics.EVENTS.name() in line for line in found)


# --- compatibility -------------------------------------------------------------


def test_nothing_breaks_readers_of_the_released_version() -> None:
    assert list(incompatibilities(SCHEMAS)) == []


def test_every_topic_is_released() -> None:
    released = {path.name for path in (SCHEMAS / "released").glob("*.schema.json")}
    assert released == {schemas.schema_file(topic) for topic in topics.ALL}


def test_a_released_topic_may_not_vanish(tmp_path: Path) -> None:
    released = tmp_path / "released"
    released.mkdir()
    (released / "khabar.gone.v1.schema.json").write_text("{}")
    (problem,) = incompatibilities(tmp_path)
    assert "gone" in problem


Change = Callable[[dict[str, Any]], object]
BREAKING: dict[str, tuple[str, Change, str]] = {
    "field removed": (
        "EnrichedArticle",
        lambda s: s["properties"].pop("authors"),
        "$.authors: field removed",
    ),
    "nested field removed": (
        "Entity",
        lambda s: s["properties"].pop("link"),
        "$.entities[].link: field removed",
    ),
    "new required field": (
        "EnrichedArticle",
        lambda s: (
            s["properties"].update(mood={"type": "string"}),
            s["required"].append("mood"),
        ),
        "$.mood: required",
    ),
    "old field now required": (
        "EnrichedArticle",
        lambda s: s["required"].append("authors"),
        "$.authors: required",
    ),
    "no longer required": (
        "EnrichedArticle",
        lambda s: s["required"].remove("text"),
        "$.text: no longer required",
    ),
    "type changed": (
        "EnrichedArticle",
        lambda s: s["properties"].update(revision={"type": "string"}),
        "$.revision: type integer became string",
    ),
    "null no longer allowed": (
        "Entity",
        lambda s: s["properties"].update(link={"type": "string"}),
        "$.entities[].link: type null is no longer allowed",
    ),
    "null newly allowed": (
        "Entity",
        lambda s: s["properties"].update(
            text={"anyOf": [{"type": "string"}, {"type": "null"}]}
        ),
        "$.entities[].text: type null may now come",
    ),
    "enum value removed": (
        "EventType",
        lambda s: s["enum"].remove("AGREE"),
        "$.events[].type: value 'AGREE' removed",
    ),
    "string became an enum": (
        "Event",
        lambda s: s["properties"].update(method={"enum": ["frames"]}),
        "$.events[].method: only certain values",
    ),
    "pattern changed": (
        "EnrichedArticle",
        lambda s: s["properties"]["article_id"].update(pattern="^[0-9a-f]{16}$"),
        "$.article_id: pattern is now",
    ),
    "pattern added": (
        "EnrichedArticle",
        lambda s: s["properties"]["title"].update(pattern="^x"),
        "$.title: pattern is now",
    ),
    "minimum raised": (
        "Entity",
        lambda s: s["properties"]["start"].update(minimum=1),
        "$.entities[].start: minimum raised",
    ),
    "maximum added": (
        "Entity",
        lambda s: s["properties"]["start"].update(maximum=9),
        "$.entities[].start: maximum lowered",
    ),
    "length lowered": (
        "EnrichedArticle",
        lambda s: s["properties"]["url"].update(maxLength=80),
        "$.url: maxLength lowered",
    ),
    "unknown fields forbidden": (
        "EnrichedArticle",
        lambda s: s.update(additionalProperties=False),
        "$: additionalProperties is now False",
    ),
    "type of items changed": (
        "EnrichedArticle",
        lambda s: s["properties"]["sections"].update(items={"type": "integer"}),
        "$.sections[]: type string became integer",
    ),
}


@pytest.mark.parametrize("name", BREAKING)
def test_a_breaking_change_is_caught(name: str) -> None:
    definition, change, expected = BREAKING[name]
    old = schemas.json_schema(topics.ENRICHED)
    new = copy.deepcopy(old)
    change(new["$defs"][definition])
    found = breaking_changes(old, new)
    assert any(line.startswith(expected) for line in found), found


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda parts: parts.pop(), "elements of the array removed"),
        (lambda parts: parts.reverse(), "became"),
    ],
)
def test_arrays_keep_their_order(
    change: Callable[[list[Any]], None], expected: str
) -> None:
    old = schemas.json_schema(topics.ANNOTATED)
    new = copy.deepcopy(old)
    change(new["$defs"]["Token"]["prefixItems"])
    assert any(expected in line for line in breaking_changes(old, new))


@pytest.mark.parametrize(
    ("definition", "change"),
    [
        (
            "EnrichedArticle",
            lambda s: s["properties"].update(mood={"type": "string", "default": ""}),
        ),
        ("EventType", lambda s: s["enum"].append("WEATHER")),
        ("EnrichedArticle", lambda s: s.update(description="In other words.")),
        ("EnrichedArticle", lambda s: s["properties"]["url"].pop("pattern")),
        ("EnrichedArticle", lambda s: s["properties"]["url"].update(maxLength=9999)),
    ],
    ids=["optional field", "enum value", "words", "pattern dropped", "longer"],
)
def test_other_changes_are_allowed(definition: str, change: Change) -> None:
    old = schemas.json_schema(topics.ENRICHED)
    new = copy.deepcopy(old)
    change(new["$defs"][definition])
    assert breaking_changes(old, new) == []


# --- AsyncAPI ------------------------------------------------------------------


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((SCHEMAS / "asyncapi.yaml").read_text())
    return loaded


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for part in node.values():
            yield from references(part)
    elif isinstance(node, list):
        for part in node:
            yield from references(part)


def test_every_reference_of_asyncapi_leads_somewhere(
    document: dict[str, Any],
) -> None:
    found = set(references(document))
    assert len(found) > 3 * len(topics.ALL)
    for reference in found:
        file, _, pointer = reference.partition("#")
        if file:
            json.loads((SCHEMAS / file).read_text())
        node: Any = document
        for step in pointer.strip("/").split("/") if pointer else ():
            node = node[step]
        assert node


@every_topic
def test_asyncapi_describes_the_topic(
    topic: Topic[Any], document: dict[str, Any]
) -> None:
    (channel,) = [
        channel
        for channel in document["channels"].values()
        if channel["address"] == topic.name()
    ]
    kafka = channel["bindings"]["kafka"]
    assert kafka["partitions"] == topic.partitions
    assert ",".join(kafka["topicConfiguration"]["cleanup.policy"]) == topic.cleanup
    message = document["components"]["messages"][topic.noun]
    assert message["name"] == topic.record.__name__
    assert message["bindings"]["kafka"]["key"]["type"] == "string"
    schema = message["payload"]["schema"]["$ref"]
    assert schema == f"./{topic.name()}.schema.json"


def test_operations_of_asyncapi_name_messages_of_their_channel(
    document: dict[str, Any],
) -> None:
    assert document["asyncapi"] == "3.0.0"
    for operation in document["operations"].values():
        channel = operation["channel"]["$ref"]
        assert operation["action"] in {"send", "receive"}
        assert all(m["$ref"].startswith(channel) for m in operation["messages"])


def test_headers_of_asyncapi_are_schemas(document: dict[str, Any]) -> None:
    components = document["components"]
    described = [
        *components["messageTraits"].values(),
        *(m for m in components["messages"].values() if "headers" in m),
    ]
    assert len(described) >= 3
    for part in described:
        jsonschema.Draft202012Validator.check_schema(part["headers"])
        assert part["headers"]["properties"]
