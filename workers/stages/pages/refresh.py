"""Pages that lead elsewhere by themselves: meta refresh (HTML, 4.2.5.3)."""

import re

from workers.stages.pages import markup
from workers.stages.text.charset import decode
from workers.web.refresh import refresh_target
from workers.web.urls import absolute_url

_HINT = re.compile(rb"http-equiv\s{0,9}=\s{0,9}[\"']?\s{0,9}refresh", re.IGNORECASE)


def page_refresh(body: bytes, url: str, content_type: str = "") -> str | None:
    """Return where the page *body* leads its reader soon, None if nowhere."""
    if not _HINT.search(body):
        return None
    tree = markup.parse(decode(body, content_type).text)
    if tree is None:
        return None
    stated = tree.find(".//base[@href]")
    base = None if stated is None else absolute_url(stated.get("href") or "", url)
    for element in tree.iter("meta"):
        if (element.get("http-equiv") or "").strip().lower() == "refresh":
            return refresh_target(element.get("content") or "", url, base or url)
    return None
