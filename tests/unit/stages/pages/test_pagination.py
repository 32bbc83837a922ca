import pytest

from workers.stages.pages import markup
from workers.stages.pages.pagination import next_page

HERE = "https://www.samachar.test/desh/yojana-510001.html"


def found(html: str, url: str = HERE) -> str | None:
    tree = markup.parse(f"<html><head></head><body>{html}</body></html>")
    assert tree is not None
    return next_page(tree, url)


@pytest.mark.parametrize(
    ("url", "href"),
    [
        (HERE, "?page=2"),
        (HERE, f"{HERE}?page=2"),
        (f"{HERE}?page=2", "?page=3"),
        (f"{HERE}?ref=x&page=2", "?ref=x&page=3"),
        (HERE, f"{HERE}/2"),
        (f"{HERE}/2/", f"{HERE}/3/"),
        ("https://s.test/desh/yojana/", "/desh/yojana/page/2/"),
        ("https://s.test/desh/yojana/2", "/desh/yojana/3"),
        (HERE, "/desh/yojana-510001-page2.html"),
        (HERE, "/desh/yojana-510001_p2.html"),
    ],
)
@pytest.mark.parametrize(
    "link",
    [
        "<link rel='next' href='{}'>",
        "<a rel='next' href='{}'>और</a>",
        "<a href='{}'>अगला पेज »</a>",
        "<a href='{}'>पृष्ठ 2</a>",
        "<ul class='pagination'><li><a href='{}'>&gt;</a></li></ul>",
    ],
)
def test_the_next_page_of_a_story(url: str, href: str, link: str) -> None:
    next_url = found(link.format(href), url)
    assert next_url is not None
    assert next_url.endswith(href)


@pytest.mark.parametrize(
    "html",
    [
        "<a rel='next' href='/desh/doosri-khabar-510002.html'>अगली खबर</a>",
        "<link rel='next' href='https://www.samachar.test/desh/'>",
        "<a href='/desh/yojana-510001.html?page=3'>3</a>",
        "<a href='/desh/yojana-510001.html?page=1'>1</a>",
        "<a href='/desh/yojana-510001.html?page=2'>टिप्पणी पढ़ें और अपनी राय दें</a>",
        "<a href='https://other.test/desh/yojana-510001.html?page=2'>2</a>",
        "<a href='/desh/yojana-510001-2.html'>2</a>",
        "<a href='#2'>2</a>",
        "<a href='http://[/2'>2</a>",
        "<a>2</a>",
    ],
)
def test_what_is_not_the_next_page_of_the_story(html: str) -> None:
    assert found(html) is None
