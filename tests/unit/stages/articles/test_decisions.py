import dataclasses
import datetime as dt
from typing import Any

import msgspec
import pytest

from workers.domain.ids import article_id
from workers.domain.outcomes import Outcome
from workers.domain.records import (
    ArticleState,
    Change,
    Entry,
    EntryReason,
    Revision,
    Timestamp,
)
from workers.stages.articles.canonical import declared_canonical
from workers.stages.articles.context import EntryContext
from workers.stages.articles.decisions import (
    defer,
    for_feed_text,
    for_page,
    for_status,
    retry_or_give_up,
    skip,
    skip_outcome,
    terminal,
    wants_feed_text,
)
from workers.stages.articles.extracted import Extraction, Request
from workers.stages.articles.extraction import (
    extract,
    extract_feed_text,
    extract_page,
)
from workers.stages.articles.policies import RetryPolicy
from workers.stages.pages.page import Page

NOW = dt.datetime(2026, 11, 24, 8, 0, tzinfo=dt.UTC)
URL = "https://www.samachar.test/desh/yojana-510001.html"
TITLE = "किसानों के लिए नई सिंचाई योजना"
TEXT = (
    "राज्य सरकार ने मंगलवार को किसानों के लिए नई सिंचाई योजना की घोषणा की और कहा कि इससे तीन "
    "जिलों के दो लाख परिवारों को लाभ होगा।"
)
POLICY = RetryPolicy(max_attempts=9, first_seconds=60.0)


def entry(**fields: Any) -> Entry:
    return Entry(
        **{
            "article_id": article_id(URL),
            "feed_id": "feed",
            "publisher": "समाचार",
            "url": URL,
            "canonical_url": URL,
            "title": "फ़ीड का शीर्षक",
            "discovered_at": NOW,
            **fields,
        }
    )


def state(outcome: Outcome, **fields: Any) -> ArticleState:
    return ArticleState(
        article_id=article_id(URL),
        canonical_url=URL,
        outcome=outcome.value,
        fetched_at=NOW,
        **fields,
    )


def case(
    of: Entry | None = None, *, before: ArticleState | None = None
) -> EntryContext:
    return EntryContext(of or entry(), before, None, NOW)


def extraction(text: str = TEXT, head: str = "") -> Extraction:
    page = (
        f"<html><head><title>{TITLE}</title>{head}</head>"
        f"<body><h1>{TITLE}</h1><p>{text}</p></body></html>"
    )
    return extract_page(page.encode(), URL, "text/html", NOW)


# --- what is known before a fetch ---------------------------------------------------

PUBLISHED = state(Outcome.PUBLISHED, revision=1, content_hash="x")
NEW, CHANGED = entry(), entry(reason=EntryReason.CHANGED)


@pytest.mark.parametrize(
    ("of", "before", "offset", "outcome"),
    [
        (NEW, None, None, None),
        (NEW, PUBLISHED, None, Outcome.DUPLICATE),
        (NEW, PUBLISHED, 5, Outcome.DUPLICATE),
        (CHANGED, PUBLISHED, None, None),
        (NEW, state(Outcome.DELAYED), None, Outcome.DUPLICATE),
        (NEW, state(Outcome.DELAYED), 0, None),
        (NEW, state(Outcome.DELAYED, delayed_offset=5), 5, Outcome.REPLAYED),
        (NEW, state(Outcome.DELAYED, delayed_offset=5), 6, None),
        (CHANGED, state(Outcome.GONE, delayed_offset=5), 4, Outcome.REPLAYED),
        (NEW, state(Outcome.NOT_HINDI), None, Outcome.DUPLICATE),
        (NEW, state(Outcome.GONE), None, Outcome.DUPLICATE),
        (NEW, state(Outcome.UNREACHABLE), None, None),
        (NEW, state(Outcome.EMPTY), None, None),
    ],
)
def test_what_needs_no_fetch(
    of: Entry, before: ArticleState | None, offset: int | None, outcome: Outcome | None
) -> None:
    assert skip_outcome(of, before, offset) is outcome


