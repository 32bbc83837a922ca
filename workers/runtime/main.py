"""One worker as a process: settings, logs, metrics, signals, the loop, an exit code.

What the parts do is theirs; here they are opened in order and closed in reverse.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, closing
from types import FrameType
from typing import Any, Generic, NamedTuple, TypeVar

from workers import __version__
from workers.domain.outcomes import ConfigurationError, TransientError
from workers.runtime.messaging.ports import Session
from workers.runtime.processing.backoff import Backoff, ExhaustedError
from workers.runtime.processing.loop import Loop
from workers.runtime.processing.worker import Worker
from workers.runtime.service import logs, metrics, settings
from workers.runtime.service.clock import SystemClock
from workers.runtime.service.health import Health, HealthServer

S = TypeVar("S")

EXIT_CLEAN = 0
EXIT_FATAL = 70
"""A mistake in the code or in the data that only a person can judge."""
EXIT_TRANSIENT = 75
"""A transient error lasted (EX_TEMPFAIL); starting again later may work."""
EXIT_CONFIGURATION = 78
"""Nothing works before an operator changes something; starting again is no use."""

Connect = Callable[[Worker[Any], settings.Kafka], Session]

_log = logs.get(__name__)


class _Settings(NamedTuple, Generic[S]):
    """All that a worker's process reads from its environment."""

    own: S
    shared: settings.Process
    kafka: settings.Kafka


def run(
    worker: Worker[S],
    environ: Mapping[str, str],
    *,
    worker_names: Iterable[str] = (),
    connect: Connect | None = None,
) -> int:
    """Run *worker* until a signal ends it; return the exit code.

    *worker_names* are the workers whose settings may stand in *environ* too. The
    codes follow sysexits.h: 0 clean, 70 fatal, 75 transient, 78 configuration.
    """
    try:
        given = _read_settings(worker, environ, worker_names)
    except settings.SettingsError as error:
        # before there is a log: its format is a setting
        sys.stderr.write(f"khabar {worker.name}: {error}\n")
        return EXIT_CONFIGURATION
    logs.configure(given.shared.log_format, given.shared.log_level, worker.name)
    metrics.announce(worker.name)
    try:
        _serve(worker, given, connect or _open_kafka)
    except ConfigurationError as error:
        return _ended(EXIT_CONFIGURATION, "misconfigured", str(error))
    except (ExhaustedError, TransientError) as error:
        return _ended(EXIT_TRANSIENT, "exhausted", str(error))
    except Exception as error:  # noqa: BLE001 the last line of a process says why
        _log.exception("crashed")
        return _ended(EXIT_FATAL, "fatal", f"{type(error).__name__}: {error}")
    _log.info("stopped")
    return EXIT_CLEAN


def _read_settings(
    worker: Worker[S], environ: Mapping[str, str], worker_names: Iterable[str]
) -> _Settings[S]:
    """Read every group of *worker*; raises SettingsError."""
    given = _Settings(
        settings.read(worker.settings, worker.name, environ),
        settings.read(settings.Process, "worker", environ),
        settings.read(settings.Kafka, "kafka", environ),
    )
    if worker_names:
        groups = (*settings.SHARED_GROUPS, *worker_names)
        settings.reject_unknown_groups(environ, groups)
    return given


def _serve(worker: Worker[S], given: _Settings[S], connect: Connect) -> None:
    """Open what the worker needs, one thing after the other, and run its loop.

    The port of health and metrics opens first, so that an operator can ask what a
    start waits for, and closes last.
    """
    shared = given.shared
    clock = SystemClock()
    health = Health(clock, shared.alive_seconds)
    stop = _StopSignals(shared.stop_seconds)
    with ExitStack() as opened:
        server = HealthServer(health, shared.metrics_host, shared.metrics_port)
        opened.enter_context(closing(server))
        _log.info("started", version=__version__, health=server.address)
        health.wait_for("connecting to Kafka")
        backoff = Backoff(shared, clock, stop.wait, "no connection")
        session = _connected(lambda: connect(worker, given.kafka), backoff, stop)
        if session is None:
            return
        opened.enter_context(closing(session))
        loop = Loop(
            worker,
            session,
            shared,
            prefix=given.kafka.topic_prefix,
            clock=clock,
            health=health,
            stopping=stop.asked,
            wait=stop.wait,
        )
        health.wait_for("opening the handler (models, connections)")
        handler = opened.enter_context(worker.open_handler(given.own, loop.context))
        health.wait_for("joining the consumer group")
        loop.run(handler)


def _open_kafka(worker: Worker[Any], kafka: settings.Kafka) -> Session:
    from workers.runtime.kafka.session import KafkaSession  # noqa: PLC0415 slow to import

    return KafkaSession.open(worker, kafka)


def _connected(
    connect: Callable[[], Session], backoff: Backoff, stop: "_StopSignals"
) -> Session | None:
    """Connect, trying again while the broker is away; None if asked to stop."""
    while not stop.asked():
        try:
            return connect()
        except TransientError as error:
            backoff.wait_after(error)
    return None


def _ended(code: int, event: str, problem: str) -> int:
    """Leave one clear last line."""
    _log.error(event, problem=problem, exit_code=code)
    return code


class _StopSignals:
    """SIGTERM and SIGINT: the first asks to end, the second ends at once.

    A handler of a signal may interrupt anything, the holder of a lock too, so it only
    sets events; a thread of its own writes the log and counts the seconds.
    """

    def __init__(self, seconds: float) -> None:
        """Allow *seconds* from the first signal to an end in good order."""
        self._seconds = seconds
        self._asked = threading.Event()
        self._now = threading.Event()
        self._name = ""
        self._code = EXIT_TRANSIENT
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, self._signalled)
            threading.Thread(target=self._end_in_time, name="stop", daemon=True).start()

    def asked(self) -> bool:
        """Return whether the process is to end."""
        return self._asked.is_set()

    def wait(self, seconds: float) -> None:
        """Wait, but not beyond the first signal."""
        self._asked.wait(seconds)

    def _signalled(self, number: int, _: FrameType | None) -> None:
        self._name = signal.Signals(number).name
        if self._asked.is_set():
            self._code = 128 + number
            self._now.set()
        self._asked.set()

    def _end_in_time(self) -> None:
        self._asked.wait()
        _log.info("stopping", signal=self._name)
        if self._now.wait(self._seconds):
            why = f"second signal, {self._name}"
        else:
            why = f"the batch did not end within {self._seconds:.0f} s of {self._name}"
        _log.error("killed", problem=f"{why}: the open batch is aborted")
        os._exit(self._code)
