"""`khabar feeds discover`: the feeds of a site, found and read once."""

from typing import TYPE_CHECKING, Annotated

import typer

from workers.cli.terminal.console import Failure, console, print_error, say, say_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.cli.feeds.check import Finding
    from workers.runtime.http.client import HttpClient
    from workers.runtime.http.response import Response
    from workers.stages.feeds.discovery import Candidate, Site

_MOST_INDEXES = 5
"""Sitemaps of one robots.txt that are opened to look for an index."""


def discover(
    url: Annotated[
        str, typer.Argument(help="Page of a site, or its bare host.", metavar="URL")
    ],
    *,
    toml: Annotated[
        bool, typer.Option("--toml", help="Definitions to paste into a list.")
    ] = False,
    json: Annotated[
        bool, typer.Option("--json", help="A line of JSON for each feed.")
    ] = False,
) -> None:
    """Find the feeds and news sitemaps of a site.

    Looks at what the page names, at robots.txt, and, where the page names none, at
    the usual places. Every address is read once, as the poll worker would read it;
    what cannot be read as a feed is left out. Exit status 1 if nothing is found.
    """
    import msgspec

    from workers.cli.feeds import check
    from workers.domain.records import Feed
    from workers.runtime.http.client import HttpClient
    from workers.runtime.service import logs
    from workers.stages.feeds.lists import id_of, write_toml
    from workers.web.urls import host_of

    start = url if "://" in url else f"https://{url}"
    settings = check.read_settings()
    logs.configure("console", "error", "feeds-discover")
    client = HttpClient(settings.http)
    try:
        site, final = _site(client, start)
        candidates = _candidates(client, site, final)
    finally:
        client.close()
    publisher = site.name or host_of(final) or final
    feeds = [
        Feed(feed_id=id_of(each.url), url=each.url, publisher=publisher)
        for each in candidates
    ]
    print_error(f"{final}: reading {len(feeds)} addresses that may be feeds")
    read = {one.feed_id: one for one in check.findings(feeds, settings)}
    found = _found([(each, read[id_of(each.url)]) for each in candidates])
    if not found:
        raise Failure(f"{final}: no feed found, nor a news sitemap")
    if toml:
        kept = {one.url for _, one in found}
        say(write_toml([feed for feed in feeds if feed.url in kept]).rstrip("\n"))
    elif json:
        for candidate, one in found:
            line = {**one._asdict(), "source": candidate.source, "publisher": publisher}
            say_json(msgspec.json.encode(line).decode())
    else:
        _show(found)


def _site(client: "HttpClient", url: str) -> "tuple[Site, str]":
    """Fetch and read the page; returns its final address as well."""
    from workers.runtime.http.response import FetchError
    from workers.stages.feeds.discovery import read_site

    try:
        response = client.get(url)
    except FetchError as error:
        raise Failure(str(error)) from error
    if not _is_good(response):
        raise Failure(f"{response.url} answered with status {response.status}")
    content_type = response.headers.get("content-type", "")
    return read_site(response.body, content_type, response.url), response.url


def _candidates(client: "HttpClient", site: "Site", url: str) -> "Sequence[Candidate]":
    from workers.stages.feeds import discovery
    from workers.stages.feeds.discovery import Candidate, Source
    from workers.web.urls import absolute_url

    if any(each.source is Source.ITSELF for each in site.candidates):
        return site.candidates
    named = site.candidates or discovery.guesses(url)
    robots = absolute_url("/robots.txt", url) or url
    maps: list[str] = []
    for sitemap in discovery.sitemaps(_body(client, robots), robots)[:_MOST_INDEXES]:
        inner = discovery.sitemaps_of_index(_body(client, sitemap), sitemap)
        maps += inner or [sitemap]
    known = {each.url for each in named}
    fresh = dict.fromkeys(each for each in maps if each not in known)
    more = [Candidate(each, Source.SITEMAP) for each in fresh][: discovery.MOST]
    return [*named, *more]


def _body(client: "HttpClient", url: str) -> bytes:
    """Return what stands at *url*, nothing where it cannot be had."""
    from workers.runtime.http.response import FetchError

    try:
        response = client.get(url)
    except FetchError:
        return b""
    return response.body if _is_good(response) else b""


def _is_good(response: "Response") -> bool:
    return 200 <= response.status < 300  # noqa: PLR2004 where success begins and ends


def _found(
    read: "Sequence[tuple[Candidate, Finding]]",
) -> "Sequence[tuple[Candidate, Finding]]":
    """Keep what is a feed with entries; of guesses that are one feed, the first."""
    from workers.stages.feeds.discovery import Source

    kept = []
    guessed = set()
    for candidate, one in read:
        if not one.entries:
            continue
        if candidate.source is Source.GUESS:
            content = (one.entries, one.newest_at)
            if content in guessed:
                continue
            guessed.add(content)
        kept.append((candidate, one))
    return kept


def _show(found: "Sequence[tuple[Candidate, Finding]]") -> None:
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=None, padding=(0, 2, 0, 0), show_edge=False)
    shown.add_column("address", overflow="fold")
    shown.add_column("found by", no_wrap=True)
    shown.add_column("entries", no_wrap=True, justify="right")
    shown.add_column("newest", no_wrap=True)
    shown.add_column("what is wrong or odd", overflow="fold")
    for candidate, one in found:
        words = [one.problem, *one.remarks] if one.problem else one.remarks
        shown.add_row(
            Text(one.url),
            candidate.source.value,
            str(one.entries),
            f"{one.newest_at:%Y-%m-%d %H:%M}" if one.newest_at else "",
            Text("; ".join(words)),
        )
    console().print(shown)
    print_error("next: khabar feeds discover URL --toml >> feeds.toml")
