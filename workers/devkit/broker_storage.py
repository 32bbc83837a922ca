"""The folder of an embedded broker: its data, configuration and log."""

import base64
import fcntl
import os
import shutil
import tempfile
import time
import uuid
from pathlib import Path
from typing import IO

from workers.devkit.java import SetupError

_TEMPORARY = "khabar-broker-"
_LOCK = "lock"
"""Locked (flock) while a broker has the folder; says which process, at which port."""
_YOUNG_SECONDS = 60.0
"""A folder may be made and not locked yet."""
_KAFKA_LOCK = ".lock"
"""What a running Kafka has locked beside its data."""
_CLEAN_SHUTDOWN = ".kafka_cleanshutdown"
"""What Kafka leaves beside its data when it ends in good order."""


class FolderInUseError(SetupError):
    """Another broker has the folder; the message says which, as far as it is known."""


class BrokerStorage:
    """The files of one broker, in a folder that is kept or in a temporary one."""

    def __init__(self, folder: Path | None) -> None:
        """Keep the files in *folder*; None: in a temporary one.

        A temporary folder is removed by `close`, or by the next broker of this
        machine if this process is killed.
        """
        self._lock: IO[bytes] | None = None
        self.is_temporary = folder is None
        """Whether `close` removes the folder."""
        if folder is None:
            self.folder, self._lock = _temporary_folder()
        else:
            self.folder = folder.absolute()
        self.data = self.folder / "data"
        self.server_properties = self.folder / "server.properties"
        self.controller_properties = self.folder / "controller.properties"
        self.logging = self.folder / "log4j2.xml"
        self.log = self.folder / "broker.log"

    @property
    def is_formatted(self) -> bool:
        """Whether the data has its cluster id."""
        return (self.data / "meta.properties").exists()

    @property
    def has_crashed(self) -> bool:
        """Whether a broker has run here and did not end in good order."""
        has_run = (self.data / "__cluster_metadata-0").exists()
        return has_run and not (self.data / _CLEAN_SHUTDOWN).exists()

    def claim(self, port: int) -> int:
        """Lock the folder for a broker at *port*; return the open lock.

        A process that is given the descriptor keeps the folder locked for as long
        as it lives, whatever becomes of this one. Nothing else may be touched before.
        Raises FolderInUseError, or OSError where the folder cannot be written.
        """
        if self._lock is None:
            self._lock = self._lock_folder()
        self._lock.seek(0)
        self._lock.truncate()
        self._lock.write(f"process {os.getpid()}, port {port}\n".encode())
        self._lock.flush()
        return self._lock.fileno()

    def _lock_folder(self) -> IO[bytes]:
        self.folder.mkdir(parents=True, exist_ok=True)
        # "a": whoever has it locked keeps what it has written there
        lock = (self.folder / _LOCK).open("a+b")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._test_kafka_lock()
        except BlockingIOError as error:
            lock.seek(0)
            owner = lock.readline().decode(errors="replace").strip()
            lock.close()
            raise FolderInUseError(
                f"{self.folder} is the folder of a broker that runs"
                f" ({owner or 'which process is not known'}): stop that one, or choose"
                " another folder with --data"
            ) from error
        except BaseException:
            lock.close()
            raise
        return lock

    def _test_kafka_lock(self) -> None:
        """Raise BlockingIOError where a Kafka has the data that knows no lock of ours.

        Java's FileLock is the record lock of POSIX.
        """
        kafka_lock = self.data / _KAFKA_LOCK
        if not kafka_lock.exists():
            return
        with kafka_lock.open("r+b") as held:
            try:
                fcntl.lockf(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except PermissionError as error:  # POSIX allows EACCES for EAGAIN
                raise BlockingIOError(error.errno, error.strerror) from error

    def end_of_log(self, lines: int) -> list[str]:
        """Return the last *lines* of the log."""
        return self.log.read_text("utf-8", "replace").splitlines()[-lines:]

    def close(self) -> None:
        """Give the folder back, and remove it if it is temporary."""
        if self.is_temporary:
            shutil.rmtree(self.folder, ignore_errors=True)
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def new_cluster_id() -> str:
    """Return a random id as Kafka writes ids: 128 bits in URL-safe base64."""
    while True:
        drawn = base64.urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
        if not drawn.startswith("-"):  # the formatter would read it as an option
            return drawn


def _temporary_folder() -> tuple[Path, IO[bytes]]:
    """Make a folder that is locked while this process lives; remove abandoned ones."""
    for other in Path(tempfile.gettempdir()).glob(f"{_TEMPORARY}*"):
        _remove_if_abandoned(other)
    folder = Path(tempfile.mkdtemp(prefix=_TEMPORARY))
    lock = (folder / _LOCK).open("wb")
    fcntl.flock(lock, fcntl.LOCK_EX)
    return folder, lock


def _remove_if_abandoned(folder: Path) -> None:
    """Remove *folder* if no living process holds its lock.

    The kernel drops an flock with the process that holds it, kill -9 included.
    """
    try:
        with (folder / _LOCK).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if time.time() - folder.stat().st_mtime > _YOUNG_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)
    except OSError:  # in use, or another user's
        return