def test_a_delayed_duplicate_moves_the_offset_on() -> None:
    decision = skip(PUBLISHED, Outcome.DUPLICATE, 7)
    assert [each.delayed_offset for each in decision.states] == [7]
    assert decision.states[0].revision == 1
    assert skip(PUBLISHED, Outcome.REPLAYED, 7).states == ()
    assert skip(PUBLISHED, Outcome.DUPLICATE, None).states == ()


# --- retries ---------------------------------------------------------------------


def test_waits_grow_are_bounded_and_the_same_in_a_replay() -> None:
    waits = [POLICY.seconds(entry(attempt=attempt)) for attempt in range(40)]
    assert 30 <= waits[0] <= 60
    assert 120 <= waits[2] <= 240
    assert max(waits) <= POLICY.max_seconds
    assert waits == [POLICY.seconds(entry(attempt=attempt)) for attempt in range(40)]


def test_waits_of_different_articles_are_spread() -> None:
    ids = [article_id(f"{URL}?{n}") for n in range(50)]
    waits = {round(POLICY.seconds(entry(article_id=each))) for each in ids}
    assert len(waits) > 15


def test_the_host_is_given_at_least_the_time_that_it_asks_for() -> None:
    assert 3_600 <= POLICY.seconds(entry(), 3_600) <= 3_960


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 599])
def test_what_may_pass_is_tried_again(status: int) -> None:
    decision = for_status(case(), status, POLICY, None)
    assert decision.outcome is Outcome.DELAYED
    assert decision.retry is not None
    assert decision.retry.attempt == 1
    assert decision.retry_at is not None
    assert decision.retry_at > NOW


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (404, Outcome.GONE),
        (410, Outcome.GONE),
        (401, Outcome.FORBIDDEN),
        (403, Outcome.FORBIDDEN),
        (451, Outcome.FORBIDDEN),
        (400, Outcome.UNREACHABLE),
        (304, Outcome.UNREACHABLE),
    ],
)
def test_what_will_not_pass_ends(status: int, outcome: Outcome) -> None:
    decision = for_status(case(), status, POLICY, None)
    assert decision.outcome is outcome
    assert decision.retry is None
    assert str(status) in decision.reason
    assert decision.states[0].outcome == outcome.value


def test_the_last_attempt_ends() -> None:
    last = entry(attempt=POLICY.max_attempts - 1)
    decision = retry_or_give_up(case(last), POLICY, "no connection")
    assert decision.outcome is Outcome.UNREACHABLE
    assert decision.reason == f"no connection, {POLICY.max_attempts} times"


def test_waiting_for_ones_turn_is_no_attempt() -> None:
    decision = defer(case(entry(attempt=2)), 30.0, counts=False)
    assert decision.retry is not None
    assert decision.retry.attempt == 2
    assert decision.retry_at == NOW + dt.timedelta(seconds=30)


def test_a_failure_keeps_what_was_published() -> None:
    before = state(Outcome.PUBLISHED, revision=3, content_hash="x", delayed_offset=4)
    decision = terminal(case(CHANGED, before=before), Outcome.GONE, "HTTP status 404")
    after = decision.states[0]
    assert (after.revision, after.content_hash, after.delayed_offset) == (3, "x", 4)


# --- pages -----------------------------------------------------------------------


def test_a_new_article() -> None:
    decision = for_page(case(), extraction(), URL + "?ref=rss", None)
    article = decision.article
    assert article is not None
    assert decision.outcome is Outcome.PUBLISHED
    assert (article.title, article.text, article.revision) == (TITLE, TEXT, 1)
    assert article.canonical_url == URL
    assert decision.states[0].content_hash == article.content_hash


def test_the_same_again_is_unchanged_and_another_text_a_revision() -> None:
    first = for_page(case(), extraction(), URL, None)
    again = for_page(case(CHANGED, before=first.states[0]), extraction(), URL, None)
    assert again.outcome is Outcome.UNCHANGED
    assert again.article is None
    assert again.states[0].revision == 1
    longer = extraction(TEXT + " मंत्री ने यह भी कहा कि काम जल्द शुरू होगा।")
    changed = for_page(case(CHANGED, before=again.states[0]), longer, URL, None)
    assert changed.article is not None
    assert changed.article.revision == 2


