"""Elements of word-level XML, damaged or not.

The files of EDNIL 2020 were made by hand. Where a file is well formed this reads what
an XML parser reads; where it is not, every word is still read and every element gets an
end. Nothing is ever fetched or expanded: a DOCTYPE is passed over.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_MARKUP = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<!\[CDATA\[(?P<data>.*?)(?:\]\]>|\Z)"
    r"|<\?.*?(?:\?>|\Z)"
    r"|<!.*?(?:>|\Z)"
    r"|<(?P<close>/?)(?P<name>[^\W\d][\w.:-]*)"
    r"(?P<attributes>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"([^\W\d][\w.:-]*)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


@dataclass(slots=True)
class Element:
    """An element with what it holds, in order."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Element"] = field(default_factory=list)
    text: str = ""
    """What stands before the first child."""

    def has_words(self) -> bool:
        """Return whether any word is inside, however deep."""
        waiting = list(self.children)
        while waiting:
            each = waiting.pop()
            if each.name == WORD:
                return True
            waiting += each.children
        return False


WORD = "W"


def parse(markup: str) -> Element:
    """Return a nameless element that holds every element of *markup*.

    An end without a beginning is passed over; an element without an end lasts as long
    as the one around it, a word until the next tag. A lone `<` or `&` is text.
    """
    root = Element("")
    open_: list[Element] = [root]
    for name, attributes, closes, text in _pieces(markup):
        inner = open_[-1]
        if name is None:
            if not inner.children:
                inner.text += text
        elif closes:
            depth = _depth(open_, name)
            if depth:
                del open_[depth:]
        else:
            if inner.name == WORD:
                open_.pop()
            element = Element(name, _read(attributes))
            open_[-1].children.append(element)
            if not attributes.rstrip().endswith("/"):
                open_.append(element)
    return root


def _pieces(markup: str) -> Iterator[tuple[str | None, str, bool, str]]:
    """Yield tags as name, attributes, whether it closes; text with no name."""
    at = 0
    for found in _MARKUP.finditer(markup):
        if at < found.start():
            yield None, "", False, html.unescape(markup[at : found.start()])
        at = found.end()
        if found["name"]:
            yield found["name"], found["attributes"], bool(found["close"]), ""
        elif found["data"]:
            yield None, "", False, found["data"]
    if at < len(markup):
        yield None, "", False, html.unescape(markup[at:])


def _depth(open_: list[Element], name: str) -> int:
    """Return where the innermost open element of a name stands; 0 for none."""
    return next(
        (place for place in range(len(open_) - 1, 0, -1) if open_[place].name == name),
        0,
    )


def _read(attributes: str) -> dict[str, str]:
    return {
        name: html.unescape(double or single)
        for name, double, single in _ATTRIBUTE.findall(attributes)
    }
