"""The chart as Helm renders it, and ways into what came of it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.support.deploy.tools import DEPLOY, python_tool, run

Object = Mapping[str, Any]


def check(cases: Sequence[Object]) -> Sequence[Object]:
    """Return what Helm and the schemas say to each set of values.

    See deploy/helm/check.py for what that is. Skips the test where Helm is missing.
    """
    program = DEPLOY / "helm/check.py"
    answer = run(python_tool("python"), program, stdin=json.dumps(cases))
    found: Sequence[Object] = json.loads(answer)
    return found


def of_kind(objects: Sequence[Object], kind: str) -> dict[str, Object]:
    return {o["metadata"]["name"]: o for o in objects if o["kind"] == kind}


def pods(objects: Sequence[Object]) -> Iterator[Object]:
    for kind in ("Deployment", "Job"):
        for each in of_kind(objects, kind).values():
            yield each["spec"]["template"]


def containers(pod: Object) -> Sequence[Object]:
    return [*pod["spec"].get("initContainers", ()), *pod["spec"]["containers"]]


def environment(container: Object) -> dict[str, str]:
    """Return what the container's process finds; files stand for themselves."""
    return {each["name"]: each.get("value", "a-pod") for each in container["env"]}