def test_a_changed_timestamp_alone_is_no_revision() -> None:
    first = for_page(case(), extraction(), URL, None)
    head = "<meta property='article:modified_time' content='2026-11-24T07:00:00Z'>"
    again = for_page(
        case(CHANGED, before=first.states[0]), extraction(head=head), URL, None
    )
    assert again.outcome is Outcome.UNCHANGED


def test_a_revision_says_what_it_changes() -> None:
    first = for_page(case(), extraction(), URL, None)
    assert first.article is not None
    assert first.article.changed is None
    new = "मंत्री ने यह भी कहा कि काम जल्द शुरू होगा।"
    head = "<meta property='article:modified_time' content='2026-11-24T07:00:00Z'>"
    longer = extraction(f"{TEXT} {new}", head)
    second = for_page(case(CHANGED, before=first.states[0]), longer, URL, None)
    assert second.article is not None
    changed = second.article.changed
    assert changed is not None
    assert changed.changes == (Change.TEXT, Change.TIME)
    assert [second.article.text[each.start : each.end] for each in changed.added] == [
        new
    ]
    assert [each.text for each in changed.added] == [new]
    assert changed.removed == 0
    third = for_page(
        case(CHANGED, before=second.states[0]), extraction(head=head), URL, None
    )
    assert third.article is not None
    assert third.article.changed == Revision(changes=(Change.TEXT,), removed=1)


def test_a_new_title_alone_is_a_revision() -> None:
    first = for_page(case(), extraction(), URL, None)
    again = extraction()
    assert again.page is not None
    page = dataclasses.replace(again.page, title=f"{TITLE} मंजूर")
    again = dataclasses.replace(again, page=page)
    second = for_page(case(CHANGED, before=first.states[0]), again, URL, None)
    assert second.article is not None
    assert second.article.changed == Revision(changes=(Change.TITLE,))


def test_what_a_state_of_old_does_not_remember_is_not_told() -> None:
    before = state(Outcome.PUBLISHED, revision=1, content_hash="x")
    article = for_page(case(CHANGED, before=before), extraction(), URL, None).article
    assert article is not None
    assert (article.revision, article.changed) == (2, None)


def test_a_counter_and_other_related_stories_are_no_revision() -> None:
    def shown(views: int, other: str) -> Extraction:
        cards = "".join(
            f"<div><a href='/{at}'>{other} {at} की पूरी खबर</a></div>" for at in range(5)
        )
        more = (
            f"</p><span>{views} views</span><span>{views} कमेंट</span>"
            f"<h3>संबंधित खबरें</h3>{cards}<p>"
        )
        return extraction(f"{TEXT}</p><p>{TEXT.replace('दो', 'तीन')}{more}")

    first = for_page(case(), shown(120, "मौसम का हाल और तापमान"), URL, None)
    later = shown(9_431, "शेयर बाजार में आज की हलचल")
    again = for_page(case(CHANGED, before=first.states[0]), later, URL, None)
    assert first.outcome is Outcome.PUBLISHED
    assert again.outcome is Outcome.UNCHANGED


def test_the_feed_fills_in_what_the_page_does_not_say() -> None:
    stamp = Timestamp(value=NOW, raw="x", rule="rfc822")
    of = entry(authors=("नेहा  जोशी",), sections=("राज्य",), published_at=stamp)
    article = for_page(case(of), extraction(), URL, None).article
    assert article is not None
    assert article.authors == ("नेहा जोशी",)
    assert article.sections == ("राज्य",)
    assert article.published_at == stamp


def test_a_date_in_the_future_gives_way_to_the_feeds() -> None:
    stamp = Timestamp(value=NOW, raw="x", rule="rfc822")
    head = "<meta property='article:published_time' content='2031-01-01T00:00:00Z'>"
    article = for_page(
        case(entry(published_at=stamp)), extraction(head=head), URL, None
    )
    assert article.article is not None
    assert article.article.published_at == stamp


