"""WebSub without a network: links, leases, signatures, challenges."""

import datetime as dt
import hashlib
import hmac
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from workers.cli.feeds.check import warnings
from workers.domain.ids import digest64
from workers.domain.records import (
    Feed,
    FeedProfile,
    FeedState,
    HubEvent,
    HubNotice,
    Subscription,
)
from workers.stages.feeds.websub import (
    MISSES_BORNE,
    CallbackKind,
    CallbackResult,
    Subscriber,
    after_poll,
    header_links,
    is_active,
    is_signed,
    pinged_at,
    requested,
    subscribe_at,
    with_notice,
    with_problem,
)

NOW = dt.datetime(2026, 11, 24, 6, 0, tzinfo=dt.UTC)
HUB = "https://hub.example.in/"
TOPIC = "https://example.in/rss.xml"
FEED = Feed(feed_id="patra", url="https://example.in/feed", publisher="पत्र")
OURS = Subscriber("https://khabar.example/hubs", b"key", 86400.0)
STATE = FeedState(
    feed_id="patra", url=FEED.url, profile=FeedProfile(hub=HUB, topic=TOPIC)
)


def later(**parts: float) -> dt.datetime:
    return NOW + dt.timedelta(**parts)


def form() -> dict[str, str]:
    return dict(parse_qsl(OURS.form(FEED, TOPIC).decode(), strict_parsing=True))


def target() -> str:
    return urlsplit(form()["hub.callback"]).path


def get(**fields: str) -> CallbackResult:
    given = {
        "hub.mode": "subscribe",
        "hub.topic": TOPIC,
        "hub.challenge": "ab<c>",
        "hub.lease_seconds": "864000",
    } | {f"hub.{name}": value for name, value in fields.items()}
    return OURS.receive("GET", f"{target()}?{urlencode(given)}", {}, b"", NOW)


def notice(event: HubEvent, at: dt.datetime = NOW, lease: float = 1000.0) -> HubNotice:
    return HubNotice(
        feed_id="patra",
        topic=digest64(TOPIC),
        event=event,
        received_at=at,
        lease_seconds=lease if event is HubEvent.CONFIRMED else None,
    )


def subscribed(at: dt.datetime = NOW, lease: float = 1000.0) -> FeedState:
    return with_notice(requested(STATE, at), notice(HubEvent.CONFIRMED, at, lease))


# --- links --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "links"),
    [
        (f'<{HUB}>; rel="hub", <{TOPIC}>; rel="self"', (HUB, TOPIC)),
        (f"<{HUB}>;rel=hub,<{TOPIC}>;title=x;rel=self", (HUB, TOPIC)),
        (f'<{HUB}>; rel="preconnect HUB"', (HUB, None)),
        ("</hub>; rel=hub", ("https://example.in/hub", None)),
        (f"<https://a.in/>; rel=hub, <{HUB}>; rel=hub", ("https://a.in/", None)),
        ('<javascript:x>; rel="hub"', (None, None)),
        ("<https://a.in/>; rel=next", (None, None)),
        ("hub", (None, None)),
        ("", (None, None)),
    ],
)
def test_link_headers_name_hub_and_topic(
    header: str, links: tuple[str | None, str | None]
) -> None:
    assert header_links(header, "https://example.in/rss") == links


@given(st.text(max_size=200) | st.text('<>;,="relhubself/', max_size=200))
def test_no_link_header_makes_it_fail(header: str) -> None:
    header_links(header, "https://example.in/rss")


# --- what is asked --------------------------------------------------------------


def test_a_subscription_is_asked_for_as_the_recommendation_has_it() -> None:
    fields = form()
    assert fields["hub.mode"] == "subscribe"
    assert fields["hub.topic"] == TOPIC
    assert fields["hub.lease_seconds"] == "86400"
    assert fields["hub.callback"].startswith("https://khabar.example/hubs/patra/")
    assert 32 <= len(fields["hub.secret"]) < 200


def test_every_feed_topic_and_key_has_secrets_of_its_own() -> None:
    others = [
        OURS.form(replace(FEED, feed_id="other"), TOPIC),
        OURS.form(FEED, TOPIC + "?page=2"),
        replace_key(b"other").form(FEED, TOPIC),
        OURS.form(FEED, TOPIC),
    ]
    fields = [dict(parse_qsl(each.decode())) for each in others]
    assert len({each["hub.secret"] for each in fields}) == 4
    assert len({each["hub.callback"] for each in fields}) == 4
    assert fields[3] == form()


