"""Renders the chart for several sets of values and validates every object.

usage: build/deploy-tools/bin/python deploy/helm/check.py < CASES > RESULTS

CASES is a JSON list of sets of values. RESULTS is a list as long: `objects` as
Kubernetes gets them, `notes`, and `problems`, one line each: what the chart's linter,
the schemas of Kubernetes, KEDA and prometheus-operator find, where a field that no
schema knows is an error. A set that values.schema.json or a template refuses has
`refused` instead. `deploy/tools.sh` installs what it imports.
"""

import importlib
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import helm_python
import kubernetes_validate
import yaml
from jsonschema import Draft202012Validator as Validator
from referencing import Registry, Resource

CHART = Path(__file__).with_name("khabar")
KUBERNETES = ("1.30", "1.34")
"""Versions whose schemas every object follows."""
SCHEMAS = Path(kubernetes_validate.__file__).with_name("kubernetes-json-schema")
RELEASE, NAMESPACE = "khabar", "news"
CUSTOM = {
    "keda.sh/v1alpha1": "cloudcoil.models.keda.v1alpha1",
    "monitoring.coreos.com/v1": "cloudcoil.models.prometheus_operator.v1",
}
"""Modules with the types of the APIs that are not Kubernetes' own."""
KINDS = ("ScaledObject", "TriggerAuthentication", "PodMonitor", "PrometheusRule")
KEPT = Path(sys.prefix, "custom-schemas.json")
"""Their schemas: making them takes 6 s of processor time."""

Object = Mapping[str, Any]


def check(chart: helm_python.Chart, values: Object) -> Object:
    """Render the chart with *values* over its own; return what came of it."""
    try:
        chart.validate_schema(chart.merge_values(dict(values)))
        files = chart.render(values=dict(values), name=RELEASE, namespace=NAMESPACE)
    except helm_python.HelmError as error:
        return {"refused": str(error)}
    notes = next(text for name, text in files.items() if name.endswith("NOTES.txt"))
    objects = [
        found
        for name, text in sorted(files.items())
        if name.endswith(".yaml")
        for found in yaml.load_all(text, UniqueKeys)
        if found is not None
    ]
    linted = helm_python.lint(CHART, dict(values), namespace=NAMESPACE)
    problems = [
        f"lint: {message['path']}: {message['error']}"
        for message in linted["messages"]
        if message["severity"] > 1  # 1 is advice
    ]
    problems += [line for found in objects for line in faults(found)]
    return {"objects": objects, "notes": notes, "problems": problems}


def faults(found: Object) -> Iterator[str]:
    """Yield what the object's schema says against it."""
    name = f"{found['kind']} {found['metadata']['name']}"
    for version in KUBERNETES:
        validator = _validator(found["apiVersion"], found["kind"], version)
        for error in validator.iter_errors(found):
            yield f"{name}: {error.json_path}: {error.message} (Kubernetes {version})"


@cache
def _validator(api_version: str, kind: str, version: str) -> Validator:
    """Return what checks objects of a kind; raises FileNotFoundError if none does."""
    if api_version in CUSTOM:
        return Validator(_custom()[kind])
    # apps/v1: apps-v1, networking.k8s.io/v1: networking-v1
    api = re.sub(r"^([^./]*)(\.[^/]*)?/", r"\1-", api_version)
    folder = SCHEMAS / f"v{version}.0-local-strict"
    schema = json.loads((folder / f"{kind.lower()}-{api}.json").read_text("utf-8"))
    return Validator(schema, registry=_definitions(folder))


@cache
def _custom() -> Object:
    if not KEPT.is_file():
        made = {}
        for module in map(importlib.import_module, CUSTOM.values()):
            for kind in set(KINDS) & set(dir(module)):
                schema = getattr(module, kind).model_json_schema(by_alias=True)
                made[kind] = _strict(schema)
        new = KEPT.with_suffix(f".{os.getpid()}")
        new.write_text(json.dumps(made), "utf-8")
        new.replace(KEPT)
    found: Object = json.loads(KEPT.read_text("utf-8"))
    return found


@cache
def _definitions(folder: Path) -> Registry[Any]:
    text = (folder / "_definitions.json").read_text("utf-8")
    return Resource.from_contents(json.loads(text)) @ Registry()


def _strict(schema: Any) -> Any:
    """Refuse fields that an object's schema does not name."""
    if isinstance(schema, dict):
        if schema.get("type") == "object" and "properties" in schema:
            schema.setdefault("additionalProperties", False)
        for value in schema.values():
            _strict(value)
    elif isinstance(schema, list):
        for value in schema:
            _strict(value)
    return schema


class UniqueKeys(yaml.SafeLoader):
    """Reads YAML and refuses a key that stands twice, as Kubernetes does."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:  # noqa: FBT001, FBT002 - the overridden one's
        """Return the mapping; raises ConstructorError."""
        keys = [self.construct_object(key) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key!r} stands twice", node.start_mark
                )
        return super().construct_mapping(node, deep)


def main(cases: Sequence[Object]) -> list[Object]:
    """Check the chart with each set of values."""
    with helm_python.Chart.load(CHART) as chart:
        return [check(chart, values) for values in cases]


if __name__ == "__main__":
    json.dump(main(json.load(sys.stdin)), sys.stdout)
