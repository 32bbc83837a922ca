"""`khabar doctor`: what this machine has, and what to do about what it lacks."""

import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from workers.cli.connection import (
    VARIABLE,
    BootstrapServers,
    kafka_settings,
)
from workers.cli.console import (
    CONFIGURATION,
    OK,
    PROBLEMS,
    TEMPORARY,
    USAGE,
    Failure,
    console,
)
from workers.fleet.registry import load, names


class Verdict(StrEnum):
    """How a check came out."""

    GOOD = "ok"
    DOUBTFUL = "see"
    """Works without it, or only some commands need it."""
    BAD = "BAD"


class Finding(NamedTuple):
    """One check with its result."""

    verdict: Verdict
    subject: str
    text: str
    """What is there; otherwise what is wrong and what to do."""


_AGAIN_SECONDS = 2.0
_STYLE = {Verdict.GOOD: "green", Verdict.DOUBTFUL: "yellow", Verdict.BAD: "bold red"}


def doctor(
    *,
    broker: Annotated[
        str | None,
        typer.Option(
            metavar="HOST:PORT",
            help="Check only what workers need of these brokers: before they start.",
            show_default=False,
        ),
    ] = None,
    worker: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="With --broker: what this worker needs, not all."
        ),
    ] = None,
    wait: Annotated[
        float,
        typer.Option(
            metavar="SECONDS",
            min=0,
            help="With --broker: so long for brokers and topics to be there.",
        ),
    ] = 0,
    bootstrap_servers: BootstrapServers = None,
) -> None:
    """Check Python packages, Java, Kafka, models, broker and clock.

    Exit status 1 if something is bad; each line says what to do. With --broker, 75 if
    no broker answers, 78 if login, topics or rights are not as they must be.
    """
    if broker is not None:
        raise typer.Exit(_check_broker(broker, worker, wait))
    if worker is not None or wait:
        raise Failure("--worker and --wait go with --broker", USAGE)
    checks: tuple[Callable[[], Iterator[Finding]], ...] = (
        _python,
        _packages,
        _java,
        _models,
        lambda: _broker(bootstrap_servers),
        _clock,
    )
    findings = [finding for check in checks for finding in check()]
    _show(findings)
    if any(finding.verdict is Verdict.BAD for finding in findings):
        raise typer.Exit(PROBLEMS)


def _show(findings: Iterable[Finding]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2, 0, 0))
    for verdict, subject, text in findings:
        table.add_row(Text(verdict, _STYLE[verdict]), subject, Text(text))
    console().print(table)


def _check_broker(broker: str, name: str | None, seconds: float) -> int:
    """Show how ready the brokers are for workers; return the exit status."""
    deadline = time.monotonic() + seconds
    while True:
        findings, status = _readiness(broker, name)
        left = deadline - time.monotonic()
        if status == OK or left <= 0:
            _show(findings)
            return status
        time.sleep(min(_AGAIN_SECONDS, left))


def _readiness(broker: str, name: str | None) -> tuple[list[Finding], int]:
    """Return what is to be said of the brokers, and the exit status."""
    from workers.domain.outcomes import ConfigurationError, TransientError
    from workers.runtime.kafka import access, admin

    try:
        settings = kafka_settings(broker)
        answer = admin.probe(settings)
        needs = access.needs_of(
            [load(each) for each in ([name] if name else names())],
            settings.topic_prefix,
        )
        lacking = access.missing_access(settings, needs)
    except TransientError as error:
        return [Finding(Verdict.BAD, "broker", str(error))], TEMPORARY
    except ConfigurationError as error:
        return [Finding(Verdict.BAD, "broker", str(error))], CONFIGURATION
    where = f"{broker}, Kafka {answer.version}, brokers: {answer.brokers}"
    findings = [Finding(Verdict.GOOD, "broker", where)]
    for subject, missing, good, advice in (
        (
            "topics",
            lacking.topics,
            f"all {len(needs.topics)} are there",
            "khabar topics apply creates them; or this user may not see them",
        ),
        (
            "rights",
            lacking.rights,
            f"to {len(needs.topics)} topics and {len(needs.groups)} groups",
            "docs/deploying.md lists the access rules",
        ),
    ):
        if missing:
            text = f"lacking: {', '.join(missing)}; {advice}"
            findings.append(Finding(Verdict.BAD, subject, text))
        else:
            findings.append(Finding(Verdict.GOOD, subject, good))
    bad = any(finding.verdict is Verdict.BAD for finding in findings)
    return findings, CONFIGURATION if bad else OK


def _python() -> Iterator[Finding]:
    version = ".".join(str(part) for part in sys.version_info[:3])
    supported = (3, 11) <= sys.version_info < (3, 13)
    if supported:
        yield Finding(Verdict.GOOD, "Python", version)
    else:
        text = f"{version}; Khabar needs 3.11 or 3.12: make setup PYTHON=python3.11"
        yield Finding(Verdict.BAD, "Python", text)


def _packages() -> Iterator[Finding]:
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
        yield Finding(Verdict.DOUBTFUL, "packages", text)


def _java() -> Iterator[Finding]:
    from workers.devkit import jars
    from workers.devkit.java import SetupError, find_java

    try:
        java = find_java()
    except SetupError as error:
        text = f"{error} (only the embedded broker needs it)"
        yield Finding(Verdict.DOUBTFUL, "Java", text)
        return
    yield Finding(Verdict.GOOD, "Java", f"{java.major} at {java.executable}")
    if jars.resolved():
        yield Finding(Verdict.GOOD, "Kafka", f"jars in {jars.cache_folder()}")
    else:
        text = "jars not fetched; khabar broker and demo fetch them, or make setup"
        yield Finding(Verdict.DOUBTFUL, "Kafka", text)


def _models() -> Iterator[Finding]:
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


def _broker(bootstrap_servers: str | None) -> Iterator[Finding]:
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
            yield Finding(Verdict.DOUBTFUL, "broker", f"{text} set {VARIABLE}")
        return
    where = ",".join(settings.bootstrap_servers)
    text = f"{where}, Kafka {answer.version}, answered in {answer.seconds:.2f} s"
    yield Finding(Verdict.GOOD, "broker", text)


def _clock() -> Iterator[Finding]:
    """Compare the clock with the newest thing known to be past: this code."""
    written = max(path.stat().st_mtime for path in Path(__file__).parent.iterdir())
    now = time.time()
    shown = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(now))
    if now < written:
        text = f"{shown} is before this code was written: set the clock, run NTP"
        yield Finding(Verdict.BAD, "clock", text)
        return
    synchronised = _kernel_says_synchronised()
    if synchronised is False:
        text = f"{shown}, but not synchronised: run an NTP client (chrony, ntpd)"
        yield Finding(Verdict.DOUBTFUL, "clock", text)
    else:
        yield Finding(Verdict.GOOD, "clock", shown)


def _kernel_says_synchronised() -> bool | None:
    """Ask Linux whether something sets the clock (adjtimex(2)); None: unknown."""
    import ctypes

    try:
        adjtimex = ctypes.CDLL(None, use_errno=True).adjtimex
    except (OSError, AttributeError):
        return None
    structure = ctypes.create_string_buffer(512)  # struct timex, modes 0: only read
    time_error = 5
    state = adjtimex(structure)
    return None if state < 0 else bool(state != time_error)
