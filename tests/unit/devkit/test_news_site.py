import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import urllib3

from workers.devkit.news_site import Site, SiteError

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
MANIFEST = """
not_found = "missing.html"

[[resources]]
path = "/feed"
content_type = "text/xml; charset=utf-8"
expand = true
versions = [
  { file = "v1.xml", headers = { ETag = '"one"', Last-Modified = "Tue, 24 Nov 2026 07:40:00 GMT" } },
  { file = "v2.xml", headers = { ETag = 'W/"two"', Last-Modified = "Tue, 24 Nov 2026 08:40:00 GMT" } },
]

[[resources]]
path = "/wide"
content_type = "text/html"
expand = true
versions = [{ file = "wide.html" }]

[[resources]]
path = "/as-it-is"
content_type = "application/octet-stream"
versions = [{ file = "v1.xml" }]

[[resources]]
path = "/page?id=2"
content_type = "text/plain"
versions = [{ file = "two.txt" }]

[[resources]]
path = "/page"
content_type = "text/plain"
versions = [{ file = "one.txt" }]

[[resources]]
path = "/ख़बर"
content_type = "text/plain"
versions = [{ file = "one.txt" }]

[[resources]]
path = "/moved"
content_type = "text/plain"
status = 301
headers = { Location = "{{base}}/page" }
versions = [{ file = "one.txt", headers = { ETag = '"m"' } }]
"""  # noqa: E501 - TOML's inline tables are lines


SEEDS = Path(__file__).parents[3] / "seeds" / "site"
RECORDED = tomllib.loads((SEEDS / "site.toml").read_text("utf-8"))["resources"]


@pytest.fixture(scope="module")
def recorded() -> Iterator[Site]:
    with Site(SEEDS) as site:
        yield site


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "site.toml").write_text(MANIFEST, "utf-8")
    (tmp_path / "missing.html").write_text("नहीं मिला", "utf-8")
    (tmp_path / "v1.xml").write_bytes(b"<a>{{base}}/page \xff</a>")
    (tmp_path / "v2.xml").write_bytes(b"<b/>")
    (tmp_path / "wide.html").write_text("<a href='{{base}}/page'>ख़बर", "utf-16")
    (tmp_path / "one.txt").write_text("one", "utf-8")
    (tmp_path / "two.txt").write_text("two", "utf-8")
    return tmp_path


@pytest.fixture
def site(folder: Path) -> Iterator[Site]:
    with Site(folder, clock=lambda: NOON) as site:
        yield site


def get(
    site: Site,
    path: str,
    headers: Mapping[str, str] | None = None,
    method: str = "GET",
) -> urllib3.BaseHTTPResponse:
    with urllib3.PoolManager() as pool:
        return pool.request(
            method,
            site.base + path,
            headers=dict(headers or {}),
            redirect=False,
            retries=False,
            timeout=60,
        )


def test_address_is_put_in_and_damaged_bytes_stay(site: Site) -> None:
    answer = get(site, "/feed")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.data == b"<a>%s/page \xff</a>" % site.base.encode()


def test_address_is_put_in_in_the_encoding_of_the_file(site: Site) -> None:
    assert get(site, "/wide").data.decode("utf-16") == (
        f"<a href='{site.base}/page'>ख़बर"
    )


def test_file_without_expansion_is_served_as_it_is(site: Site) -> None:
    assert get(site, "/as-it-is").data == b"<a>{{base}}/page \xff</a>"


def test_redirect_names_the_address(site: Site) -> None:
    # a validator on it makes it no 304
    answer = get(site, "/moved", {"If-None-Match": '"m"'})
    assert (answer.status, answer.headers["Location"]) == (301, f"{site.base}/page")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/page", b"one"),
        ("/page?id=2", b"two"),
        ("/page?utm_source=feed", b"one"),
        ("/%E0%A4%96%E0%A4%BC%E0%A4%AC%E0%A4%B0", b"one"),
    ],
)
def test_path_is_found(site: Site, path: str, body: bytes) -> None:
    assert get(site, path).data == body


