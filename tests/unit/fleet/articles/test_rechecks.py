"""The articles worker looks again at what it has published."""

import msgspec
import pytest

from tests.support.articles_line import (
    MORE,
    START,
    STORY,
    Line,
    Server,
    entry,
    later,
    story_page,
)
from workers.domain.records import Change, EntryReason
from workers.fleet.articles import WORKER

HOURS = (1.0, 6.0, 24.0, 72.0)


@pytest.fixture
def checking(line: Line) -> Line:
    line.settings = msgspec.structs.replace(line.settings, recheck_hours=HOURS)
    return line


def test_what_is_published_is_looked_at_less_and_less(
    checking: Line, server: Server
) -> None:
    server.reply("/a.html", story_page(STORY))
    checking.send(entry(f"{server.url}/a.html"))
    assert checking.run() == {"published": 1}
    assert later(checking, 0.9) == {}
    outcomes = [later(checking, hours) for hours in (0.3, 5.6, 20.0, 53.0)]
    assert outcomes == [{"unchanged": 1}] * 4
    assert later(checking, 500.0) == {}
    assert server.paths.count("/a.html") == 5
    assert [each.revision for each in checking.articles()] == [1]
    waits = [(when - START).total_seconds() / 3600 for when in checking.not_before()]
    assert all(least <= wait for least, wait in zip(HOURS, waits, strict=True))


def test_a_look_finds_a_change_and_costs_little_where_there_is_none(
    checking: Line, server: Server
) -> None:
    server.reply("/a.html", story_page(STORY), etag='"one"', last_modified="yesterday")
    server.reply("/a.html", status=304)
    server.reply("/a.html", story_page(STORY, MORE), etag='"two"')
    server.reply("/a.html", status=304)
    seen = entry(f"{server.url}/a.html")
    checking.send(seen)
    assert checking.run() == {"published": 1}
    assert later(checking, 1.2) == {"unchanged": 1}
    assert later(checking, 6.0) == {"published": 1}
    assert later(checking, 21.0) == {"unchanged": 1}
    sent = [
        (asked.headers.get("if-none-match"), asked.headers.get("if-modified-since"))
        for asked in server.asked("/a.html")
    ]
    assert sent == [
        (None, None),
        ('"one"', "yesterday"),
        ('"one"', "yesterday"),
        ('"two"', None),
    ]
    revised = checking.articles()[-1]
    assert revised.revision == 2
    assert revised.changed is not None
    assert revised.changed.changes == (Change.TEXT,)
    assert checking.state(seen).outcome == "unchanged"


def test_a_changed_counter_time_or_list_is_no_revision(
    checking: Line, server: Server
) -> None:
    def page(views: int, minutes: int, related: str) -> bytes:
        extra = (
            f"<span class='views'>{views} बार पढ़ा गया</span>"
            f"<span class='time'>Updated: 24 Nov 2026, 10:{minutes} AM IST</span>"
            f"<div class='related'><h4>यह भी पढ़ें</h4><ul><li><a href='/x'>{related}"
            "</a></li><li><a href='/y'>एक और पुरानी खबर का शीर्षक</a></li></ul></div>"
        ).encode()
        return story_page(STORY, MORE).replace(b"</body>", extra + b"</body>")

    server.reply("/a.html", page(10, 15, "पहली संबंधित खबर का शीर्षक"))
    server.reply("/a.html", page(999, 45, "बिल्कुल नई संबंधित खबर का शीर्षक"))
    checking.send(entry(f"{server.url}/a.html"))
    assert checking.run() == {"published": 1}
    assert later(checking, 1.2) == {"unchanged": 1}


def test_a_page_that_is_gone_twice_is_withdrawn(checking: Line, server: Server) -> None:
    server.reply("/a.html", story_page(STORY, MORE))
    server.reply("/a.html", status=404)
    server.reply("/a.html", status=410)
    seen = entry(f"{server.url}/a.html")
    checking.send(seen)
    checking.run()
    assert later(checking, 1.2) == {"delayed": 1}
    assert len(checking.articles()) == 1
    assert later(checking, 1.1) == {"withdrawn": 1}
    withdrawn = checking.articles()[-1]
    assert (withdrawn.revision, withdrawn.withdrawn, withdrawn.text) == (2, True, "")
    assert withdrawn.title == "किसानों के लिए नई सिंचाई योजना"
    assert withdrawn.changed is not None
    assert withdrawn.changed.changes == (Change.WITHDRAWN,)
    assert later(checking, 500.0) == {}
    checking.send(seen)
    assert checking.run() == {"duplicate": 1}
    server.queued.clear()
    server.reply("/a.html", story_page(STORY, MORE))
    checking.send(msgspec.structs.replace(seen, reason=EntryReason.CHANGED))
    assert checking.run() == {"published": 1}
    back = checking.articles()[-1]
    assert (back.revision, back.withdrawn) == (3, False)


def test_a_page_that_is_gone_once_is_not_withdrawn(
    checking: Line, server: Server
) -> None:
    for status in (200, 404, 200, 404, 200):
        body = story_page(STORY) if status == 200 else b""
        server.reply("/a.html", body, status)
    checking.send(entry(f"{server.url}/a.html"))
    checking.run()
    seen = [later(checking, hours) for hours in (1.2, 1.2, 6.0, 1.2)]
    assert seen == [{"delayed": 1}, {"unchanged": 1}] * 2
    assert len(checking.articles()) == 1


def test_a_look_that_fails_waits_for_the_next(checking: Line, server: Server) -> None:
    server.reply("/a.html", story_page(STORY))
    server.reply("/a.html", status=500)
    server.reply("/a.html", story_page(STORY, MORE))
    checking.send(entry(f"{server.url}/a.html"))
    checking.run()
    assert later(checking, 1.2) == {"unreachable": 1}
    assert later(checking, 3.0) == {}
    assert later(checking, 3.0) == {"published": 1}


def test_looks_that_were_taken_are_known_after_a_restart(
    checking: Line, server: Server
) -> None:
    server.reply("/a.html", story_page(STORY))
    checking.send(entry(f"{server.url}/a.html"))
    checking.run()
    assert later(checking, 1.2) == {"unchanged": 1}
    checking.broker._groups[WORKER.name].committed.clear()
    assert checking.run() == {"duplicate": 1, "replayed": 1}
    assert later(checking, 6.0) == {"unchanged": 1}
    assert server.paths.count("/a.html") == 3


def test_looks_end_where_they_are_switched_off(checking: Line, server: Server) -> None:
    server.reply("/a.html", story_page(STORY))
    checking.send(entry(f"{server.url}/a.html"))
    checking.run()
    checking.settings = msgspec.structs.replace(checking.settings, recheck_hours=())
    assert later(checking, 1.2) == {"duplicate": 1}
    assert later(checking, 100.0) == {}
    assert server.paths.count("/a.html") == 1
