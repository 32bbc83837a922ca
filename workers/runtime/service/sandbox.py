"""A pure function in a process of its own that may be killed.

For work on bytes from the web: whatever they make a parser do costs bounded time and
memory, and the worker survives it. This module is the caller's side;
`sandbox_process` is what runs inside.
"""

import functools
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from enum import StrEnum
from typing import Generic, NamedTuple, TypeVar

import msgspec

from workers.runtime.service import logs, sandbox_process
from workers.runtime.service.confinement import clean_environment
from workers.runtime.service.sandbox_process import (
    FRAME,
    OPEN_NETWORK,
    Order,
    Status,
    receive,
)

Request = TypeVar("Request")
Result = TypeVar("Result")


_log = logs.get(__name__)


@functools.cache
def _warn_of_open_network() -> None:
    """Say once that the kernel allows no network namespace."""
    _log.warning(
        "sandbox_network_open",
        why="the kernel allows no network namespace: parsers could reach the network",
    )


class SandboxFailure(StrEnum):
    """Why there is no result; a closed set, so safe as a metric label."""

    TIME = "time"
    MEMORY = "memory"
    CRASH = "crash"


class SandboxError(Exception):
    """The function gave no result for this request."""

    def __init__(self, why: SandboxFailure, detail: str = "") -> None:
        super().__init__(f"{why.value}: {detail}" if detail else why.value)
        self.why = why


class Limits(NamedTuple):
    """What one call may take."""

    cpu_seconds: float
    """Processor time, enforced by the kernel (RLIMIT_CPU)."""
    wall_seconds: float
    """Time until the answer is here; bounds what sleeps or waits."""
    memory_bytes: int
    """Address space of the process (RLIMIT_AS)."""


class Sandbox(Generic[Request, Result]):
    """Calls one function in processes of their own; safe from many threads.

    Requests and results travel as MessagePack, so both are types that msgspec knows.
    """

    def __init__(
        self,
        function: str,
        result: type[Result],
        limits: Limits,
        *,
        processes: int = 1,
        prepare: str = "",
    ) -> None:
        """Plan up to *processes*; each starts when it is first needed.

        *function* and *prepare* are named as `package.module:function` and imported
        by the process alone: the caller does not load what they need. *function*
        takes a request, whose type it declares, and returns a *result*. *prepare* is
        called once in each process, before its first call, to load models.
        """
        self._arguments = [
            function,
            prepare,
            str(limits.cpu_seconds),
            str(limits.memory_bytes),
        ]
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(result)
        self._wall_seconds = limits.wall_seconds
        self._processes = processes
        # last in, first out: a quiet worker keeps to one process and starts no other
        self._idle: queue.LifoQueue[_Process | None] = queue.LifoQueue()
        for _ in range(processes):
            self._idle.put(None)
        self._lock = threading.Lock()
        self._running: set[_Process] = set()
        self._closed = False

    def warm_up(self) -> None:
        """Start every process and have it prepare itself; raises SandboxError."""
        with ExitStack() as borrowed:
            for _ in range(self._processes):
                process = borrowed.enter_context(self._borrow())
                process.ask(Order.WARM_UP, b"", self._deadline())

    def call(self, request: Request) -> Result:
        """Return what the function makes of *request*; raises SandboxError."""
        payload = self._encoder.encode(request)
        with self._borrow() as process:
            answer = process.ask(Order.CALL, payload, self._deadline())
            try:
                return self._decoder.decode(answer)
            except msgspec.DecodeError as error:
                raise SandboxError(SandboxFailure.CRASH, str(error)) from error

    def close(self) -> None:
        """End every process, at work or not; calls under way raise SandboxError."""
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

    def _deadline(self) -> float:
        return time.monotonic() + self._wall_seconds

    @contextmanager
    def _borrow(self) -> Iterator["_Process"]:
        """Lend a process; one that an exception leaves in doubt is ended."""
        process = self._idle.get()
        try:
            if process is None:
                process = self._start()
            yield process
        except BaseException:
            if process is not None:
                self._end(process)
            process = None
            raise
        finally:
            self._idle.put(process)

    def _start(self) -> "_Process":
        with self._lock:
            if self._closed:
                raise SandboxError(SandboxFailure.CRASH, "closed")
            process = _Process(self._arguments)
            self._running.add(process)
            return process

    def _end(self, process: "_Process") -> None:
        with self._lock:
            self._running.discard(process)
        process.end()


class _Process:
    """One process, from the outside."""

    def __init__(self, arguments: list[str]) -> None:
        self._socket, theirs = socket.socketpair()
        with theirs:
            # The socket is its standard input: when the worker dies, however it dies,
            # the kernel closes the other end, and the process sees that and exits.
            self._popen = subprocess.Popen(
                [sys.executable, "-m", sandbox_process.__name__, *arguments],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                env={
                    **clean_environment(os.environ),
                    "PYTHONDONTWRITEBYTECODE": "1",
                },
                start_new_session=True,  # with a process group that is killed whole
            )

    def ask(self, order: Order, payload: bytes, deadline: float) -> bytes:
        """Send an order, return the answer; raises SandboxError."""
        try:
            self._socket.settimeout(max(0.0, deadline - time.monotonic()))
            self._socket.sendall(FRAME.pack(order, len(payload)))
            self._socket.sendall(payload)
            status, length = FRAME.unpack(receive(self._socket, FRAME.size, deadline))
            answer = receive(self._socket, length, deadline)
            if status & OPEN_NETWORK:
                _warn_of_open_network()
                status &= ~OPEN_NETWORK
        except TimeoutError:
            raise SandboxError(SandboxFailure.TIME) from None
        except (OSError, EOFError):
            raise SandboxError(*self._exit_reason()) from None
        if status == Status.DONE:
            return answer
        if status == Status.OUT_OF_MEMORY:
            raise SandboxError(SandboxFailure.MEMORY)
        raise SandboxError(SandboxFailure.CRASH, answer.decode(errors="replace"))

    def _exit_reason(self) -> tuple[SandboxFailure, str]:
        """Return why the process ended that closed its end of the socket."""
        try:
            status = self._popen.wait(1.0)
        except subprocess.TimeoutExpired:
            return SandboxFailure.CRASH, "it hung up"
        # the kernel's signal at RLIMIT_CPU; a negative status is the signal's number
        if status == -signal.SIGXCPU:
            return SandboxFailure.TIME, ""
        return SandboxFailure.CRASH, f"it ended with status {status}"

    def kill(self) -> None:
        """Kill the process and whatever it has started."""
        if self._popen.returncode is None:  # else the number may be another's by now
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._popen.pid, signal.SIGKILL)

    def end(self) -> None:
        self.kill()
        self._popen.wait()
        self._socket.close()
