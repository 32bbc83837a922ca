"""Linters over deploy/, the bill of materials, and the page of licences."""

import json
import re
import sys
from pathlib import Path

import pytest

from tests.deploy.test_setup import locked
from tests.support.deploy.tools import DEPLOY, ROOT, python_tool, run

SCRIPTS = sorted(
    path
    for path in [
        *DEPLOY.rglob("*.sh"),
        *(ROOT / "tests").rglob("*.sh"),
        ROOT / ".ci/run",
    ]
    if path.is_file()
)


def test_dockerfile_is_clean() -> None:
    run(python_tool("hadolint"), "--failure-threshold=info", DEPLOY / "Dockerfile")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_script_is_clean(script: Path) -> None:
    run(python_tool("shellcheck"), "--severity=style", script)


def test_tools_of_an_unknown_kind_are_refused() -> None:
    with pytest.raises(AssertionError, match="there are no tools 'nonsense'"):
        run(DEPLOY / "tools.sh", "nonsense")


def test_bill_of_materials_holds_the_lock(tmp_path: Path) -> None:
    python_tool("cyclonedx-py")
    file = tmp_path / "khabar.cdx.json"
    run(DEPLOY / "sbom.sh", file)
    bill = json.loads(file.read_text("utf-8"))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert bill["metadata"]["component"]["name"] == "khabar"
    found: dict[str, set[str]] = {}  # a package may have two versions, by platform
    for each in bill["components"]:
        for reference in each["externalReferences"]:
            digests = {digest["content"] for digest in reference["hashes"]}
            found.setdefault(each["name"], set()).update(digests)
    expected = {
        name: {digest.removeprefix("sha256:") for digest in digests}
        for name, digests in locked(ROOT / "requirements/run.txt").items()
    }
    assert found == expected


def test_licences_are_those_of_the_locked_packages() -> None:
    page = (ROOT / "docs/licences.md").read_text("utf-8")
    assert run(sys.executable, DEPLOY / "licences.py") == page, "run make licences"
    names = set(re.findall(r"^\| ([a-z0-9-]+) \| \d\S* \|", page, re.MULTILINE))
    assert names >= {"numpy", "onnxruntime", "kafka-python", "trafilatura"}
    assert names <= set(locked(ROOT / "requirements/run.txt"))


def test_nothing_here_names_a_registry_s_host() -> None:
    hosts = re.compile(
        r"\b(docker|ghcr|quay|gcr|mcr)\.(io|com|microsoft\.com)\b|\b(pypi|npmjs)\.org\b"
    )
    files = [path for path in DEPLOY.rglob("*") if path.is_file()]
    assert len(files) > 20
    named = {
        str(path.relative_to(ROOT))
        for path in files
        if hosts.search(path.read_text("utf-8", "replace"))
    }
    assert named == set()
