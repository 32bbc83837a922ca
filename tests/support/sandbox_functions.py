"""Functions that test_confined runs in processes of their own."""

import os
import signal
import threading


def reverse(payload: bytes) -> bytes:
    return payload[::-1]


def pid(_: bytes) -> bytes:
    return str(os.getpid()).encode()


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
