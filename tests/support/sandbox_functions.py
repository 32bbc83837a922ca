"""Functions that test_sandbox runs in processes of their own."""

import os
import signal
import socket
import threading

from msgspec import Struct


class Sum(Struct, frozen=True):
    parts: tuple[int, ...]


class Total(Struct, frozen=True):
    amount: int


def add(request: Sum) -> Total:
    return Total(sum(request.parts))


def reverse(payload: bytes) -> bytes:
    return payload[::-1]


def pid(_: bytes) -> bytes:
    return str(os.getpid()).encode()


_prepared: list[int] = []


def prepare() -> None:
    _prepared.append(len(_prepared) + 1)


def prepared(_: bytes) -> list[int]:
    """Return one number for each time that this process was prepared."""
    return _prepared


def fail_to_prepare() -> None:
    msg = "no model"
    raise RuntimeError(msg)


def obey(payload: bytes) -> bytes:
    """Do what the payload says."""
    match payload:
        case b"spin":
            while True:
                pass
        case b"sleep":
            threading.Event().wait()
        case b"hoard":
            return bytes(4 * 1024**3)
        case b"die":
            os.kill(os.getpid(), signal.SIGSEGV)
        case b"recurse":
            return obey(payload)
        case b"raise":
            msg = "क्यों नहीं"
            raise ValueError(msg)
    return payload


def environment(_: bytes) -> list[str]:
    """Return the names of all variables that the process can see."""
    return sorted(os.environ)


def connect(address: bytes) -> str:
    """Return what comes of a connection to host:port, by name of the exception."""
    host, _, port = address.decode().partition(":")
    try:
        socket.create_connection((host, int(port)), 2.0).close()
    except OSError as error:
        return type(error).__name__
    return "connected"


def leave_a_child(_: bytes) -> int:
    """Start a process that outlives its parent, and return its number."""
    child = os.fork()
    if child == 0:
        signal.pause()
    return child


def group(_: bytes) -> list[int]:
    """Return the numbers of this process, its group and its session."""
    return [os.getpid(), os.getpgrp(), os.getsid(0)]
