"""A pure function in a process of its own that may be killed.

For work on bytes from strangers: whatever they make of the parser, it costs a
bounded time and memory, and its end is not the worker's. The function takes bytes and
returns bytes; it is named, as `package.module:function`, and imported by the process.
"""

import importlib
import math
import os
import queue
import resource
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from enum import StrEnum

_LENGTH = struct.Struct(">BI")
"""A status, and how many bytes follow."""
_DONE = 0
_FAILED = 1
_OUT_OF_MEMORY = 2
_PIECE = 1024 * 1024


class Confinement(StrEnum):
    """Why there is no result; closed, so safe as a metric label."""

    TIME = "time"
    MEMORY = "memory"
    CRASH = "crash"


class ConfinedError(Exception):
    """The function gave no result for these bytes."""

    def __init__(self, why: Confinement, detail: str = "") -> None:
        super().__init__(f"{why.value}: {detail}" if detail else why.value)
        self.why = why


class Confined:
    """Calls one function in processes of their own; safe from many threads."""

    def __init__(
        self,
        function: str,
        *,
        processes: int = 1,
        cpu_seconds: float = 5.0,
        wall_seconds: float = 20.0,
        memory_bytes: int = 512 * 1024 * 1024,
    ) -> None:
        """Prepare up to *processes*; each starts when it is first needed.

        *cpu_seconds* and *wall_seconds* bound one call; *memory_bytes* the address
        space of a process.
        """
        self._arguments = [function, str(cpu_seconds), str(memory_bytes)]
        self._wall_seconds = wall_seconds
        self._processes = processes
        self._idle: queue.LifoQueue[_Process | None] = queue.LifoQueue()
        for _ in range(processes):
            self._idle.put(None)
        self._lock = threading.Lock()
        self._running: set[_Process] = set()
        self._closed = False

    def call(self, payload: bytes) -> bytes:
        """Return what the function makes of *payload*; raises ConfinedError."""
        process = self._idle.get()
        try:
            if process is None:
                process = self._start()
            return process.ask(payload, time.monotonic() + self._wall_seconds)
        except ConfinedError:
            if process is not None:
                self._end(process)
            process = None
            raise
        finally:
            self._idle.put(process)

    def _start(self) -> "_Process":
        with self._lock:
            if self._closed:
                raise ConfinedError(Confinement.CRASH, "closed")
            process = _Process(self._arguments)
            self._running.add(process)
            return process

    def _end(self, process: "_Process") -> None:
        with self._lock:
            self._running.discard(process)
        process.end()

    def close(self) -> None:
        """End every process, at work or not."""
        with self._lock:
            self._closed = True
            running, self._running = self._running, set()
        for process in running:
            process.kill()  # a thread that waits for its answer gives it back
        slots = [self._idle.get() for _ in range(self._processes)]
        for slot in slots:
            if slot is not None:
                slot.end()
            self._idle.put(None)


class _Process:
    """One process, from the outside."""

    def __init__(self, arguments: list[str]) -> None:
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._popen = subprocess.Popen(
                [sys.executable, "-m", __name__, *arguments],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            )

    def ask(self, payload: bytes, deadline: float) -> bytes:
        """Send *payload*, return the answer; raises ConfinedError."""
        try:
            self._socket.settimeout(max(0.0, deadline - time.monotonic()))
            self._socket.sendall(_LENGTH.pack(_DONE, len(payload)))
            self._socket.sendall(payload)
            status, length = _LENGTH.unpack(
                _receive(self._socket, _LENGTH.size, deadline)
            )
            answer = _receive(self._socket, length, deadline)
        except TimeoutError:
            raise ConfinedError(Confinement.TIME) from None
        except (OSError, EOFError):
            raise ConfinedError(*self._autopsy()) from None
        if status == _DONE:
            return answer
        if status == _OUT_OF_MEMORY:
            raise ConfinedError(Confinement.MEMORY)
        raise ConfinedError(Confinement.CRASH, answer.decode(errors="replace"))

    def _autopsy(self) -> tuple[Confinement, str]:
        try:
            status = self._popen.wait(1.0)
        except subprocess.TimeoutExpired:
            return Confinement.CRASH, "it hung up"
        if status == -signal.SIGXCPU:
            return Confinement.TIME, ""
        return Confinement.CRASH, f"it ended with status {status}"

    def kill(self) -> None:
        self._popen.kill()

    def end(self) -> None:
        self._popen.kill()
        self._popen.wait()
        self._socket.close()


def _receive(
    connection: socket.socket, length: int, deadline: float = math.inf
) -> bytes:
    """Read exactly *length* bytes; raises EOFError, or TimeoutError at *deadline*."""
    whole = bytearray()
    while len(whole) < length:
        if deadline < math.inf:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            connection.settimeout(left)
        piece = connection.recv(min(_PIECE, length - len(whole)))
        if not piece:
            raise EOFError
        whole += piece
    return bytes(whole)


# --- inside the process -------------------------------------------------------


def _serve(
    function: Callable[[bytes], bytes], connection: socket.socket, cpu_seconds: float
) -> None:
    while True:
        try:
            _, length = _LENGTH.unpack(_receive(connection, _LENGTH.size))
            payload = _receive(connection, length)
        except (EOFError, OSError):
            return
        _allow(cpu_seconds)
        try:
            status, answer = _DONE, function(payload)
        except MemoryError:
            status, answer = _OUT_OF_MEMORY, b""
        except Exception as error:  # noqa: BLE001 the caller is told of it
            status, answer = _FAILED, f"{type(error).__name__}: {error}".encode()
        connection.sendall(_LENGTH.pack(status, len(answer)))
        connection.sendall(answer)


def _allow(cpu_seconds: float) -> None:
    """Let the kernel end this process when it uses so much more processor time."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    limit = math.ceil(usage.ru_utime + usage.ru_stime + cpu_seconds)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (limit, hard))


def _main(arguments: list[str]) -> None:
    name, cpu_seconds, memory_bytes = arguments
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    module, _, attribute = name.partition(":")
    function = getattr(importlib.import_module(module), attribute)
    limit = int(memory_bytes)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with socket.socket(fileno=os.dup(0)) as connection:
        _serve(function, connection, float(cpu_seconds))


if __name__ == "__main__":
    _main(sys.argv[1:])
