"""The articles worker marks a story that another outlet had before."""

import datetime as dt

import msgspec

from tests.support.articles_line import (
    MORE,
    START,
    STORY,
    Line,
    Server,
    entry,
    story_page,
)
from workers.domain.records import Entry, Timestamp
from workers.domain.topics import FINGERPRINTS


def copies(server: Server) -> tuple[Entry, Entry]:
    """Serve one story at two outlets, the second with an agency's dateline."""
    server.reply("/a.html", story_page(STORY, MORE))
    dateline = f"लखनऊ, 24 नवंबर (भाषा) {STORY}"
    server.reply("/b.html", story_page(dateline, MORE, title="सिंचाई योजना घोषित"))
    other = f"http://localhost:{server.port}/b.html"
    return entry(f"{server.url}/a.html"), entry(other)


def test_a_story_that_another_outlet_had_is_its_duplicate(
    line: Line, server: Server
) -> None:
    for each in copies(server):
        line.send(each)
    assert line.run() == {"published": 2}
    marked = [each for each in line.articles() if each.duplicate_of is not None]
    [repeated] = marked
    [first] = [each for each in line.articles() if each.duplicate_of is None]
    assert repeated.duplicate_of == repeated.came_first == first.article_id
    assert repeated.similarity is not None
    assert repeated.similarity > 0.9
    assert (first.similarity, first.came_first) == (None, None)


def test_duplicates_are_known_after_a_restart(line: Line, server: Server) -> None:
    first, second = copies(server)
    line.send(first)
    line.run()
    line.send(second)
    assert line.run() == {"published": 1}
    assert line.articles_of(second)[-1].duplicate_of == first.article_id
    assert {each.article_id for each in line.on(FINGERPRINTS)} == {
        first.article_id,
        second.article_id,
    }


def test_which_came_first_is_told_by_the_outlets_times(
    line: Line, server: Server
) -> None:
    first, second = copies(server)
    earlier = Timestamp(value=START - dt.timedelta(hours=2), raw="-", rule="test")
    line.send(first)
    line.run()
    line.send(msgspec.structs.replace(second, published_at=earlier))
    line.run()
    [article] = line.articles_of(second)
    assert article.duplicate_of == first.article_id
    assert article.came_first == second.article_id


def test_a_batch_that_fails_leaves_no_fingerprint(line: Line, server: Server) -> None:
    first, second = copies(server)
    line.send(first)
    line.broken_commits = 1
    assert line.run() == {"published": 1}
    assert len(line.on(FINGERPRINTS)) == 1
    assert [each.duplicate_of for each in line.articles()] == [None]
    line.send(second)
    line.run()
    assert line.articles_of(second)[-1].duplicate_of == first.article_id


def test_duplicates_are_not_looked_for_where_that_is_switched_off(
    line: Line, server: Server
) -> None:
    line.settings = msgspec.structs.replace(line.settings, duplicate_days=0.0)
    for each in copies(server):
        line.send(each)
    assert line.run() == {"published": 2}
    assert [each.duplicate_of for each in line.articles()] == [None, None]
    assert line.on(FINGERPRINTS) == []
