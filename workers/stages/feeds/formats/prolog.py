"""Find the root element of an XML document, and what may stand before it.

XML 1.0, production 22 (prolog): a declaration, comments, processing instructions and
one DOCTYPE, in which entities can be defined that expand exponentially or name files.
A pattern over the text takes `<!-- <a> -->` for an element and a comment that mentions
a DOCTYPE for one; so the prolog is read token by token, each in linear time.
"""

import re
from typing import NamedTuple

_NAME = re.compile(r"(?:[^\W\d][\w.-]*:)?([^\W\d][\w.-]*)")
_DECLARATION = re.compile(
    r"<!\s*(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)", re.IGNORECASE
)
_IN_DOCTYPE = re.compile(r"[\"'\[>]")


class Prolog(NamedTuple):
    """What was found before the content of a document."""

    root: str
    """Name of the root element without its prefix; empty where there is none."""
    begin: int
    """Offset of the root element in the text, in code points."""
    declares: bool
    """True if something is declared: a DOCTYPE with an internal subset, or without
    an end, or a declaration outside of one."""
    is_html: bool
    """True if the DOCTYPE is HTML's."""


def read_prolog(text: str) -> Prolog:
    """Return what stands before the root element of *text*, and where that begins.

    Text between the parts is skipped: some servers print warnings there. A plain
    DOCTYPE, as of RSS 0.91 or HTML, declares nothing.
    """
    at = 0
    declares = is_html = False
    while (at := text.find("<", at)) >= 0:
        if text.startswith("<?", at):
            at = _behind(text, "?>", at)
        elif text.startswith("<!--", at):
            at = _behind(text, "-->", at + len("<!--"))
        elif text.startswith("<!", at):
            found, subset, end = _read_declaration(text, at)
            declares = declares or subset
            is_html = is_html or found == "html"
            at = end
        elif (name := _NAME.match(text, at + 1)) is not None:
            return Prolog(name[1], at, declares, is_html)
        else:
            at += 1
        if at < 0:
            break
    return Prolog("", len(text), declares, is_html)


def _behind(text: str, end: str, at: int) -> int:
    """Return the offset behind *end*, -1 where it is not found."""
    found = text.find(end, at)
    return found + len(end) if found >= 0 else -1


def _read_declaration(text: str, at: int) -> tuple[str, bool, int]:
    """Return a DOCTYPE's name, whether it declares anything, and its end or -1."""
    match = _DECLARATION.match(text, at)
    if match is None:  # `<!…>` of no kind that XML knows
        return "", False, _behind(text, ">", at)
    if match.group().upper() != "<!DOCTYPE":  # also one that a blank has broken
        return "", True, _behind(text, ">", at)
    words = text[match.end() : match.end() + 200].split(None, 1)
    name = words[0].rstrip(">[").lower() if words else ""
    at = match.end()
    while (found := _IN_DOCTYPE.search(text, at)) is not None:
        mark = found.group()
        if mark == ">":
            return name, False, found.end()
        if mark == "[":
            return name, True, -1
        at = _behind(text, mark, found.end())  # a public or system identifier
        if at < 0:
            break
    return name, True, -1
