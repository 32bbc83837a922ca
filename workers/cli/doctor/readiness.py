"""Whether brokers are ready for the workers: reachable, with topics and rights.

`khabar doctor --broker`, and what init containers wait for before a worker starts.
"""

import time
from collections.abc import Sequence

from workers.cli.doctor.finding import Finding, Verdict, show
from workers.cli.terminal.connection import kafka_settings
from workers.cli.terminal.console import CONFIGURATION, OK, TEMPORARY
from workers.fleet.registry import load, names

_AGAIN_SECONDS = 2.0


def check_broker(broker: str, name: str | None, seconds: float) -> int:
    """Show how ready the brokers are for workers; return the exit status."""
    deadline = time.monotonic() + seconds
    while True:
        findings, status = _readiness(broker, name)
        left = deadline - time.monotonic()
        if status == OK or left <= 0:
            show(findings)
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
    findings = [
        Finding(Verdict.GOOD, "broker", where),
        _need(
            "topics",
            lacking.topics,
            good=f"all {len(needs.topics)} are there",
            advice="khabar topics apply creates them; or this user may not see them",
        ),
        _need(
            "rights",
            lacking.rights,
            good=f"to {len(needs.topics)} topics and {len(needs.groups)} groups",
            advice="docs/deploying.md lists the access rules",
        ),
    ]
    bad = any(finding.verdict is Verdict.BAD for finding in findings)
    return findings, CONFIGURATION if bad else OK


def _need(subject: str, missing: Sequence[str], *, good: str, advice: str) -> Finding:
    if missing:
        text = f"lacking: {', '.join(missing)}; {advice}"
        return Finding(Verdict.BAD, subject, text)
    return Finding(Verdict.GOOD, subject, good)
