"""The groups of a robots.txt that speak to one product, and nothing else of it.

A rule belongs to every `User-agent` line of its group, so a matcher that keeps all
groups copies each rule to each agent: agents times rules. Here one pass keeps what
is for us (RFC 9309, 2.2.1): the groups that name the product, joined; where none
does, those of `*`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

MAX_RULES = 10_000
"""Rules that are kept of the groups for us, in the order of the file."""
MAX_PATTERN = 2_000
"""Characters of a rule's path that are kept."""
MAX_WILDCARDS = 20
"""`*` in a rule's path: each costs a search of the address."""
MAX_DELAY_SECONDS = 86_400.0
"""The longest wait between requests that is believed; more is taken for this."""

_AGENT = "user-agent"
_SPELLINGS = {
    _AGENT: ("user-agent", "user agent", "useragent"),
    "disallow": (
        "disallow",
        "dissallow",
        "dissalow",
        "disalow",
        "diasllow",
        "disallaw",
    ),
    "allow": ("allow",),
    "crawl-delay": ("crawl-delay", "crawl delay"),
    "request-rate": ("request-rate", "request rate"),
}
_FIELDS = {each: name for name, all_ in _SPELLINGS.items() for each in all_}
"""Fields by how they are spelled, rightly and in use."""
_LINE = re.compile(
    rf"({'|'.join(sorted(_FIELDS, key=len, reverse=True))})(?:\s*:|\s)", re.IGNORECASE
)
_TOKEN = re.compile(r"[a-z_-]+")
_DELAY = re.compile(r"(?=\.?[0-9])([0-9]*)(?:\.([0-9]*))?")
_RATE = re.compile(r"([0-9]+)/([0-9]+)([smhd]?)", re.IGNORECASE)
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3_600, "d": 86_400}
_MAX_DIGITS = 12


@dataclass(slots=True)
class Group:
    """What is asked of one agent, by all the groups that name it."""

    rules: list[tuple[str, str]] = field(default_factory=list)
    """`allow` or `disallow`, and a path that may hold `*` and end in `$`."""
    crawl_delay: float | None = None
    """Seconds between requests: the most of what its lines ask for."""

    def add(self, name: str, value: str) -> None:
        """Take one line; one that cannot be read asks for nothing.

        A path beyond the limits is cut where it forbids, so that it forbids more,
        and left out where it allows.
        """
        if name == "crawl-delay":
            self._wait(delay_seconds(value))
        elif name == "request-rate":
            self._wait(rate_seconds(value))
        elif len(self.rules) < MAX_RULES:
            path = _within_limits(value)
            if path == value or name == "disallow":
                self.rules.append((name, path))

    def _wait(self, seconds: float | None) -> None:
        if seconds is not None:
            self.crawl_delay = max(self.crawl_delay or 0.0, seconds)


def group_for(text: str, agent: str) -> Group:
    """Return what *text* asks of *agent*, a product token; linear in its length.

    Lines of other fields (`Sitemap`, `Noindex`) end no group (RFC 9309, 2.2.4).
    """
    groups = {agent.lower(): Group(), "*": Group()}
    named: set[str] = set()
    current: set[str] = set()
    in_agents = False
    for name, value in _fields(text):
        if name == _AGENT:
            if not in_agents:
                current.clear()
            in_agents = True
            meant = _meant(value)
            if meant in groups:
                named.add(meant)
                current.add(meant)
            continue
        in_agents = False
        if value:
            for each in current:
                groups[each].add(name, value)
    return groups[agent.lower() if agent.lower() in named else "*"]


def delay_seconds(value: str) -> float | None:
    """Return the seconds of a `Crawl-delay`; None where it is no number."""
    found = _DELAY.fullmatch(value)
    if found is None:
        return None
    whole, fraction = found[1], (found[2] or "")[:_MAX_DIGITS]
    return min(float(f"{_bounded(whole)}.{fraction}"), MAX_DELAY_SECONDS)


def rate_seconds(value: str) -> float | None:
    """Return the seconds between requests at a `Request-rate`, such as `1/10m`.

    Hours of the day behind it (`0600-0845`) are not looked at: the rate then holds
    all day. None where it is no rate, or one of no requests.
    """
    found = _RATE.fullmatch(value.split(maxsplit=1)[0]) if value else None
    if found is None:
        return None
    requests = _bounded(found[1])
    if not requests:
        return None
    seconds = _bounded(found[2]) * _UNITS[found[3].lower()]
    return min(seconds / requests, MAX_DELAY_SECONDS)


def _fields(text: str) -> Iterator[tuple[str, str]]:
    """Yield name and value of the lines that belong to groups."""
    for line in text.splitlines():
        plain = line.partition("#")[0].strip()
        found = _LINE.match(plain)
        if found is not None:
            yield _FIELDS[found[1].lower()], plain[found.end() :].strip()


def _meant(value: str) -> str:
    """Return the product token that a `User-agent` line names, or `*`.

    A version or a wildcard behind the token is left off.
    """
    if value == "*":
        return value
    found = _TOKEN.match(value.lower())
    return found[0] if found else ""


def _within_limits(path: str) -> str:
    """Return *path*, or the folder before the first character beyond the limits."""
    parts = path.split("*", MAX_WILDCARDS + 1)
    kept = "*".join(parts[: MAX_WILDCARDS + 1])[:MAX_PATTERN]
    if kept == path:
        return path
    folder, slash, _ = kept.rpartition("/")
    return folder + slash or kept


def _bounded(digits: str) -> int:
    """Return the number of *digits*, which may be a megabyte of them."""
    significant = digits.lstrip("0")
    if len(significant) > _MAX_DIGITS:
        return int(10**_MAX_DIGITS)
    return int(significant or "0")
