"""Canonical URLs: one form for all the addresses under which a page is passed on.

The canonical URL is an article's identity, so the rules are our own, written down and
stable: a library whose rules change would give every known article a second id.
(courlan also takes `gallery=` for a tracker, and keeps `src=` and `/amp/`.)

1. The scheme stays as it is, http or https. Credentials make a URL no URL.
2. Host in lower case and punycode, without a trailing dot or default port.
   `m.`, `mobile.` and `amp.` give way to what the desktop site is called: `www.`
   before a registered domain, nothing before a further subdomain.
3. AMP twins (cache addresses, `/amp` in front or behind, `amp_articleshow`, …) become
   the page itself.
4. Percent-encoding of UTF-8 in NFC, upper-case, only where needed. Doubled slashes,
   dot segments, session ids and a trailing slash go.
5. Of the query, tracking parameters go, the rest is sorted. A parameter is one by its
   name, or by name and value: `src=rss` says where a reader came from, `src=a1` may be
   the article's key. What a feed shows to be its key (*keys*) stays in any case.
6. Redirects that name their target (Google's `/url?url=…`, Bing's) become the target.
7. Fragments go, but for those that name a page of a script's router (`#/…`, `#!…`).
"""

import ipaddress
import re
import unicodedata
from collections.abc import Collection, Mapping
from contextlib import suppress
from urllib.parse import (
    SplitResult,
    quote,
    unquote,
    unquote_to_bytes,
    urljoin,
    urlsplit,
)

from workers.web import combining_marks

MAX_LENGTH = 4096
"""Of a URL in a record."""

_PORTS = {"http": 80, "https": 443}
_BLANKS = re.compile(r"[\x00-\x20\x7f\u00a0\u200b-\u200f\ufeff]+")
_AMPERSAND = re.compile(r"&(?:(?:amp|#38|#x26);)+", re.IGNORECASE)
_SEGMENT_SAFE = "!$&'()*+,;=:@-._~"
_QUERY_SAFE = "!$'()*,:@/-._~"

_MOBILE = re.compile(r"^(?:m|mobile|amp)\.(?=[^.]+\.)")
_SHARED_SUFFIX = re.compile(
    r"^[^.]+\.(?:co|com|net|org|gov|nic|ac|edu|res|gen|firm|ind)\.[a-z]{2}$"
)

_AMP_CACHE = re.compile(r"^/(?:[civ]/)?(s/)?([^/]+\.[^/]+)(/.*)?$")
_AMP_VIEWER = re.compile(r"^/amp/(s/)?([^/]+\.[^/]+)(/.*)?$")
_AMP_FRONT = re.compile(r"^/amp(?=/|$)")
_AMP_BEHIND = re.compile(r"/amp(?:/\d|\.html?)?$")
_AMP_FILE = re.compile(r"(?<=[^/])\.amp(?=\.(?:html?|php|aspx|cms)$|$)")
_AMP_SHOW = re.compile(r"/amp_(?=[a-z]+show/)")
# where one thing is taken away, another may come to light
_NESTING = re.compile(r"amp(?![a-z])|ampproject|://(?:m|mobile)\.|;|%", re.IGNORECASE)
_PLAIN = re.compile(r"[A-Za-z0-9._~-]+")
_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;]*", re.IGNORECASE)

# a URL without anything that the rules or the repairs speak of, but for its query
_ORDINARY = re.compile(
    r"(https?://(?:[a-z0-9-]+\.)+[a-z]{2,24})"
    r"((?:/[A-Za-z0-9_~-][A-Za-z0-9_~.-]*)*)/?(?:\?([A-Za-z0-9_=~.&-]+))?"
)
_LONGEST_ORDINARY = 1000
_NOT_ORDINARY = re.compile(r"[/.]amp|google|apiclick|://(?:m|mobile)\.")

