"""Pages made to harm: each has an outcome, within the limits, and the next is read."""

import datetime as dt
from collections.abc import Iterator

import pytest

from tests.support import weighed_extraction
from tests.support.weighed_extraction import Weighed
from workers.domain.outcomes import Outcome
from workers.fleet.articles import EXTRACTOR_LIMITS
from workers.runtime.service.sandbox import Sandbox, SandboxError, SandboxFailure
from workers.stages.articles.extracted import Extraction, Request

NOW = dt.datetime(2026, 11, 24, 8, 0, tzinfo=dt.UTC)
MAX_KB = 250_000
CPU_SECONDS = 3.0
MIB = 1024 * 1024
PARAGRAPH = (
    "<p>राज्य सरकार ने मंगलवार को किसानों के लिए नई सिंचाई योजना की घोषणा की और कहा कि इससे "
    "तीन जिलों के दो लाख परिवारों को लाभ होगा।</p>"
)
PARAGRAPH_BYTES = len(PARAGRAPH.encode())
STORY = PARAGRAPH * 5
LAUGHS = "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, 12))
SVG = f'<!DOCTYPE svg [<!ENTITY l0 "l">{LAUGHS}]><svg><text>&l11;</text></svg>'

ANSWERED = {
    "a billion laughs in an SVG": (SVG, Outcome.NOT_HTML),
    "a billion laughs in a page": (f"<body>{SVG}{STORY}", Outcome.PUBLISHED),
    "20,000 levels": (f"<body>{'<div>' * 20_000}{STORY}", Outcome.PUBLISHED),
    "20,000 levels, closed": (
        f"<body>{'<div>' * 20_000}{STORY}{'</div>' * 20_000}",
        Outcome.PUBLISHED,
    ),
    "5,000 tables": (f"<body>{'<table><tr><td>' * 5_000}{STORY}", Outcome.PUBLISHED),
    "JSON-LD of a million lists": (
        f"<body><script type='application/ld+json'>{'[' * MIB}</script>{STORY}",
        Outcome.PUBLISHED,
    ),
    "state of 200,000 levels": (
        "<title>क ख ग</title><script type='application/json'>"
        + '{"a":' * 200_000
        + "</script><body>",
        Outcome.EMPTY,
    ),
    "a word of 1 MiB": (f"<body>{'x' * MIB}", Outcome.NOT_HINDI),
}
ENDED = {
    "endless attributes": f"<body><p {' '.join(f'a{at}=x' for at in range(MIB))}>",
    "50 MB of paragraphs": f"<body>{PARAGRAPH * (50 * MIB // PARAGRAPH_BYTES)}",
}


Reader = Sandbox[Request, Weighed]


def request(page: str) -> Request:
    return Request(page.encode(), "https://a.test/b-510001.html", "", NOW)


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    made: Reader = Sandbox(
        f"{weighed_extraction.__name__}:extract_and_weigh",
        Weighed,
        EXTRACTOR_LIMITS._replace(cpu_seconds=CPU_SECONDS, wall_seconds=60.0),
    )
    yield made
    made.close()


def read(reader: Reader, page: str) -> tuple[int, Extraction]:
    weighed = reader.call(request(page))
    return weighed.peak_kb, weighed.extraction


@pytest.mark.parametrize("name", ANSWERED)
def test_it_has_an_outcome_within_memory(reader: Reader, name: str) -> None:
    page, outcome = ANSWERED[name]
    read(reader, STORY)  # what is loaded once is not the page's time
    peak, extraction = read(reader, page)
    assert extraction.outcome is outcome
    assert peak < MAX_KB


@pytest.mark.parametrize("name", ENDED)
def test_it_is_ended_and_the_next_page_is_read(reader: Reader, name: str) -> None:
    read(reader, STORY)
    with pytest.raises(SandboxError) as caught:
        reader.call(request(ENDED[name]))
    assert caught.value.why in {SandboxFailure.TIME, SandboxFailure.MEMORY}
    peak, extraction = read(reader, f"<body>{STORY}")
    assert extraction.outcome is Outcome.PUBLISHED
    assert peak < MAX_KB
