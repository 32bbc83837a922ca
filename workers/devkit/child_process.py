"""Child processes that never outlive their parent."""

import shutil
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO


def spawn(
    command: Sequence[str | Path],
    *,
    output: IO[bytes] | int | None = None,
    environment: Mapping[str, str] | None = None,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start *command* in a session of its own, both its outputs going to *output*.

    Ctrl-C reaches the parent alone, which so decides in which order its children
    stop. Should the parent die without stopping them, kill -9 included, Linux kills
    them (`PR_SET_PDEATHSIG`, set by util-linux's setpriv). The child inherits the
    descriptors *pass_fds*.

    Raises RuntimeError outside the main thread: the signal comes when the *thread*
    that started the child ends.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError(
            "children are started by the main thread, whose end is their end",
        )
    setpriv = shutil.which("setpriv")
    guard = [setpriv, "--pdeathsig", "KILL"] if setpriv else []
    return subprocess.Popen(
        [*guard, *command],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        env=environment,
        start_new_session=True,
        pass_fds=pass_fds,
    )


def stop(process: subprocess.Popen[bytes], seconds: float) -> int:
    """Ask *process* to end, kill it after *seconds*, and return its exit status.

    The status is negative where a signal ended it, as `subprocess` has it.
    """
    process.terminate()
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()
