"""The folder of an embedded broker: its data, configuration and log."""

import base64
import fcntl
import shutil
import tempfile
import time
import uuid
from pathlib import Path
from typing import IO

_TEMPORARY = "khabar-broker-"
_LOCK = "lock"
_YOUNG_SECONDS = 60.0
"""A folder may be made and not locked yet."""
_CLEAN_SHUTDOWN = ".kafka_cleanshutdown"
"""What Kafka leaves beside its data when it ends in good order."""


class BrokerStorage:
    """The files of one broker, in a folder that is kept or in a temporary one."""

    def __init__(self, folder: Path | None) -> None:
        """Keep the files in *folder*; None: in a temporary one.

        A temporary folder is removed by `close`, or by the next broker of this
        machine if this process is killed.
        """
        self._lock: IO[bytes] | None = None
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
    def is_temporary(self) -> bool:
        """Whether `close` removes the folder."""
        return self._lock is not None

    @property
    def is_formatted(self) -> bool:
        """Whether the data has its cluster id."""
        return (self.data / "meta.properties").exists()

    @property
    def has_crashed(self) -> bool:
        """Whether a broker has run here and did not end in good order."""
        has_run = (self.data / "__cluster_metadata-0").exists()
        return has_run and not (self.data / _CLEAN_SHUTDOWN).exists()

    def end_of_log(self, lines: int) -> list[str]:
        """Return the last *lines* of the log."""
        return self.log.read_text("utf-8", "replace").splitlines()[-lines:]

    def close(self) -> None:
        """Remove the folder if it is temporary."""
        if self._lock is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
            self._lock.close()


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
