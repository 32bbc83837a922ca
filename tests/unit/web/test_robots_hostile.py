"""Whatever a robots.txt holds, reading it is cheap, raises nothing and says no more."""

import math
import time
import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.web.robots import MAX_BYTES, read_robots
from workers.web.robots_groups import (
    MAX_DELAY_SECONDS,
    MAX_PATTERN,
    MAX_RULES,
    MAX_WILDCARDS,
    delay_seconds,
    group_for,
    rate_seconds,
)

HUGE = "9" * 310
NUMBERS = st.one_of(
    st.sampled_from(["", "0", "-1", "1.5", "1e308", "inf", "nan", HUGE, "0" * 400]),
    st.text("0123456789./smhd+-eE_ ०१٣", max_size=30),
)
PATHS = st.text("/abकि*$%2Fé?&=# .", max_size=40)
LINES = st.one_of(
    st.builds(
        "User-agent: {}".format, st.sampled_from(["*", "Khabar", "khabar/2", ""])
    ),
    st.builds("Disallow: {}".format, PATHS),
    st.builds("allow:{}".format, PATHS),
    st.builds("Crawl-delay: {}".format, NUMBERS),
    st.builds("Request-rate: {}/{} {}".format, NUMBERS, NUMBERS, NUMBERS),
    st.text(max_size=40),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(LINES, max_size=20), st.sampled_from(["\n", "\r\n", "\r", "\u2028"]))
def test_fuzzed_lines_raise_nothing(lines: list[str], end: str) -> None:
    robots = read_robots(200, end.join(lines).encode("utf-8", "surrogatepass"))
    robots.allows("https://a.in/ab/c?d=%E0%A4%95")
    delay = robots.crawl_delay
    assert delay is None or (math.isfinite(delay) and 0 <= delay <= MAX_DELAY_SECONDS)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_fuzzed_bytes_raise_nothing(body: bytes) -> None:
    read_robots(200, body).allows("https://a.in/")
    read_robots(200, b"User-agent: *\n" + body).allows("https://a.in/x")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("2.5", 2.5),
        (".5", 0.5),
        ("7.", 7.0),
        ("0", 0.0),
        (HUGE, MAX_DELAY_SECONDS),
        ("1." + HUGE, 2.0),
        ("0" * 500_000 + "3", 3.0),
        ("9" * 500_000, MAX_DELAY_SECONDS),
        ("1e3", None),
        ("-4", None),
        ("nan", None),
        ("५", None),
        (".", None),
        ("", None),
    ],
    ids=repr,
)
def test_delays_are_bounded(value: str, seconds: float | None) -> None:
    assert delay_seconds(value) == (None if seconds is None else pytest.approx(seconds))


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("1/10s", 10.0),
        ("1/10", 10.0),
        ("2/1m 0600-0845", 30.0),
        ("1/2H", 7_200.0),
        ("1/9d", MAX_DELAY_SECONDS),
        (f"1/{HUGE}", MAX_DELAY_SECONDS),
        (f"{HUGE}/1", 0.0),
        (f"{HUGE}/{HUGE}d", MAX_DELAY_SECONDS),
        ("0/10", None),
        ("1/", None),
        ("/", None),
        ("1/1/1", None),
        ("१/१०", None),
        ("", None),
    ],
    ids=repr,
)
def test_rates_are_bounded(value: str, seconds: float | None) -> None:
    expected = None if seconds is None else pytest.approx(seconds, abs=1e-9)
    assert rate_seconds(value) == expected


