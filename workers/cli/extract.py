"""`khabar extract`: what would be published of a page, without Kafka."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workers.cli.terminal.console import PROBLEMS, Failure, console, say_json

if TYPE_CHECKING:
    import datetime as dt

    from workers.stages.articles.extracted import Extraction

_UNKNOWN_HOST = "page.invalid"
_UNKNOWN_URL = f"https://{_UNKNOWN_HOST}/"
"""Stands for the address of a file; a name that is never registered (RFC 2606)."""
_NO_IDENTITY = "no identity: the page does not name its own address; --url gives it one"


def extract(
    source: Annotated[
        str, typer.Argument(metavar="URL|FILE", help="Page to read; - is stdin.")
    ],
    *,
    url: Annotated[
        str, typer.Option("--url", help="Address that a FILE was fetched from.")
    ] = "",
    json_: Annotated[
        bool, typer.Option("--json", help="The record as JSON, and nothing else.")
    ] = False,
) -> None:
    """Show what would be published of a page, field by field, and why not.

    A URL is fetched with the settings KHABAR_HTTP_*, as the articles worker does. A
    FILE has the address of --url, else the one that the page names as its own. Exit
    status 0 if the page would be published, 1 if not.
    """
    from workers.domain.outcomes import Outcome
    from workers.runtime.service.clock import SystemClock
    from workers.stages.articles.extraction import extract_page

    now = SystemClock().now()
    is_url = source.lower().startswith(("http://", "https://"))
    address = _given_address(url, is_url=is_url)
    if is_url:
        body, address, content_type = _fetch(source)
    else:
        body, content_type = _read(source), ""
    record = _record(extract_page(body, address, content_type, now), address, now)
    if json_:
        say_json(json.dumps(record, ensure_ascii=False))
    else:
        _show(record)
    if record["outcome"] != Outcome.PUBLISHED:
        raise typer.Exit(PROBLEMS)


def _given_address(url: str, *, is_url: bool) -> str:
    """Return the address that a file is read under; raises BadParameter."""
    from workers.web.urls import absolute_url

    if not url:
        return _UNKNOWN_URL
    if is_url:
        message = "a page that is fetched has its own address"
        raise typer.BadParameter(message, param_hint="--url")
    address = absolute_url(url)
    if address is None or not url.lower().startswith(("http://", "https://")):
        message = f"{url!r} is no http or https address, such as https://example.com/a"
        raise typer.BadParameter(message, param_hint="--url")
    return address


def _fetch(url: str) -> tuple[bytes, str, str]:
    import os

    from workers.runtime.http.client import HttpClient, HttpSettings
    from workers.runtime.http.response import FetchError
    from workers.runtime.service import settings

    client = HttpClient(settings.read(HttpSettings, "http", os.environ))
    try:
        response = client.get(url)
    except FetchError as error:
        raise Failure(str(error)) from error
    finally:
        client.close()
    if not 200 <= response.status < 300:  # noqa: PLR2004 where success begins and ends
        raise Failure(f"{response.url} answered with status {response.status}")
    return response.body, response.url, response.headers.get("content-type", "")


def _read(source: str) -> bytes:
    if source == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(source).read_bytes()
    except OSError as error:
        raise Failure(f"{source}: {error.strerror}") from error


def _record(
    extraction: "Extraction", address: str, now: "dt.datetime"
) -> dict[str, Any]:
    """Return the fields of the article record, what they came from, and the outcome."""
    import msgspec

    from workers.domain.ids import article_id, content_hash
    from workers.web.urls import canonical_url

    page = extraction.page
    ending = {"outcome": extraction.outcome.value, "reason": extraction.reason}
    own = _known(address)
    if page is None:
        return {"url": own, "title": "", "text": "", **ending}
    named = _known(page.canonical_url)
    # what is fetched keeps the address that its feed gave, as in the articles worker
    canonical = canonical_url(own or named or "")
    lead_image = _known(page.lead_image)
    image = {"url": lead_image, "caption": page.lead_image_caption}
    notes = page.notes if canonical else (*page.notes, _NO_IDENTITY)
    fields: dict[str, Any] = {
        "article_id": article_id(canonical) if canonical else None,
        "url": own or canonical,
        "canonical_url": named or canonical,
        "publisher": page.site_name,
        "title": page.title,
        "text": page.text,
        "language": extraction.language,
        "authors": page.authors,
        "published_at": extraction.published_at,
        "modified_at": extraction.modified_at,
        "fetched_at": now,
        "sections": page.sections,
        "tags": page.tags,
        "lead_image": image if lead_image else None,
        "agency": page.agency,
        "dateline": page.dateline,
        "content_hash": content_hash(page.title, page.text),
        "access": page.access.value,
        "encoding": page.encoding,
        "notes": notes,
        "sources": dict(page.sources),
        **ending,
    }
    built = msgspec.to_builtins(fields)
    assert isinstance(built, dict)  # noqa: S101 for the type checker
    return built


def _known(url: str | None) -> str | None:
    """Return *url*, None if it was resolved against an address that is not known."""
    from workers.web.urls import host_of

    return None if not url or host_of(url) == _UNKNOWN_HOST else url


def _show(record: dict[str, Any]) -> None:
    from rich.table import Table

    sources = record.get("sources", {})
    table = Table(box=None, pad_edge=False)
    for heading in ("field", "value", "from"):
        table.add_column(heading, overflow="fold")
    for name, value in record.items():
        if name not in {"text", "sources", "outcome", "reason"} and value:
            table.add_row(name, _words(value), sources.get(name, ""))
    out = console()
    out.print(table)
    if record["text"]:
        out.print(f"\ntext, from {sources.get('text', '')}:\n{record['text']}\n")
    reason = f": {record['reason']}" if record["reason"] else ""
    out.print(f"{record['outcome']}{reason}")


def _words(value: object) -> str:
    if isinstance(value, dict):
        raw = value.get("raw")
        first = value.get("value") or value.get("url") or value.get("code") or raw
        rest = [f"{k} {v}" for k, v in value.items() if v and v != first]
        return f"{first} ({', '.join(rest)})" if rest else str(first)
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return str(value)
