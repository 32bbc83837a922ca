import pytest

from workers.web.robots import FREE, MAX_BYTES, UNREACHABLE, origin, read_robots


def test_the_longest_rule_of_our_group_decides() -> None:
    robots = read_robots(
        200,
        b"User-agent: *\nDisallow: /\n\n"
        b"User-agent: Khabar\nDisallow: /private\nAllow: /private/open\n",
    )
    assert robots.allows("http://a.in/story")
    assert not robots.allows("http://a.in/private/x")
    assert robots.allows("http://a.in/private/open/x")


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 410, 451])
def test_client_errors_mean_no_rules(status: int) -> None:
    assert read_robots(status, b"User-agent: *\nDisallow: /") is FREE


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_server_errors_mean_nothing_for_now(status: int) -> None:
    robots = read_robots(status, b"")
    assert robots is UNREACHABLE
    assert not robots.allows("http://a.in/")


def test_an_error_page_in_its_place_forbids_nothing() -> None:
    assert read_robots(200, b"<html><body>404 \xff</body></html>").allows("http://a/x")


@pytest.mark.parametrize(
    ("text", "delay"),
    [
        (b"User-agent: *\nCrawl-delay: 2.5\n", 2.5),
        (b"User-agent: *\nRequest-rate: 1/10s\n", 10.0),
        (b"User-agent: *\nDisallow: /x\n", None),
        (b"User-agent: *\nCrawl-delay: soon\n", None),
    ],
)
def test_crawl_delay(text: bytes, delay: float | None) -> None:
    assert read_robots(200, text).crawl_delay == delay


def test_no_more_than_500_kib_are_parsed() -> None:
    filler = b"# padding\n" * (MAX_BYTES // 10 + 1)
    rules = b"User-agent: *\nDisallow: /\n"
    assert not read_robots(200, rules + filler).allows("http://a/x")
    assert read_robots(200, filler + rules).allows("http://a/x")


def test_origin_is_scheme_host_and_port() -> None:
    assert origin("https://WWW.Example.IN:8443/a?b") == "https://www.example.in:8443"