@pytest.mark.parametrize("line", ["Request-rate: 1/", "Crawl-delay: "])
def test_a_number_of_any_length_leaves_the_rules_in_force(line: str) -> None:
    body = f"User-agent: *\n{line}{HUGE}\nDisallow: /no\n".encode()
    robots = read_robots(200, body)
    assert robots.crawl_delay == MAX_DELAY_SECONDS
    assert not robots.allows("https://a.in/no/x")
    assert robots.allows("https://a.in/yes")


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("User-agent: KHABAR/1.0\nDisallow: /s", False),
        ("User-agent: khabar*\nDisallow: /s", False),
        ("User-agent: Khabarchi\nDisallow: /s", True),
        ("User-agent: news\nUser-agent: khabar\nDisallow: /s", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: khabar\nDisallow:", True),
        ("User-agent: khabar\nDisallow: /t\nUser-agent: khabar\nDisallow: /s", False),
        ("User-agent: khabar\nSitemap: /m\nUser-agent: b\nDisallow: /s", False),
        ("User-agent: khabar\nCrawl-delay: 1\nUser-agent: b\nDisallow: /s", True),
        ("User agent *\nDisalow /s", False),
        ("user-agent : * # all\ndisallow : /s # none", False),
        ("Disallow: /s", True),
        ("User-agent: Khabar\nUser-agent: *\nDisallow: /s", False),
    ],
)
def test_groups(text: str, allowed: bool) -> None:  # noqa: FBT001 a parameter
    assert read_robots(200, text.encode()).allows("https://a.in/s") is allowed


def test_rules_beyond_the_limits_forbid_rather_more() -> None:
    long, starred = "/folder/" + "a" * MAX_PATTERN, "/x/" + "a*" * 5_000
    group = group_for(f"User-agent: *\nDisallow: {long}\nAllow: {starred}", "khabar")
    assert group.rules == [("disallow", "/folder/")]
    (rule,) = group_for(f"User-agent: *\nDisallow: {starred}", "khabar").rules
    assert rule == ("disallow", "/x/")
    fits = "/x/" + "a*" * MAX_WILDCARDS
    assert group_for(f"User-agent: *\nAllow: {fits}", "k").rules == [("allow", fits)]
    many = "User-agent: *\n" + "Disallow: /a\n" * (MAX_RULES + 5)
    assert len(group_for(many, "khabar").rules) == MAX_RULES


def agents_then_rules(size: int) -> str:
    half = size // 2
    agents = "".join(f"User-agent: a{n}\n" for n in range(half // 20))
    rules = "".join(f"Disallow: /{n:08}\n" for n in range(half // 20))
    return agents + "User-agent: *\n" + rules


SHAPES: dict[str, Callable[[int], str]] = {
    "agents then rules": agents_then_rules,
    "one agent again and again": lambda size: "User-agent: *\n" * (size // 14),
    "pairs": lambda size: "User-agent: *\nDisallow: /a*b$\n" * (size // 31),
    "stars": lambda size: "User-agent: *\nDisallow: /" + "a*" * (size // 2),
    "rules with stars": lambda size: (
        "User-agent: *\n" + "Disallow: /*a*b*c*d*e\n" * (size // 22)
    ),
    "blanks": lambda size: "User-agent: *\nDisallow" + " " * size + "x",
    "blanks before each": lambda size: (" " * 100 + "x\n") * (size // 102),
    "digits": lambda size: "User-agent: *\nCrawl-delay: " + "9" * size,
    "rate": lambda size: f"User-agent: *\nRequest-rate: 1/{'9' * size}",
    "hashes": lambda size: "#" * size,
    "line ends": lambda size: "\n" * size,
    "odd line ends": lambda size: "User-agent: *\u2028User-agent: b\x1c" * (size // 30),
    "escapes": lambda size: "User-agent: *\nDisallow: /" + "%2" * (size // 2),
}


def read_seconds(text: str) -> float:
    body, best = text.encode(), float("inf")
    for _ in range(3):
        began = time.process_time()
        read_robots(200, body).allows("https://a.in/" + "a" * 1_000)
        best = min(best, time.process_time() - began)
    return best


@pytest.mark.parametrize("shape", SHAPES)
def test_time_grows_with_the_length(shape: str) -> None:
    small, large = (read_seconds(SHAPES[shape](size)) for size in (50_000, 200_000))
    assert large < max(0.05, small * 4 * 2.5)
    assert large < 2.0


@pytest.mark.parametrize("shape", SHAPES)
def test_memory_is_a_small_multiple_of_the_length(shape: str) -> None:
    body = SHAPES[shape](MAX_BYTES).encode()
    tracemalloc.start()
    try:
        robots = read_robots(200, body)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    robots.allows("https://a.in/x")
    assert peak < 64 * 1024 * 1024
