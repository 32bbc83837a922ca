"""Damaged pages without end: each is judged in time, and nothing breaks.

Articles and pages that are none in many layouts, with good and faulty JSON-LD, are the
corpus. As with feeds, the normal run is short and always the same; `make fuzz` runs
longer and begins elsewhere each time, and a failure names the seed that repeats it.
"""

import datetime as dt
import os
import random
import time
from collections import Counter
from contextlib import closing

import msgspec

from tests.support.damage import Damage
from tests.support.quality import non_articles, unusual_articles
from workers.domain.outcomes import Outcome
from workers.runtime.service.sandbox import (
    Limits,
    Sandbox,
    SandboxError,
    SandboxFailure,
)
from workers.stages.articles.extracted import Extraction, Request

SEED = int(os.environ.get("FUZZ_SEED", "1"))
SECONDS = float(os.environ.get("FUZZ_SECONDS", "15"))
LONGEST = 60.0
"""Seconds that one page may take."""
URL = "https://example.in/desh/khabar-510231.html"
NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
ITEM = (
    '{"@type": "NewsArticle", "headline": "नदी पर पुल", "datePublished": "2026-11-24"}'
)
SCRIPTS = [
    f'<script type="application/ld+json">{source}</script>'.encode()
    for source in (
        ITEM,
        f"<!-- {ITEM} -->",
        f"//<![CDATA[\n{ITEM},{ITEM}//]]>",
        ITEM.replace("पर", '"पर"'),
        f"[{ITEM},]",
        f'{{"@graph": [{ITEM}, {{"@type": "ItemList", "itemListElement": [{ITEM}]}}]}}',
    )
]
CORPUS = [
    *(body for _, body in unusual_articles.PAGES.values()),
    *(
        layout(outlet)[1].replace(b"</head>", script + b"</head>")
        for layout in non_articles.LAYOUTS
        for outlet, script in zip(non_articles.OUTLETS, SCRIPTS[::2], strict=True)
    ),
    *(
        body.replace(b"</head>", script + b"</head>")
        for (_, body), script in zip(
            unusual_articles.PAGES.values(), SCRIPTS * 2, strict=False
        )
    ),
]
LITTER = (
    *SCRIPTS,
    *(
        b"<",
        b">",
        b"&",
        b"&#55357;&#56832;",
        b"&#146;",
        b"&#x110000;",
        b"</p>",
        b"<br>",
    ),
    *(b"<div>" * 300, b"<font>" * 3_000, b"</div>" * 50, b"<!--", b"-->", b"<![CDATA["),
    *(b"<base href='//['>", b"<meta http-equiv=refresh content='0;url=http://[::1'>"),
    *(
        b"\x00",
        b"\xff\xfe",
        "क़".encode(),
        b"\xe0\xa4",
        b"a" + "\u0301".encode() * 5_000,
    ),
    *(b'{"@type":', b"\\", b'"', b",,,", b"<header>", b"<figure><table>", b"<script>"),
    *("पेज नहीं मिला".encode(), "लॉगिन करें".encode(), b"<a href='/x'>", b"</a>"),
)
DAMAGE = Damage(CORPUS, LITTER)
LIMITS = Limits(cpu_seconds=10.0, wall_seconds=30.0, memory_bytes=1024 * 1024 * 1024)


def test_whatever_comes_is_judged_in_time() -> None:
    outcomes: Counter[str] = Counter()
    chance = random.Random(SEED)
    deadline = time.monotonic() + SECONDS
    extractor = Sandbox[Request, Extraction](
        "workers.stages.articles.extraction:extract", Extraction, LIMITS
    )
    with closing(extractor):
        extractor.call(Request(CORPUS[0], URL, "text/html", NOW))  # it has started
        while time.monotonic() < deadline:
            body = DAMAGE.document(chance)
            words = f"FUZZ_SEED={SEED}, page {outcomes.total()}: {body[:500]!r}"
            started = time.monotonic()
            try:
                found = extractor.call(Request(body, URL, "text/html", NOW))
            except SandboxError as error:
                if error.why is SandboxFailure.CRASH:
                    raise AssertionError(words) from error
                outcomes["costly"] += 1
                continue
            except Exception as error:
                raise AssertionError(words) from error
            assert time.monotonic() - started < LONGEST, words
            assert found.outcome is Outcome.PUBLISHED or found.reason, words
            assert msgspec.msgpack.encode(found), words
            outcomes[found.outcome.value] += 1
    assert outcomes["published"] > 0
    assert outcomes["not-article"] > 0
    assert outcomes["costly"] <= outcomes.total() / 20
