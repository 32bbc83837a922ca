"""The inside of a sandbox: a process that answers calls of one function.

Run as `python -m` with four arguments (`sandbox.Sandbox` does): the function, the
function that prepares it or an empty string, processor seconds, bytes of memory. It
imports little, because every process of a sandbox loads this.

Both directions speak the same frames over a socket: a byte (an order or a status),
the payload's length in four bytes, big-endian, and the payload.
"""

import importlib
import math
import os
import resource
import signal
import socket
import struct
import sys
import time
import typing
from collections.abc import Callable
from enum import IntEnum
from typing import Any

import msgspec

from workers.runtime.service import confinement

FRAME = struct.Struct(">BI")
"""An order or a status, and how many bytes follow."""
OPEN_NETWORK = 0x80
"""Added to a status where the kernel did not let the process leave the network."""
_PIECE = 1024 * 1024


class Order(IntEnum):
    """What the process is to do."""

    CALL = 0
    WARM_UP = 1


class Status(IntEnum):
    """What came of an order."""

    DONE = 0
    FAILED = 1
    """The payload says why, as UTF-8."""
    OUT_OF_MEMORY = 2


def receive(
    connection: socket.socket, length: int, deadline: float = math.inf
) -> bytes:
    """Read exactly *length* bytes.

    Raises EOFError where the other end closes before, and TimeoutError at *deadline*
    (of time.monotonic).
    """
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


class _Service:
    """Answers orders, each within a limit of processor time."""

    def __init__(
        self, function: str, prepare: str, cpu_seconds: float, marks: int
    ) -> None:
        """Add *marks* to every status."""
        self._marks = marks
        self._function = _imported(function)
        self._prepare = _imported(prepare) if prepare else None
        self._confined = False
        self._cpu_seconds = cpu_seconds
        self._decoder = msgspec.msgpack.Decoder(_request_type(self._function))
        self._encoder = msgspec.msgpack.Encoder()

    def serve(self, connection: socket.socket) -> None:
        """Answer until the other end closes."""
        while True:
            try:
                order, length = FRAME.unpack(receive(connection, FRAME.size))
                payload = receive(connection, length)
            except (EOFError, OSError):
                return
            status, answer = self._answer(order, payload)
            connection.sendall(FRAME.pack(status | self._marks, len(answer)))
            connection.sendall(answer)

    def _answer(self, order: int, payload: bytes) -> tuple[Status, bytes]:
        _allow(self._cpu_seconds)
        try:
            if not self._confined:
                if self._prepare is not None:
                    self._prepare()
                confinement.forbid_children()  # what prepares itself may start threads
                self._confined = True
            if order == Order.WARM_UP:
                return Status.DONE, b""
            result = self._function(self._decoder.decode(payload))
            return Status.DONE, self._encoder.encode(result)
        except MemoryError:
            return Status.OUT_OF_MEMORY, b""
        except Exception as error:  # noqa: BLE001 the caller is told of it
            return Status.FAILED, f"{type(error).__name__}: {error}".encode()


def _imported(name: str) -> Callable[..., Any]:
    module, _, attribute = name.partition(":")
    function: Callable[..., Any] = getattr(importlib.import_module(module), attribute)
    return function


def _request_type(function: Callable[..., Any]) -> Any:
    """Return the type that *function* declares for its one parameter."""
    hints = typing.get_type_hints(function)
    hints.pop("return")
    (request,) = hints.values()
    return request


def _allow(cpu_seconds: float) -> None:
    """Let the kernel end this process when it uses so much more processor time.

    The limit counts from the start of the process and has whole seconds, so it is
    set anew for every call.
    """
    usage = resource.getrusage(resource.RUSAGE_SELF)
    limit = math.ceil(usage.ru_utime + usage.ru_stime + cpu_seconds)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (limit, hard))


def _main(arguments: list[str]) -> None:
    function, prepare, cpu_seconds, memory_bytes = arguments
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    marks = 0 if confinement.leave_network() else OPEN_NETWORK
    service = _Service(function, prepare, float(cpu_seconds), marks)
    # after the imports: their address space counts, but they may not fail for it
    limit = int(memory_bytes)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with socket.socket(fileno=os.dup(0)) as connection:
        service.serve(connection)


if __name__ == "__main__":
    _main(sys.argv[1:])
