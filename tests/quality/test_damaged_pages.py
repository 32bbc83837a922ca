"""Pages cut, spliced and garbled at random: reading them never fails."""

import datetime as dt
import random

from tests.quality.test_markup_styles import STYLES
from tests.support.quality.layouts import LAYOUTS
from tests.support.quality.stories import STORIES
from workers.domain.outcomes import Outcome
from workers.stages.articles.extraction import extract_page

NOW = dt.datetime(2026, 11, 24, 8, 0, tzinfo=dt.UTC)
PAGES = 400
SEED = 20_261_124
SPLICES = (
    *(b"<", b">", b"<!--", b"]]>", b"<script>", b"</body>", b"<table><tr>", b"&#0;"),
    *(
        b"\x00",
        b"\xff\xfe",
        b"\xe0\xa4",
        b"{",
        b'"',
        b"<p",
        b"</div></div>",
        b"<title>",
    ),
)


def damaged(page: bytes, draw: random.Random) -> bytes:
    for _ in range(draw.randint(1, 12)):
        at, size = draw.randrange(len(page) or 1), draw.choice((1, 3, 40, 900))
        match draw.randrange(4):
            case 0:
                page = page[:at] + draw.choice(SPLICES) + page[at:]
            case 1:
                page = page[:at] + page[at + size :]
            case 2:
                page = page[:at] + page[at : at + size] * 3 + page[at + size :]
            case _:
                page = page[:at] + draw.randbytes(3) + page[at + 3 :]
    return page


def test_every_page_has_an_outcome() -> None:
    draw = random.Random(SEED)
    makers = [*LAYOUTS, *STYLES]
    outcomes = set()
    for _ in range(PAGES):
        story = draw.choice(STORIES)
        page = damaged(draw.choice(makers)(story), draw)
        outcomes.add(extract_page(page, story.url, "text/html", NOW).outcome)
    assert Outcome.PUBLISHED in outcomes