def replace_key(key: bytes) -> Subscriber:
    return Subscriber(OURS.callback, key, OURS.lease_seconds)


# --- verification of intent -----------------------------------------------------


def test_a_challenge_is_answered_for_the_topic_that_was_asked_for() -> None:
    answer = get()
    assert (answer.kind, answer.status, answer.body) == (
        CallbackKind.CONFIRMED,
        200,
        "ab<c>",
    )
    assert answer.notice == replace(
        notice(HubEvent.CONFIRMED), lease_seconds=864000.0, received_at=NOW
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"topic": TOPIC + "/"},
        {"topic": ""},
        {"mode": "unsubscribe"},
        {"mode": ""},
        {"challenge": ""},
        {"challenge": "x" * 5000},
    ],
)
def test_what_was_not_asked_for_is_not_confirmed(fields: dict[str, str]) -> None:
    answer = get(**fields)
    assert (answer.kind, answer.status, answer.notice) == (
        CallbackKind.UNKNOWN,
        404,
        None,
    )


@pytest.mark.parametrize("lease", ["", "soon", "-1", "9" * 30])
def test_a_lease_that_is_no_number_is_the_one_asked_for(lease: str) -> None:
    answer = get(lease_seconds=lease)
    assert answer.notice is not None
    assert answer.notice.lease_seconds == OURS.lease_seconds


def test_a_denial_is_heard() -> None:
    answer = get(mode="denied", reason="भुगतान " * 100)
    assert (answer.kind, answer.status, answer.body) == (CallbackKind.DENIED, 200, "")
    assert answer.notice is not None
    assert answer.notice.event is HubEvent.DENIED
    assert len(answer.notice.reason or "") == 200


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/patra",
        "//x",
        "/patra/0000000000000000/00",
        "*",
        "/%FF/%FF/%FF",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_other_addresses_are_unknown(method: str, path: str) -> None:
    answer = OURS.receive(method, path, {}, b"", NOW)
    assert (answer.kind, answer.status) == (CallbackKind.UNKNOWN, 404)


def test_the_address_of_one_feed_is_none_of_another() -> None:
    path = target().replace("/patra/", "/other/")
    assert OURS.receive("POST", path, {}, b"", NOW).kind is CallbackKind.UNKNOWN
    right = target()
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
    assert OURS.receive("POST", wrong, {}, b"", NOW).kind is CallbackKind.UNKNOWN


def test_a_proxy_may_put_the_callback_under_another_path() -> None:
    given = urlencode(
        {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "x"}
    )
    path = target().removeprefix("/hubs")
    assert OURS.receive("GET", f"{path}?{given}", {}, b"", NOW).body == "x"


@given(st.sampled_from(["GET", "POST", "PUT"]), st.text(max_size=100))
def test_no_call_makes_it_fail(method: str, text: str) -> None:
    OURS.receive(method, text, {"x-hub-signature": text}, text.encode(), NOW)
    OURS.receive("GET", f"{target()}?{text}", {}, b"", NOW)


# --- deliveries -------------------------------------------------------------------

BODY = "<rss/>नमस्ते".encode()


def signature(method: str, body: bytes = BODY, secret: str = "") -> str:
    key = (secret or form()["hub.secret"]).encode()
    return f"{method}={hmac.new(key, body, method).hexdigest()}"


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_a_signed_delivery_says_that_the_feed_changed(method: str) -> None:
    headers = {"x-hub-signature": signature(method)}
    answer = OURS.receive("POST", target(), headers, BODY, NOW)
    assert (answer.kind, answer.status) == (CallbackKind.CHANGED, 202)
    assert answer.notice == notice(HubEvent.CHANGED)


@pytest.mark.parametrize(
    "given",
    [
        "",
        "sha256",
        "sha256=",
        signature("sha256")[:-1],
        signature("sha256", BODY + b" "),
        signature("sha256", BODY, "other"),
        signature("sha256").replace("sha256", "sha512"),
        signature("md5"),
        "sha256=" + "क" * 64,
    ],
)
def test_a_delivery_that_is_not_signed_right_is_not_believed(given: str) -> None:
    answer = OURS.receive("POST", target(), {"x-hub-signature": given}, BODY, NOW)
    assert (answer.kind, answer.status, answer.notice) == (
        CallbackKind.UNSIGNED,
        202,
        None,
    )


def test_the_case_of_a_signature_does_not_matter() -> None:
    right = hmac.new(b"s", BODY, hashlib.sha256).hexdigest()
    assert is_signed(f"SHA256={right.upper()}", "s", BODY)


