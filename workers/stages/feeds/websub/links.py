"""The hub and the topic that a response names in its Link header.

WebSub, section 4; the header's syntax is that of RFC 8288, section 3. Links inside of
feeds are read with the feeds.
"""

import re

from workers.web.urls import absolute_url

_LINK = re.compile(r"<([^<>]{1,2000})>([^<]{0,500})")
_REL = re.compile(r""";\s*rel\s*=\s*(?:"([^"]*)"|([^\s";,]+))""", re.IGNORECASE)


def header_links(value: str, url: str) -> tuple[str | None, str | None]:
    """Return hub and topic that a Link header (RFC 8288) names; the first of each."""
    found: dict[str, str | None] = {}
    for target, parameters in _LINK.findall(value):
        rel = _REL.search(parameters)
        for name in (rel[1] or rel[2] or "").lower().split() if rel else ():
            found.setdefault(name, absolute_url(target.strip(), url))
    return found.get("hub"), found.get("self")
