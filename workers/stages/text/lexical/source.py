"""A TOML file of words, and errors that say in which line of it something is wrong.

What a file may hold is not here: the tables of words are in the package itself, the
lexicon of event predicates in `stages/events/lexicon.py`.
"""

import re
import tomllib
from typing import Any


class LexiconError(Exception):
    """A file of words that cannot be used; the message begins with file and line."""


class TomlSource:
    """A parsed TOML file that still knows its lines.

    tomllib keeps no positions, so a line is found again by its text. `LexiconError` is
    raised for what is no TOML.
    """

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.lines = text.splitlines()
        try:
            self.data: dict[str, Any] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"line (\d+)", str(error))
            line = int(found[1]) if found else len(self.lines)
            raise self.error(line, str(error)) from error

    def error(self, line: int, message: str) -> LexiconError:
        """Return the error to raise about *line*, counted from 1."""
        return LexiconError(f"{self.name}:{line}: {message}")

    def line_of(self, text: str, start: int = 1) -> int:
        """Return the first line from *start* on that has *text*, else *start*."""
        for number in range(start, len(self.lines) + 1):
            if text in self.lines[number - 1]:
                return number
        return start
