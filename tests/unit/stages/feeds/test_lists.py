import tomllib

import pytest

from workers.domain.records import Feed, FeedStatus
from workers.stages.feeds.lists import read_opml, read_toml, write_opml, write_toml

GOOD = """
[[feeds]]
id = "desh-mukhya"
url = "https://desh.example/rss.xml"
publisher = "देश"
section = "national"

[[feeds]]
id = "desh-khel"
url = "https://desh.example/khel.xml"
publisher = "देश"
status = "paused"
source = "seen 2026"
"""


def test_definitions_are_read() -> None:
    read = read_toml(GOOD)
    assert read.problems == ()
    assert read.feeds == (
        Feed(
            feed_id="desh-mukhya",
            url="https://desh.example/rss.xml",
            publisher="देश",
            section="national",
        ),
        Feed(
            feed_id="desh-khel",
            url="https://desh.example/khel.xml",
            publisher="देश",
            status=FeedStatus.PAUSED,
        ),
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('id = "desh-khel"', 'id = "Desh Khel"', 8, ["Desh Khel", "id"]),
        ('id = "desh-khel"', "", 8, ["without id", "id"]),
        ('status = "paused"', 'status = "asleep"', 8, ["desh-khel", "asleep"]),
        ('status = "paused"', 'stat = "paused"', 8, ["desh-khel", "'stat'"]),
        ('url = "https://desh.example/khel', 'url = "ftp://x/khel', 8, ["url"]),
        ('section = "national"', "section = 3", 2, ["desh-mukhya", "section"]),
    ],
)
def test_a_bad_definition_is_named_and_the_others_kept(
    old: str, new: str, line: int, words: list[str]
) -> None:
    read = read_toml(GOOD.replace(old, new))
    (problem,) = read.problems
    assert problem.line == line
    assert all(word in problem.text for word in words), problem.text
    assert len(read.feeds) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[feeds]\n", "line 1"),
        ("", "no [[feeds]]"),
        ("feeds = 3", "[[feeds]]"),
        ("[feed]\nid='a'", "'feed'"),
        (GOOD.replace("desh-khel", "desh-mukhya"), "stands 2 times"),
        (GOOD.replace("khel.xml", "rss.xml"), "stands 2 times"),
    ],
)
def test_a_bad_file_is_named(text: str, words: str) -> None:
    assert words in " ".join(problem.text for problem in read_toml(text).problems)


def test_opml_comes_back_as_it_went() -> None:
    feeds = read_toml(GOOD.replace("paused", "active")).feeds
    again = read_opml(write_opml(feeds, "ख़बर"))
    assert again.problems == ()
    assert set(again.feeds) == set(feeds)


def test_opml_leaves_out_retired_feeds() -> None:
    feeds = read_toml(GOOD.replace("paused", "retired")).feeds
    assert [f.feed_id for f in read_opml(write_opml(feeds, "")).feeds] == [
        "desh-mukhya"
    ]


def test_opml_of_another_program_is_read() -> None:
    content = """<?xml version="1.0" encoding="UTF-8"?>
    <opml version="1.0"><head/><body>
      <outline text="समाचार">
        <outline text="देश" xmlUrl="https://www.desh.example/rss/top" type="rss"/>
        <outline text="फिर" xmlUrl="https://www.desh.example/rss/top" type="rss"/>
        <outline text="बुरा" xmlUrl="javascript:alert(1)"/>
      </outline>
    </body></opml>""".encode()
    read = read_opml(content)
    (feed,) = read.feeds
    assert feed.publisher == "समाचार"
    assert feed.feed_id.startswith("desh-example-rss-top-")
    (problem,) = read.problems
    assert "बुरा" in problem.text


def test_opml_with_raw_ampersands_is_read() -> None:
    content = """<?xml version="1.0" encoding="utf-8"?><opml version="2.0"><body>
      <outline text="R&D समाचार"><outline text="राज्य & देश" title="&quot;देश&quot;"
       xmlUrl="https://www.desh.example/rss?a=1&lang=hi&amp;b=2"/></outline>
    </body></opml>""".encode()
    read = read_opml(content)
    assert read.problems == ()
    (feed,) = read.feeds
    assert feed.url == "https://www.desh.example/rss?a=1&lang=hi&b=2"
    assert feed.publisher == "R&D समाचार"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<opml><body>", "not XML"),
        (b"<opml><body> & ", "not XML"),
        (b"<rss><channel/></rss>", "not OPML"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><opml><body/></opml>', "DOCTYPE"),
    ],
)
def test_what_is_not_opml_is_refused(content: bytes, words: str) -> None:
    (problem,) = read_opml(content).problems
    assert words in problem.text


def test_toml_comes_back_as_it_went() -> None:
    feeds = (
        Feed(feed_id="a", url="https://a.example/", publisher='अ "ब" \\ \n'),
        *read_toml(GOOD).feeds,
    )
    text = write_toml(feeds)
    tomllib.loads(text)
    assert read_toml(text).feeds == feeds
