"""Pages that lead their readers elsewhere: what browsers follow, and no more."""

import time

import pytest

from workers.stages.pages.refresh import page_refresh
from workers.web.refresh import refresh_target

URL = "https://khabar.example/jump/7.html"
STORY = "https://khabar.example/desh/510231.html"


@pytest.mark.parametrize(
    "directive",
    [
        f"0; url={STORY}",
        f"0;URL='{STORY}'",
        f'3 ; Url = "{STORY}" and more',
        f"0,{STORY}",
        f"  1.5 {STORY}  ",
        f";url={STORY}",
        "0; url=/desh/510231.html",
        "0; url=../desh/510231.html",
        "10; url=//khabar.example/desh/510231.html",
    ],
)
def test_where_a_directive_leads(directive: str) -> None:
    assert refresh_target(directive, URL) == STORY
    page = f"<head><meta HTTP-EQUIV = 'Refresh' content=\"{directive}\"></head>"
    if '"' not in directive:
        assert page_refresh(page.encode(), URL) == STORY
        noscript = page.replace("<meta", "<noscript><meta")
        assert page_refresh(noscript.encode(), URL) == STORY


@pytest.mark.parametrize(
    "directive",
    [
        "",
        "0",
        "300",
        f"300; url={STORY}",
        f"99999999999; url={STORY}",
        f"0; url={URL}",
        f"0; url={URL}#top",
        "0; url=",
        "0; url=''",
        "0; url=javascript:alert(1)",
        "0; url=data:text/html,x",
        "0; url=file:///etc/passwd",
        "0; url=http://[::1",
        "0; url=http://a.example／b",
        "0; url=http://user@khabar.example/",
        "soon; url=/x",
    ],
)
def test_what_leads_nowhere(directive: str) -> None:
    assert refresh_target(directive, URL) is None


def test_relative_targets_follow_the_base() -> None:
    page = (
        '<base href="https://other.example/a/"><meta http-equiv=refresh '
        'content="0; url=b.html"><p>http-equiv=refresh</p>'
    )
    assert page_refresh(page.encode(), URL) == "https://other.example/a/b.html"
    assert page_refresh(b"<p>http-equiv=refresh</p>", URL) is None
    assert page_refresh(b"", URL) is None


def test_long_directives_take_no_time() -> None:
    started = time.process_time()
    for piece in ("0", " ", "; ", "url ", "0.", "'"):
        refresh_target(piece * 100_000, URL)
        page_refresh(b"http-equiv" + piece.encode() * 100_000 + b"=", URL)
    assert time.process_time() - started < 5.0
