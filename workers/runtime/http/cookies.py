"""Cookies within one fetch (RFC 6265): sites that set one and redirect to themselves.

Such a site redirects whoever comes without its cookie, for ever. A jar lives as long
as one fetch with its redirects: nobody is recognised the next time.
"""

import re
from collections.abc import Sequence

from workers.runtime.http.target import Target

_MOST_HOSTS = 6
_MOST_PER_HOST = 20
_MOST_BYTES = 4096
"""Of all cookies of a host; RFC 6265, 6.1 asks for as much for one."""
# 4.1.1, but borne as 5.2 does: no control characters, none of the separators
_PAIR = re.compile(r"([!-:<>-~]+)=([ !-:<-~]*)")
_EXPIRED = re.compile(r";\s*max-age\s*=\s*(?:-|0+\s*(?:;|$))", re.IGNORECASE)
_SECURE = re.compile(r";\s*secure\s*(?:;|$)", re.IGNORECASE)


class CookieJar:
    """The cookies of one fetch; each goes to the very host that set it, alone."""

    def __init__(self) -> None:
        self._hosts: dict[str, dict[str, tuple[str, bool]]] = {}

    def take(self, target: Target, lines: Sequence[str]) -> None:
        """Take the values of Set-Cookie that *target* answered with.

        What is no cookie, or more than a host may set, is left out.
        """
        for line in lines:
            pair = _PAIR.fullmatch(line.partition(";")[0].strip())
            if pair is not None:
                self._take(target, pair[1], pair[2], line)

    def _take(self, target: Target, name: str, value: str, line: str) -> None:
        kept = self._hosts.get(target.host, {})
        kept.pop(name, None)
        size = sum(len(each) + len(kept[each][0]) for each in kept)
        fits = size + len(name) + len(value) <= _MOST_BYTES
        if _EXPIRED.search(line) or not fits or len(kept) >= _MOST_PER_HOST:
            return
        if target.host in self._hosts or len(self._hosts) < _MOST_HOSTS:
            self._hosts.setdefault(target.host, kept)[name] = (
                value,
                _SECURE.search(line) is not None,
            )

    def header(self, target: Target) -> str:
        """Return the value of Cookie for a request to *target*, empty without one."""
        known = self._hosts.get(target.host, {})
        return "; ".join(
            f"{name}={value}"
            for name, (value, secure) in known.items()
            if target.scheme == "https" or not secure
        )
