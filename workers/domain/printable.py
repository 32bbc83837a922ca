"""Characters that command a terminal or turn the order of a line: out, or escaped.

Text from feeds, pages and servers may hold ESC, C1 controls and direction marks. On
an operator's terminal they would paint over lines, set its title, or show an address
backwards. Joiners stay: Hindi is written with them.
"""

import re

_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 but tab and line feed, DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # direction: Unicode's Bidi_Control
    "\u2028\u2029\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)


def stripped(text: str) -> str:
    """Return *text* without them; tabs and line feeds stay."""
    return _UNSAFE.sub("", text)


def one_line(text: str) -> str:
    """Return *text* without them and on one line: a problem, a reason, a status."""
    return stripped(text).replace("\n", " ").replace("\t", " ")


def escaped_json(document: str) -> str:
    r"""Return a JSON *document* that says the same with them written as `\uXXXX`.

    JSON allows most of them in strings, and nowhere else.
    """
    return _UNSAFE.sub(_escape, document)


def _escape(match: re.Match[str]) -> str:
    code = match.group().encode("utf-16-be", "surrogatepass").hex()
    return "".join(rf"\u{code[at : at + 4]}" for at in range(0, len(code), 4))
