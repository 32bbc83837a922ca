"""Which of the texts that stand for authors are names: no accounts, no addresses."""

import re

_NOT_A_NAME = re.compile(
    r"https?:|www\.|@|^\W*$|^(?:updated|published|first|last|अपडेट|प्रकाशित)\b|\d{3,}",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(
    r"(?:(?:super|site|web)?[\s_-]*admin(?:istrator)?|webmaster|root|guest|default|test|"
    r"(?:wp|web|news|site)?[\s_-]*(?:user|editor|author|writer|publisher)|none|null|nan|undefined|"
    r"no-?reply|unknown|anonymous|एडमिन|अज्ञात)[\s_-]*\d*\W*$",
    re.IGNORECASE,
)
"""Names of accounts and of nothing, as content systems put them in."""
_MAX_NAME = 60

LONGEST_FIELD = 2000
"""Code points of a field for authors that are read."""
# RFC 5322 (3.4.1) as far as it is in use; bounded, so that no text takes long
_IN_ADDRESS = r"""[^\s@()<>\[\],;:"'“”]"""
_MAIL_ADDRESS = re.compile(
    rf"(?:mailto:)?{_IN_ADDRESS}{{1,64}}@{_IN_ADDRESS}{{1,255}}", re.IGNORECASE
)
_EMPTY_BRACKETS = re.compile(r"\(\s*\)|<\s*>|\[\s*\]|&lt;\s*&gt;")
_IN_BRACKETS = re.compile(r"\(([^()]*)\)|<([^<>]*)>|\[([^\[\]]*)\]")
_EDGES = " \t\r\n\"'“”|,;:-–—"
_WEB_ADDRESS = re.compile(r"https?:|www\.|@|^\W*$", re.IGNORECASE)


def is_author_name(name: str) -> bool:
    """Return whether *name* may be a person's or a desk's, and no account's."""
    return (
        0 < len(name) <= _MAX_NAME
        and not _NOT_A_NAME.search(name)
        and not _ACCOUNT.match(name)
    )


def without_address(text: str) -> str:
    """Return the name in a feed's field for authors, empty where there is none.

    RSS 2.0 wants `desk@example.in (Name)`; `Name <desk@example.in>` is as usual.
    """
    name = text[:LONGEST_FIELD].strip()
    if "@" in name:
        name = _MAIL_ADDRESS.sub(" ", name)
        name = _EMPTY_BRACKETS.sub(" ", name).strip(_EDGES)
        inner = _IN_BRACKETS.fullmatch(name)
        if inner is not None:
            name = next(group for group in inner.groups() if group is not None)
        name = name.strip(_EDGES)
    if _WEB_ADDRESS.search(name) or _ACCOUNT.match(name):
        return ""
    return name
