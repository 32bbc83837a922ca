"""Where a directive to refresh leads (HTML, 4.2.5.3; the header field Refresh)."""

import re

from workers.web.urls import absolute_url

MOST_SECONDS = 10
"""A page that stays for longer is there to be read, and reloads itself."""
_LONGEST = 4096
# what browsers take: a comma for the semicolon, no `url=`, one quotation mark
_DIRECTIVE = re.compile(
    r"(?P<seconds>\d{0,9})[\d.]*(?:[\s;,]+(?:url\s*=\s*)?(?P<target>.*))?",
    re.IGNORECASE | re.DOTALL,
)


def refresh_target(directive: str, url: str, base: str = "") -> str | None:
    """Return where *directive* leads a reader of *url* soon, None if nowhere else.

    *directive* is the content of the `meta`, or the value of the header field Refresh.
    Relative addresses are resolved against *base*, *url* without one.
    """
    match = _DIRECTIVE.fullmatch(directive[:_LONGEST].strip())
    if match is None or int(match["seconds"] or 0) > MOST_SECONDS:
        return None
    target = (match["target"] or "").strip()
    if target[:1] in ("'", '"'):
        target = target[1:].partition(target[0])[0].strip()
    there = absolute_url(target, base or url) if target else None
    leads_on = there is not None and _page_of(there) != _page_of(url)
    return there if leads_on else None


def _page_of(url: str) -> str:
    return url.partition("#")[0]