_TRACKING = re.compile(
    r"""
    # whole families, by their prefix
    (?: utm_ | mtm_ | pk_ | piwik_ | matomo_ | hsa_ | ns_ | ga_ | fb_ | oly_
      | vero_ | mc_ | itm_ | trk_ | wt_ | _hs | __hs | __twitter | amp_ | hmb_ ) .*
    | at_(?: medium | campaign | campaign_type | link_\w+ | ptr_name | format | bbc_team
      | custom\d | recipient_\w+ | send_\w+ | creation | variant | placement | network
      | platform | emailtype | affiliate | general_placement | detail_placement )
    | ref_(?: src | url | source | medium | campaign | page | type )
    | campaign_(?: name | source | medium | type )
    # what advertising and social networks add
    | fbclid | gclid | gclsrc | dclid | gbraid | wbraid | msclkid | yclid | ysclid
    | twclid | ttclid | tbclid | igshid | igsh | mkt_tok | _ga | _gl
    | _branch_match_id | _branch_referrer | li_fat_id | epik | rdt_cid | srsltid
    | wickedid | sc_cid | rb_clickid
    # where the reader came from
    | referrer | referer | refsrc | pfrom | sharesource | cmp | cmpid | cmpn | icid
    | ncid | ocid | xtor | spm | tracking | tracker | trackid | utm | rssfeed
    # AMP and sessions
    | outputtype | usqp | wpamp | wp_amp | isamp | noamp | phpsessid | jsessionid
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
# as often a tracker as the key of an article: the value tells
_AMBIGUOUS = re.compile(
    r"ref|src|source|from|via|share|shared|rss|amp|campaign|(?:ref|campaign|at)_.*",
    re.IGNORECASE | re.DOTALL,
)
_FLAGS = frozenset(("", "0", "1", "true", "false", "yes", "no", "on", "off"))
# alerts and news of search engines: their feeds link through them
_REDIRECT = re.compile(
    r"https?://(?:(?:(?:www|news)\.)?google\.(?:com?\.)?[a-z]{2,3}/(?:news/)?url"
    r"|(?:www\.)?bing\.com/news/apiclick\.aspx)\?",
    re.IGNORECASE,
)
_MOST_REDIRECTS = 3
_ROUTE = re.compile(r"(?:!|/)[^#]+")


def join_url(base: str, url: str) -> str | None:
    """Return *url* resolved against *base* (RFC 3986, 5.2), None if it is no URL.

    The one place where an address from outside is parsed first: `http://[::1`,
    `http://a:x/` and hosts with a full-width slash make urllib raise ValueError. What
    is returned has a host or none, and a port or none, without raising; it need not
    be a web address.
    """
    # no name or path has so many, and urlsplit would have to sort those of a host
    if combining_marks.capped(url) != url:
        return None
    try:
        joined = urljoin(base, url) if base else url
        readable = (urlsplit(joined).port or 0) >= 0
        if not joined.isascii():
            joined.encode()  # lone surrogates have no percent-encoding
    except ValueError:
        return None
    return joined if readable else None


def split_url(url: str, base: str = "") -> SplitResult | None:
    """Return the parts of *url* as `join_url` resolves it, None if it is no URL."""
    joined = join_url(base, url)
    return None if joined is None else urlsplit(joined)


def host_of(url: str) -> str:
    """Return the host of *url* in lower case, empty if it has none."""
    parts = split_url(url)
    return (parts.hostname or "") if parts is not None else ""


def path_of(url: str) -> str:
    """Return the path of *url*, empty if it cannot be parsed."""
    parts = split_url(url)
    return parts.path if parts is not None else ""


def absolute_url(url: str, base: str = "") -> str | None:
    """Return *url* as it can be fetched, resolved against *base*; None if it cannot.

    For what feeds and pages hold: blanks inside and HTML's `&amp;` are repaired, and
    the redirects of search engines give way to their target.
    """
    if _ordinary(url) is not None:
        return url
    absolute = _absolute(url, base)
    for _ in range(_MOST_REDIRECTS):
        target = absolute and _redirect_target(absolute)
        if not target:
            break
        absolute = _absolute(target, "")
    return absolute


def _redirect_target(url: str) -> str | None:
    """Return the address that a redirect of a search engine names in its query."""
    if _REDIRECT.match(url) is None:
        return None
    query = url.partition("#")[0].partition("?")[2]
    named = dict(
        reversed([pair.split("=", 1) for pair in query.split("&") if "=" in pair])
    )
    for name in ("url", "q"):
        value = named.get(name, "")
        target = unquote(value)
        if "\ufffd" in target:  # what was percent-encoded is not UTF-8
            target = value
        if target.lower().startswith(("http://", "https://")):
            return target
    return None


def _absolute(url: str, base: str) -> str | None:
    cleaned = _BLANKS.sub(" ", url).strip().replace(" ", "%20").replace("\\", "/")
    joined = join_url(base, _AMPERSAND.sub("&", cleaned))
    if joined is None or len(joined) > MAX_LENGTH:
        return None
    parts = urlsplit(joined)
    usable = (
        parts.scheme in _PORTS
        and parts.hostname
        and "@" not in parts.netloc
        and parts.port != 0
    )
    return joined if usable else None


def canonical_url(url: str, base: str = "", keys: Collection[str] = ()) -> str | None:
    """Return the one form of *url* by the rules above; None if it is no web address.

    *keys* are names of parameters (in lower case) that stay whatever their value: a
    feed has shown that they tell its articles apart. Idempotent for the same *keys*.
    """
    if (ordinary := _ordinary(url)) is not None:
        host, path, query = ordinary.groups()
        kept = _query(query, keys) if query else ""
        return f"{host}{path or '/'}{f'?{kept}' if kept else ''}"
    absolute = absolute_url(url, base)
    again = True
    while again and absolute is not None:
        canonical = _canonical(absolute, keys)
        again = canonical != absolute and _NESTING.search(absolute) is not None
        if canonical is not None and (target := _redirect_target(canonical)):
            canonical, again = absolute_url(target), True
        absolute = canonical
    if absolute is None or len(absolute) > MAX_LENGTH:
        return None
    return absolute


def ambiguous_parameters(url: str) -> Mapping[str, str]:
    """Return the parameters of *url* that only their values make trackers, by name.

    Names are in lower case. If addresses of several articles differ in nothing but
    such a parameter, it is their key.
    """
    query = url.partition("#")[0].partition("?")[2]
    pairs = (pair.partition("=") for pair in query.split("&"))
    return {
        name.lower(): value
        for name, _, value in pairs
        if _AMBIGUOUS.fullmatch(name) and not _TRACKING.fullmatch(name)
    }


def _ordinary(url: str) -> re.Match[str] | None:
    """Match a URL that needs no repair: a shortcut, since few do."""
    if len(url) > _LONGEST_ORDINARY or _NOT_ORDINARY.search(url):
        return None
    return _ORDINARY.fullmatch(url)


def _canonical(url: str, keys: Collection[str]) -> str | None:
    parsed = split_url(url)
    if parsed is None:
        return None
    parts = _out_of_amp_cache(parsed)
    netloc = _netloc(parts)
    if netloc is None:
        return None
    path = _path(parts.path)
    query = _query(parts.query, keys)
    route = _ROUTE.fullmatch(parts.fragment)
    fragment = _encoded(route.group(), _QUERY_SAFE) if route else ""
    return (
        f"{parts.scheme}://{netloc}{path}{f'?{query}' if query else ''}"
        f"{f'#{fragment}' if fragment else ''}"
    )


# --- host ----------------------------------------------------------------------


def _out_of_amp_cache(parts: SplitResult) -> SplitResult:
    """Turn an address in Google's AMP cache or viewer into the page's own AMP one."""
    host = (parts.hostname or "").rstrip(".")
    found = None
    if host.endswith(".cdn.ampproject.org"):
        found = _AMP_CACHE.match(parts.path)
    elif host.startswith("www.google."):
        found = _AMP_VIEWER.match(parts.path)
    if found is None:
        return parts
    secure, netloc, path = found.groups()
    inner = parts._replace(
        scheme="https" if secure else "http", netloc=netloc, path=path or "/"
    )
    return inner if absolute_url(inner.geturl()) else parts


def _netloc(parts: SplitResult) -> str | None:
    host = (parts.hostname or "").rstrip(".")
    if not host.isascii():
        try:
            host = unicodedata.normalize("NFC", host).encode("idna").decode("ascii")
        except UnicodeError:
            return None
    host = host.lower().rstrip(".")
    if not host:
        return None
    if ":" in host:
        host = f"[{host}]"
    elif not _is_ipv4(host):
        host = _desktop(host)
    port = parts.port
    if port is None or port == _PORTS[parts.scheme]:
        return host
    return f"{host}:{port}"


def _desktop(host: str) -> str:
    """Name the desktop site of a mobile one: rule 2."""
    rest = _MOBILE.sub("", host)
    if rest == host or rest.startswith("www."):
        return rest
    registered = rest.count(".") == 1 or _SHARED_SUFFIX.match(rest)
    return f"www.{rest}" if registered else rest


def _is_ipv4(host: str) -> bool:
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        return False
    return True


# --- path and query ------------------------------------------------------------


def _path(path: str) -> str:
    segments: list[str] = []
    for segment in path.split("/"):
        encoded = _SESSION.sub("", _encoded(segment, _SEGMENT_SAFE))
        if encoded == "..":
            del segments[-1:]
        elif encoded not in ("", "."):
            segments.append(encoded)
    plain = "/" + "/".join(segments)
    for pattern in (_AMP_FRONT, _AMP_BEHIND, _AMP_FILE, _AMP_SHOW):
        plain = pattern.sub("/" if pattern is _AMP_SHOW else "", plain)
    return plain or "/"


def _query(query: str, keys: Collection[str]) -> str:
    kept = []
    for pair in query.split("&"):
        name, equals, value = pair.partition("=")
        name = _encoded(name.replace("+", " "), _QUERY_SAFE)
        if (name or value) and not _tracks(name, value, keys):
            value = _encoded(value.replace("+", " "), _QUERY_SAFE)
            kept.append(f"{name}{equals}{value}")
    return "&".join(sorted(kept))


def _tracks(name: str, value: str, keys: Collection[str]) -> bool:
    """Return whether a parameter says where a reader came from, and not what to show.

    Of the ambiguous ones the values of trackers are words (`rss`, `home`) or flags;
    a key has a digit.
    """
    if name.lower() in keys:
        return False
    if _TRACKING.fullmatch(name):
        return True
    if not _AMBIGUOUS.fullmatch(name):
        return False
    return value.lower() in _FLAGS or not any(map(str.isdigit, value))


def _encoded(part: str, safe: str) -> str:
    """Percent-encode what must be, in one way, whatever was encoded before."""
    if _PLAIN.fullmatch(part) or not part:
        return part
    raw = unquote_to_bytes(part)
    with suppress(UnicodeDecodeError):  # not text: byte for byte
        raw = unicodedata.normalize("NFC", raw.decode()).encode()
    return quote(raw, safe=safe)
