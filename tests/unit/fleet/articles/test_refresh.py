"""Pages that lead elsewhere by themselves are followed as redirects are."""

import pytest

from tests.support.articles_line import MORE, STORY, Line, Server, entry, story_page

ROBOTS = b"User-agent: *\nDisallow: /private"


def leading(target: str, seconds: int = 0) -> bytes:
    return (
        f'<html><head><meta http-equiv="refresh" content="{seconds}; url={target}">'
        "<title>नगर दर्पण</title></head><body>कृपया प्रतीक्षा करें।</body></html>"
    ).encode()


def test_the_article_is_that_of_the_target(line: Line, server: Server) -> None:
    server.reply("/a.html", leading("b.html"))
    server.reply("/b.html", leading("/c.html", 5))
    server.reply("/c.html", story_page(STORY, MORE))
    seen = entry(f"{server.url}/a.html")
    line.send(seen)
    assert line.run() == {"published": 1}
    [article] = line.articles()
    assert article.article_id == seen.article_id
    assert article.url == f"{server.url}/c.html"
    assert article.text == f"{STORY}\n{MORE}"


def test_the_header_field_leads_as_well(line: Line, server: Server) -> None:
    server.reply("/a.html", b"<p>wait</p>", refresh="0; url=/b.html")
    server.reply("/b.html", story_page(STORY))
    line.send(entry(f"{server.url}/a.html"))
    assert line.run() == {"published": 1}


def test_a_story_that_reloads_itself_is_read_where_it_is(
    line: Line, server: Server
) -> None:
    story = story_page(STORY, MORE).replace(
        b"<head>", b'<head><meta http-equiv="refresh" content="5; url=/next.html">'
    )
    server.reply("/a.html", story)
    line.send(entry(f"{server.url}/a.html"))
    assert line.run() == {"published": 1}
    assert "/next.html" not in server.paths


def test_a_circle_ends(line: Line, server: Server) -> None:
    server.reply("/a.html", leading("/b.html"))
    server.reply("/b.html", leading("/a.html"))
    line.send(entry(f"{server.url}/a.html"))
    assert line.run() == {"unreachable": 1}
    assert len(server.paths) < 9


@pytest.mark.parametrize(
    ("target", "outcome"),
    [
        ("/private/b.html", "robots"),
        ("/gone.html", "gone"),
        ("http://10.0.0.1/b.html", "blocked-address"),
        ("http://[::1", "empty"),
    ],
)
def test_a_target_is_judged_as_that_of_a_redirect(
    line: Line, server: Server, target: str, outcome: str
) -> None:
    server.reply("/robots.txt", ROBOTS, content_type="text/plain")
    server.reply("/a.html", leading(target))
    line.send(entry(f"{server.url}/a.html"))
    assert line.run() == {outcome: 1}
    assert "/private/b.html" not in server.paths
