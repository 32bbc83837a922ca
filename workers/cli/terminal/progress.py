"""One line of progress below what is printed."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.text import Text

_REPEAT_SECONDS = 10.0


class Progress:
    """A line that changes on a terminal; elsewhere a new line every ten seconds."""

    def __init__(self, out: Console) -> None:
        self._out = out
        self._started = time.monotonic()
        self._step = ""
        self._written_at = float("-inf")
        self._status = out.status("") if out.is_terminal else None

    def __enter__(self) -> Self:
        if self._status:
            self._status.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._status:
            self._status.stop()

    @property
    def seconds(self) -> float:
        """Return the time since it began."""
        return time.monotonic() - self._started

    def step(self, name: str) -> None:
        """Begin a step; it gets a line of its own."""
        self._step = name
        if self._status:
            self._status.start()
        else:
            self._write(" …")
        self.note("")

    def note(self, detail: str) -> None:
        """Show how far the step is; cheap enough for every turn of a loop."""
        if self._status:
            text = f"{self._step}, {self.seconds:.0f} s"
            text += f": {detail}" if detail else " …"
            self._status.update(Text(text, "dim", no_wrap=True, overflow="ellipsis"))
        elif time.monotonic() - self._written_at >= _REPEAT_SECONDS:
            self._write(f": {detail} …" if detail else " …")

    def clear(self) -> None:
        """Remove the line before the closing output."""
        if self._status:
            self._status.stop()

    def _write(self, words: str) -> None:
        self._written_at = time.monotonic()
        line = f"[{self.seconds:3.0f} s] {self._step}{words}"
        self._out.print(Text(line, "dim"), no_wrap=True, overflow="ellipsis")
