"""Writes docs/licences.md: python deploy/licences.py > docs/licences.md.

What each package of requirements/run.txt says of its licence comes from its own
metadata, so run it in .venv, which holds the same versions; what is not a package
(models, jars, images) stands here or is taken from where it is declared.
"""

import re
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from email.message import Message
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any, NamedTuple, cast

import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
CARD = ROOT / "models/MODEL_CARD.md"
CLASSIFIER = "License :: OSI Approved :: "
SPDX = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache": "Apache-2.0",
    "Apache 2": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "Apache-2.0 license": "Apache-2.0",
    "BSD": "BSD",
    "BSD License": "BSD",
    "BSD 3-Clause License": "BSD-3-Clause",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.0-or-later",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "MIT license": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
"""SPDX's names for what packages write."""
IMAGES = {
    "apache/kafka": "Apache-2.0",
    "prom/prometheus": "Apache-2.0",
    "prom/alertmanager": "Apache-2.0",
    "grafana/grafana": "AGPL-3.0-only",
}


class Package(NamedTuple):
    """A locked package with its licence."""

    name: str
    version: str
    licence: str


def locked(lock: Path) -> Iterator[tuple[str, str]]:
    """Yield names and versions of what the lock installs on this platform."""
    for line in lock.read_text("utf-8").splitlines():
        if re.match(r"[a-z0-9]", line):
            requirement = Requirement(line.rstrip("\\ "))
            if requirement.marker is None or requirement.marker.evaluate():
                (version,) = requirement.specifier
                yield requirement.name, version.version


def licence_of(name: str) -> str:
    """Return what the installed package says; raises PackageNotFoundError."""
    found = cast("Message[str, str]", metadata(name))
    expression = found.get("License-Expression")
    if expression:
        return str(expression)
    classifiers = found.get_all("Classifier") or []
    named = [c.rpartition(" :: ")[2] for c in classifiers if c.startswith(CLASSIFIER)]
    text = (found.get("License") or "").strip()
    # some put the whole licence there
    if not named and text:
        named = [text.splitlines()[0]]
    return " AND ".join(sorted({SPDX.get(each, each) for each in named}))


def packages(lock: Path) -> list[Package]:
    """Return the lock's packages; raises SystemExit if one says nothing."""
    found, silent = [], []
    for name, version in locked(lock):
        try:
            package = Package(name, version, licence_of(name))
        except PackageNotFoundError:
            sys.exit(f"{name} is not installed: make setup")
        found.append(package)
        if not package.licence:
            silent.append(name)
    if silent:
        sys.exit(f"no licence in the metadata of {', '.join(silent)}: name it here")
    return found


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table in Markdown."""
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def card_table() -> list[str]:
    """Return the table of the model card that names the data."""
    lines = CARD.read_text("utf-8").splitlines()
    begin = lines.index("| used for | data | licence |")
    end = next(at for at in range(begin, len(lines)) if not lines[at].startswith("|"))
    return lines[begin:end]


def jars() -> list[tuple[str, str]]:
    """Return what the broker's pom asks Maven for."""
    pom = ET.parse(ROOT / "workers/devkit/kafka-broker.pom.xml")  # noqa: S314 - ours
    return [
        (
            f"{d.findtext('{*}groupId')}:{d.findtext('{*}artifactId')}",
            str(d.findtext("{*}version")),
        )
        for d in pom.iterfind(".//{*}dependencies/{*}dependency")
    ]


def images() -> list[tuple[str, str, str]]:
    """Return the images of compose.yaml that are not ours."""
    compose: dict[str, Any] = yaml.safe_load(
        (ROOT / "deploy/compose.yaml").read_text("utf-8")
    )
    named = {service["image"] for service in compose["services"].values()}
    found = [image.partition(":") for image in sorted(named)]
    return [(n, tag, IMAGES[n]) for n, _, tag in found if n != "khabar"]


def page() -> Iterator[str]:
    """Yield the page, line by line."""
    yield "# Licences"
    yield ""
    yield (
        "Written by `make licences`. Khabar's code is under the "
        "[Apache License 2.0](../LICENSE). What it stands on is under these:"
    )
    yield ""
    yield "## Models"
    yield ""
    yield from card_table()
    yield ""
    yield (
        "**Weights made from a treebank for non-commercial use are for that use "
        "only**: "
        "see [MODEL_CARD.md](../models/MODEL_CARD.md)."
    )
    yield ""
    yield "## Python packages in the image"
    yield ""
    yield (
        "As each says in its own metadata, in the versions of `requirements/run.txt`; "
        "`deploy/sbom.sh` writes them as a bill of materials (CycloneDX)."
    )
    yield ""
    yield from table(
        ("package", "version", "licence"), packages(ROOT / "requirements/run.txt")
    )
    yield ""
    yield "## Fetched by `khabar broker`, the demo and the tests, not in the image"
    yield ""
    yield from table(
        ("jar", "version", "licence"),
        [(name, version, "Apache-2.0") for name, version in jars()],
    )
    yield ""
    yield "## Images that `deploy/compose.yaml` names, not shipped"
    yield ""
    yield from table(("image", "tag", "licence"), images())


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in page())