# --- the lease ----------------------------------------------------------------------


def test_a_feed_without_a_hub_asks_none() -> None:
    assert subscribe_at(FeedState(feed_id="patra")) is None
    assert subscribe_at(replace(STATE, retired=True)) is None
    nothing = FeedState(feed_id="patra")
    assert requested(nothing, NOW) == nothing
    assert with_problem(nothing, "x") == nothing


def test_a_hub_is_asked_at_once_and_then_less_and_less_often() -> None:
    first = subscribe_at(STATE)
    assert first is not None
    assert first < NOW
    state, waits = STATE, []
    for _ in range(8):
        state = requested(state, NOW)
        due = subscribe_at(state)
        assert due is not None
        waits.append((due - NOW).total_seconds() / 3600)
    assert waits == [1, 2, 4, 8, 16, 24, 24, 24]
    assert not is_active(state, NOW)


def test_a_lease_is_renewed_before_it_ends_and_lost_when_it_is_not() -> None:
    state = subscribed(lease=100_000.0)
    assert is_active(state, NOW)
    assert subscribe_at(state) == later(seconds=80_000)
    again = requested(state, later(seconds=80_000))
    assert is_active(again, later(seconds=99_999))
    assert not is_active(again, later(seconds=100_000))
    renewed = with_notice(
        again, notice(HubEvent.CONFIRMED, later(seconds=80_001), 5000.0)
    )
    assert is_active(renewed, later(seconds=85_000))


@pytest.mark.parametrize("lease", [0.0, 1.0, 60.0])
def test_a_lease_of_no_time_does_not_make_us_ask_without_end(lease: float) -> None:
    assert subscribe_at(subscribed(lease=lease)) == later(minutes=10)


def test_a_lease_without_end_is_bounded() -> None:
    assert not is_active(subscribed(lease=1e9), later(days=31))


def test_a_denial_ends_the_lease_and_is_told() -> None:
    state = with_notice(
        subscribed(), replace(notice(HubEvent.DENIED), reason="no such feed")
    )
    assert not is_active(state, NOW)
    assert state.subscription is not None
    assert state.subscription.problem == "the hub refuses: no such feed"
    assert "the hub refuses: no such feed" in warnings(state)
    assert subscribe_at(state) == later(days=1)


def test_another_hub_or_topic_begins_anew() -> None:
    profile = FeedProfile(hub="https://other.example/", topic=TOPIC)
    moved = replace(subscribed(), profile=profile)
    assert subscribe_at(moved) == later(minutes=10)
    state = requested(moved, later(hours=1))
    assert state.subscription == Subscription(
        hub="https://other.example/", topic=TOPIC, asked_at=later(hours=1), attempts=1
    )


def test_what_is_said_of_another_topic_changes_nothing() -> None:
    other = replace(notice(HubEvent.CHANGED), topic=digest64("https://a.in/"))
    assert with_notice(subscribed(), other) == subscribed()
    assert with_notice(STATE, notice(HubEvent.CONFIRMED)) == STATE


def test_a_change_is_looked_for_until_a_poll_began_after_it() -> None:
    state = with_notice(subscribed(), notice(HubEvent.CHANGED, later(minutes=5)))
    assert pinged_at(subscribed()) is None
    assert pinged_at(state) == later(minutes=5)
    assert pinged_at(replace(state, polled_at=later(minutes=4))) == later(minutes=5)
    assert pinged_at(replace(state, polled_at=later(minutes=6))) is None
    assert pinged_at(replace(state, failures=1)) is None


def test_a_hub_that_keeps_news_to_itself_is_not_relied_upon() -> None:
    state = replace(subscribed(lease=1e6), polled_at=NOW)
    for number in range(1, MISSES_BORNE + 1):
        assert is_active(state, NOW)
        after = replace(state, polled_at=later(hours=number))
        assert after_poll(state, after, found_news=False) == state.subscription
        state = replace(after, subscription=after_poll(state, after, found_news=True))
    assert not is_active(state, NOW)
    assert "the hub keeps news to itself" in warnings(state)
    told = with_notice(state, notice(HubEvent.CHANGED, later(hours=10)))
    assert is_active(told, NOW)


def test_news_that_the_hub_told_of_is_no_miss() -> None:
    state = replace(subscribed(lease=1e6), polled_at=NOW)
    state = with_notice(state, notice(HubEvent.CHANGED, later(minutes=1)))
    after = replace(state, polled_at=later(minutes=2))
    known = after_poll(state, after, found_news=True)
    assert known is not None
    assert known.missed == 0
