"""Read EDNIL 2020: Hindi news of disasters and violence with events and arguments.

FIRE 2020's shared task "Event Detection from News in Indian Languages". Its files have
an element per word, and spans around words that may nest; here a text is its words with
one space between them and a newline between paragraphs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from workers.ednil.markup import WORD, Element, parse
from workers.evaluation.conll import EvaluationError

EVENTS = ("MAN_MADE_EVENT", "NATURAL_EVENT")
"""Labels of events; everything else is the label of an argument."""
_ARGUMENT = "-ARG"
_PARAGRAPH = "P"
_ABOUT = frozenset({"DESC", "TIME", "TITLE"})
"""What files say of themselves, not in words."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A span of a text with its label; offsets in code points, end exclusive."""

    label: str
    """One of EVENTS, or an argument: CASUALTIES, PLACE, TIME, REASON, …"""
    subtype: str
    """Of an event: EARTHQUAKE, SUICIDE_ATTACK, …; else empty."""
    start: int
    end: int
    id: str = ""
    confidence: float = 1.0
    """How likely it is right, where a model found it."""


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A text with its spans, and which argument belongs to which event."""

    id: str
    text: str
    marks: tuple[Mark, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    """Id of an argument, id of its event."""


def read_folder(folder: Path) -> list[MarkedText]:
    """Read every file of a folder, in the order of their names.

    Raises EvaluationError where there is none, and for a file without any element.
    """
    paths = sorted(path for path in folder.iterdir() if path.is_file())
    if not paths:
        message = f"{folder} holds no file"
        raise EvaluationError(message)
    return [read(path) for path in paths]


def read(path: Path) -> MarkedText:
    """Read one file; damaged markup is read as far as it goes.

    Raises EvaluationError for a file without any element.
    """
    root = parse(path.read_text(encoding="utf-8", errors="replace"))
    if not root.children:
        message = f"{path}: no XML element in it"
        raise EvaluationError(message)
    reader = _Reader()
    reader.walk_all(root.children)
    return MarkedText(
        path.name, "".join(reader.text), tuple(reader.marks), tuple(reader.links)
    )


class _Reader:
    """Collects words and spans in one pass over the elements."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.length = 0
        self.marks: list[Mark] = []
        self.links: list[tuple[str, str]] = []

    def walk_all(self, elements: Sequence[Element]) -> None:
        """Take in elements in their order, without recursion: files nest at will."""
        waiting: list[tuple[Element, int | None]] = []
        waiting += [(element, None) for element in reversed(elements)]
        while waiting:
            element, start = waiting.pop()
            if start is not None:
                self._mark(element, start)
            elif element.name == WORD:
                self._word(element.text)
            elif element.name not in _ABOUT or element.has_words():
                if element.name == _PARAGRAPH and self.length:
                    self._add("\n")
                waiting.append((element, self.length))
                waiting += [(child, None) for child in reversed(element.children)]
                self._links(element)

    def _add(self, piece: str) -> None:
        self.text.append(piece)
        self.length += len(piece)

    def _word(self, raw: str) -> None:
        word = " ".join(raw.split())
        if word:
            if self.length and not self.text[-1].endswith("\n"):
                self._add(" ")
            self._add(word)

    def _links(self, element: Element) -> None:
        for child in element.children:
            event = child.attributes.get("EVENT_ARG")
            if child.name == "LINK" and event is not None:
                self.links.append((element.attributes.get("ID", ""), event))

    def _mark(self, element: Element, start: int) -> None:
        """Note the span of an element that ends here."""
        name = element.name
        if name not in EVENTS and not name.endswith(_ARGUMENT):
            return
        inside = self._since(start)
        if inside.strip():
            self.marks.append(
                Mark(
                    label=name.removesuffix(_ARGUMENT),
                    subtype=element.attributes.get("TYPE", ""),
                    start=start + len(inside) - len(inside.lstrip()),
                    end=start + len(inside.rstrip()),
                    id=element.attributes.get("ID", ""),
                )
            )

    def _since(self, start: int) -> str:
        pieces: list[str] = []
        at = self.length
        for piece in reversed(self.text):
            if at <= start:
                break
            pieces.append(piece)
            at -= len(piece)
        return "".join(reversed(pieces))
