"""What a process of a sandbox is denied: the network, children, the worker's secrets.

The kernel may forbid one way or the other, in containers most of all; then the process
runs all the same, and says that the network is open to it.
"""

import ctypes
import os
import resource
from collections.abc import Mapping

_CLONE_NEWUSER = 0x1000_0000
_CLONE_NEWNET = 0x4000_0000
"""Of sched.h; `os.unshare` comes with Python 3.12."""

_KEPT = frozenset(
    [
        "HOME",
        "LANG",
        "LANGUAGE",
        "LD_LIBRARY_PATH",
        "PATH",
        "SYSTEMROOT",
        "TMPDIR",
        "TZ",
        "VIRTUAL_ENV",
    ]
)
_KEPT_PREFIXES = ("PYTHON", "LC_", "OMP_", "OPENBLAS_", "MKL_")


def clean_environment(environment: Mapping[str, str]) -> Mapping[str, str]:
    """Return what a parser may know of *environment*: no settings, so no secrets."""
    return {
        name: value
        for name, value in environment.items()
        if name in _KEPT or name.startswith(_KEPT_PREFIXES)
    }


def leave_network() -> bool:
    """Move this process to a network without interfaces; False if it may not.

    Open sockets stay. An ordinary user may do it in a user namespace alone, for which
    the process must not have threads yet.
    """
    try:
        unshare = ctypes.CDLL(None, use_errno=True).unshare
    except (OSError, AttributeError):  # no Linux
        return False
    kinds = (_CLONE_NEWNET, _CLONE_NEWUSER | _CLONE_NEWNET)
    return any(unshare(kind) == 0 for kind in kinds)


def forbid_children() -> None:
    """Let this process start no further process or thread; root is not bound by it."""
    if os.geteuid() != 0:
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
