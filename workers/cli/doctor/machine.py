"""What a machine needs: Python, packages, Java, the models, a broker that answers.

Each check yields its findings; what is missing comes with what to do about it.
"""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from workers.cli.doctor.finding import Finding, Verdict
from workers.cli.terminal.connection import VARIABLE, kafka_settings


def python() -> Iterator[Finding]:
    """Check the version of Python."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    supported = (3, 11) <= sys.version_info < (3, 13)
    if supported:
        yield Finding(Verdict.GOOD, "Python", version)
    else:
        text = f"{version}; Khabar needs 3.11 or 3.12: make setup PYTHON=python3.11"
        yield Finding(Verdict.BAD, "Python", text)


def packages() -> Iterator[Finding]:
    """Check that the packages which khabar requires are installed."""
    from importlib.metadata import PackageNotFoundError, requires, version

    lacking: list[str] = []
    optional: list[str] = []
    present = 0
    for requirement in requires("khabar") or ():
        name = re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]
        try:
            version(name)
            present += 1
        except PackageNotFoundError:
            (optional if "extra ==" in requirement else lacking).append(name)
    if lacking:
        text = f"{', '.join(lacking)} missing: run make setup"
        yield Finding(Verdict.BAD, "packages", text)
    else:
        yield Finding(Verdict.GOOD, "packages", f"all {present} that khabar names")
    for name in optional:
        text = f"{name} missing: only KHABAR_ENTITIES_ENGINE=stanza needs it"
        yield Finding(Verdict.WARNING, "packages", text)


def java() -> Iterator[Finding]:
    """Check for Java and Kafka's jars, which the embedded broker needs."""
    from workers.devkit import jars
    from workers.devkit.java import SetupError, find_java

    try:
        found = find_java()
    except SetupError as error:
        text = f"{error} (only the embedded broker needs it)"
        yield Finding(Verdict.WARNING, "Java", text)
        return
    yield Finding(Verdict.GOOD, "Java", f"{found.major} at {found.executable}")
    if jars.resolved():
        yield Finding(Verdict.GOOD, "Kafka", f"jars in {jars.cache_folder()}")
    else:
        text = "jars not fetched; khabar broker and demo fetch them, or make setup"
        yield Finding(Verdict.WARNING, "Kafka", text)


def models() -> Iterator[Finding]:
    """Check the models against their checksums."""
    from workers.domain.outcomes import ConfigurationError
    from workers.fleet.entities import Settings
    from workers.runtime.service import settings

    try:
        entities = settings.read(Settings, "entities", os.environ)
        wrong = _wrong_models(entities.models_dir, entities.engine)
    except ConfigurationError as error:
        yield Finding(Verdict.BAD, "models", str(error))
        return
    if wrong:
        yield Finding(Verdict.BAD, "models", "; ".join(wrong))
    else:
        text = f"{entities.models_dir}, whole by their checksums"
        yield Finding(Verdict.GOOD, "models", text)


def _wrong_models(folder: Path, engine: str) -> list[str]:
    """Return what is wrong with them; raises ConfigurationError without any."""
    from workers.cli.models import SUMS, problems, recorded
    from workers.stages.nlp.onnx.package import differences

    if engine == "engine":
        return [*problems(folder)]
    if not (folder / "resources.json").is_file():
        return [f"none in {folder}: set KHABAR_ENTITIES_MODELS_DIR"]
    if not (folder / SUMS).is_file():  # Stanza's official packages have none
        return []
    return differences(folder, recorded(folder))


def broker(bootstrap_servers: str | None) -> Iterator[Finding]:
    """Check that a broker answers."""
    from workers.domain.outcomes import ConfigurationError, TransientError
    from workers.runtime.kafka import admin

    named = bootstrap_servers is not None or VARIABLE in os.environ
    try:
        settings = kafka_settings(bootstrap_servers)
        answer = admin.probe(settings)
    except (ConfigurationError, TransientError) as error:
        if named:
            yield Finding(Verdict.BAD, "broker", str(error))
        else:
            text = "none on 127.0.0.1:9092: start one with khabar broker, or"
            yield Finding(Verdict.WARNING, "broker", f"{text} set {VARIABLE}")
        return
    where = ",".join(settings.bootstrap_servers)
    text = f"{where}, Kafka {answer.version}, answered in {answer.seconds:.2f} s"
    yield Finding(Verdict.GOOD, "broker", text)