def test_unknown_path_has_the_page_for_it(site: Site) -> None:
    answer = get(site, "/../site.toml")
    assert (answer.status, answer.data.decode()) == (404, "नहीं मिला")


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"If-None-Match": '"one"'}, 304),
        ({"If-None-Match": 'W/"one"'}, 304),
        ({"If-None-Match": '"zero", "one"'}, 304),
        ({"If-None-Match": "*"}, 304),
        ({"If-None-Match": '"zero"'}, 200),
        ({"If-Modified-Since": "Tue, 24 Nov 2026 07:40:00 GMT"}, 304),
        ({"If-Modified-Since": "Tue, 24 Nov 2026 07:39:59 GMT"}, 200),
        ({"If-Modified-Since": "yesterday"}, 200),
        (
            {
                "If-None-Match": '"zero"',
                "If-Modified-Since": "Tue, 24 Nov 2026 07:40:00 GMT",
            },
            200,
        ),
    ],
)
def test_condition_decides(site: Site, asked: dict[str, str], status: int) -> None:
    answer = get(site, "/feed", asked)
    assert answer.status == status
    assert (answer.data == b"") == (status == 304)
    assert answer.headers["ETag"] == '"one"'


def test_next_version_answers_after_advance(site: Site) -> None:
    site.advance("/feed")
    answer = get(site, "/feed", {"If-None-Match": '"one"'})
    assert (answer.status, answer.data) == (200, b"<b/>")
    assert get(site, "/feed", {"If-None-Match": '"two"'}).status == 304
    site.advance()
    assert get(site, "/feed").data == b"<b/>"
    assert get(site, "/page").data == b"one"


def test_whole_site_advances(site: Site) -> None:
    site.advance()
    assert get(site, "/feed").data == b"<b/>"


def test_unknown_path_does_not_advance(site: Site) -> None:
    with pytest.raises(KeyError):
        site.advance("/nowhere")


def test_head_has_the_length_and_no_body(site: Site) -> None:
    answer = get(site, "/page", method="HEAD")
    assert (answer.headers["Content-Length"], answer.data) == ("3", b"")


def test_every_request_is_in_the_log(site: Site) -> None:
    get(site, "/page?utm_source=x", {"User-Agent": "khabar-test"})
    get(site, "/nowhere", method="HEAD")
    first, second = site.requests
    assert (first.method, first.path, first.status, first.at) == (
        "GET",
        "/page?utm_source=x",
        200,
        NOON,
    )
    assert first.headers["user-agent"] == "khabar-test"
    assert (second.method, second.path, second.status) == ("HEAD", "/nowhere", 404)


def test_closed_site_answers_nobody(folder: Path) -> None:
    with urllib3.PoolManager() as pool:
        with Site(folder) as site:
            assert pool.request("GET", f"{site.base}/page", timeout=60).data == b"one"
        with pytest.raises(urllib3.exceptions.HTTPError):
            pool.request("GET", f"{site.base}/page", retries=False, timeout=60)


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        ("not_found = ", "site.toml: Invalid value"),
        ("not_found = 1\nresources = []", "Expected `str`"),
        ('not_found = "gone.html"\nresources = []', "gone.html, which is not there"),
    ],
)
def test_broken_site_is_refused_by_name(
    folder: Path,
    manifest: str,
    message: str,
) -> None:
    (folder / "site.toml").write_text(manifest, "utf-8")
    with pytest.raises(SiteError, match=message):
        Site(folder)


@pytest.mark.parametrize("resource", RECORDED, ids=lambda resource: resource["path"])
def test_recorded_site_answers(recorded: Site, resource: dict[str, Any]) -> None:
    answer = get(recorded, resource["path"])
    assert answer.status == resource["status"]
    assert answer.headers["Content-Type"] == resource["content_type"]
    assert b"{{base}}" not in answer.data


def test_folder_without_a_site_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match=r"site\.toml"):
        Site(tmp_path)