@pytest.mark.parametrize(
    ("named", "believed"),
    [
        ("https://www.samachar.test/rajya/yojana-510001.html", True),
        ("https://www.samachar.test/rajya/yojana-510001.html?page=1", True),
        ("https://www.samachar.test/", False),
        ("https://www.samachar.test/desh/", False),
        ("https://www.samachar.test/desh/aur-kuchh-510999.html", False),
        ("https://other.test/desh/yojana-510001.html", False),
        (URL, False),
        ("not a url", False),
    ],
)
def test_a_canonical_link_is_believed_only_if_it_is_like_the_address(
    named: str,
    believed: bool,  # noqa: FBT001 a column of the table
) -> None:
    page = Page(title=TITLE, text=TEXT, canonical_url=named)
    assert (declared_canonical(entry(), page) is not None) is believed


def test_a_published_twin_makes_a_duplicate() -> None:
    twin = state(Outcome.PUBLISHED, revision=1)
    decision = for_page(case(), extraction(), URL, twin)
    assert decision.outcome is Outcome.DUPLICATE
    assert decision.article is None
    not_yet = for_page(case(), extraction(), URL, state(Outcome.DELAYED))
    assert not_yet.outcome is Outcome.PUBLISHED


def test_a_page_in_another_language_says_which() -> None:
    english = extraction(
        "The minister said on Tuesday that work would begin soon. " * 5
    )
    assert english.outcome is Outcome.NOT_HINDI
    assert "en" in english.reason
    assert for_page(case(), english, URL, None).outcome is Outcome.NOT_HINDI


FEED_HTML = f"<p>{TEXT}</p><p>{TEXT}।</p><p>दूसरी बात: {TEXT}</p>"


def test_the_feeds_text_stands_in_for_a_page_that_is_not_to_be_had() -> None:
    at = case(entry(content_html=FEED_HTML))
    refused = terminal(at, Outcome.FORBIDDEN, "")
    assert wants_feed_text(at, refused.outcome)
    feed = extract_feed_text(FEED_HTML, "फ़ीड का शीर्षक", NOW)
    decision = for_feed_text(at, refused, feed)
    assert decision.article is not None
    assert decision.article.title == "फ़ीड का शीर्षक"
    assert decision.article.text.startswith(TEXT)


def test_the_feeds_text_must_be_an_article_itself() -> None:
    at = case(entry(content_html="<p>थोड़ा</p>"))
    refused = terminal(at, Outcome.FORBIDDEN, "")
    for html in ("", f"<p>{TEXT}</p>", "<p>The minister said so on Tuesday.</p>" * 20):
        feed = extract_feed_text(html, "शीर्षक", NOW)
        assert for_feed_text(at, refused, feed) is refused


@pytest.mark.parametrize(
    ("outcome", "revision", "wanted"),
    [
        (Outcome.FORBIDDEN, 0, True),
        (Outcome.EMPTY, 0, True),
        (Outcome.PAYWALL, 0, True),
        (Outcome.FORBIDDEN, 1, False),
        (Outcome.GONE, 0, False),
        (Outcome.NOT_HINDI, 0, False),
        (Outcome.PUBLISHED, 0, False),
    ],
)
def test_when_the_feeds_text_is_wanted(
    outcome: Outcome,
    revision: int,
    wanted: bool,  # noqa: FBT001 a column of the table
) -> None:
    before = state(Outcome.DELAYED, revision=revision)
    at = case(entry(content_html=FEED_HTML), before=before)
    assert wants_feed_text(at, outcome) is wanted


def test_a_request_and_its_answer_survive_the_way_to_another_process() -> None:
    page = f"<html><body><h1>{TITLE}</h1><p>{TEXT}</p></body></html>".encode()
    request = Request(page, URL, "text/html", NOW)
    sent = msgspec.msgpack.encode(request)
    answer = msgspec.msgpack.encode(extract(msgspec.msgpack.decode(sent, type=Request)))
    expected = extract_page(page, URL, "text/html", NOW)
    assert msgspec.msgpack.decode(answer, type=Extraction) == expected
