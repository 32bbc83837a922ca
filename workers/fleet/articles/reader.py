"""Article pages: fetched, read on over further pages, and judged."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from prometheus_client import Counter, Histogram

from workers.domain.ids import article_id
from workers.domain.outcomes import Outcome
from workers.domain.records import Entry
from workers.domain.topics import ARTICLE_STATES
from workers.runtime.http.fetcher import (
    Answer,
    Disallowed,
    PoliteFetcher,
    PutOff,
    Why,
    retry_after,
)
from workers.runtime.http.response import FetchError, FetchFailure, Response
from workers.runtime.processing.worker import Context
from workers.runtime.service.sandbox import Confined, ConfinedError
from workers.stages.articles import decisions, rechecks
from workers.stages.articles.decisions import (
    Case,
    Decision,
    Extraction,
    Part,
    Request,
    RetryPolicy,
)
from workers.stages.articles.rechecks import CheckPolicy, Validators
from workers.stages.text.normalisation import normalise_line

FETCHES = Counter(
    "khabar_fetches_total",
    "Article pages asked for, by how that ended.",
    ["result"],
)
FETCH_SECONDS = Histogram(
    "khabar_fetch_seconds",
    "Seconds from asking for an article page to its last byte.",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20),
)
EXTRACT_SECONDS = Histogram(
    "khabar_extract_seconds",
    "Seconds to make an article of a page.",
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1),
)

_packed = msgspec.msgpack.Encoder().encode
_extractions = msgspec.msgpack.Decoder(Extraction)
_ENDS = {
    FetchFailure.TOO_LARGE: Outcome.TOO_LARGE,
    FetchFailure.BLOCKED_ADDRESS: Outcome.BLOCKED_ADDRESS,
    FetchFailure.BAD_URL: Outcome.UNREACHABLE,
    FetchFailure.TOO_MANY_REDIRECTS: Outcome.UNREACHABLE,
}


class Policies(NamedTuple):
    """How often a page is asked for, and how far its story is read."""

    retry: RetryPolicy
    check: CheckPolicy
    max_pages: int
    further_seconds: float
    """All further pages of a batch's stories may take so long."""


class PageReader:
    """Asks for the pages of entries and decides what becomes of each."""

    def __init__(
        self,
        fetcher: PoliteFetcher,
        extractor: Confined,
        policies: Policies,
        context: Context,
    ) -> None:
        self._fetcher = fetcher
        self._extractor = extractor
        self._policies = policies
        self._clock = context.clock
        self._stopping = context.stopping
        self._states = context.tables.of(ARTICLE_STATES)
        self._read_until = 0.0

    def fetch(self, entries: Sequence[Entry]) -> dict[str, Answer]:
        """Return the answers by URL, from which `decide` goes on."""
        asked: dict[str, dict[str, str]] = {}
        for entry in entries:
            own = rechecks.conditions(entry)
            # whoever wants the page whatever it is gets it
            asked[entry.url] = own if asked.get(entry.url, own) else {}
        answers = self._fetcher.fetch([*asked], self._stopping, asked)
        for answer in answers:
            _count_fetch(answer)
        self._read_until = self._clock.monotonic() + self._policies.further_seconds
        return dict(zip(asked, answers, strict=True))

    def decide(self, case: Case, answer: Answer) -> Decision:
        """Return what becomes of *case*, its page's story read to the end."""
        try:
            decision = self._judge(case, answer)
            if decisions.wants_feed_text(case, decision.outcome):
                decision = decisions.from_feed(case, decision, self._feed_text(case))
        except ConfinedError as error:
            reason = f"the page cannot be read ({error})"
            decision = decisions.ended(case, Outcome.DEAD_LETTER, reason)
        return rechecks.planned(
            case, decision, self._policies.check, _validators(case.entry, answer)
        )

    def _judge(self, case: Case, answer: Answer) -> Decision:
        match answer:
            case Response():
                return self._read(case, answer)
            case FetchError():
                end = _ENDS.get(answer.failure)
                if end is not None:
                    return decisions.ended(case, end, answer.description)
                return decisions.failed(case, self._policies.retry, answer.description)
            case Disallowed():
                reason = "robots.txt does not want it fetched"
                return decisions.ended(case, Outcome.ROBOTS, reason)
            case PutOff(why=Why.TURN):
                return decisions.put_off(case, answer.seconds, counts=False)
            case PutOff():
                reason = f"the host cannot be asked ({answer.why})"
                retry = self._policies.retry
                return decisions.failed(case, retry, reason, answer.seconds)

    def _read(self, case: Case, response: Response) -> Decision:
        if response.status not in decisions.OK:
            asked = retry_after(response, case.now)
            return rechecks.answered(case, response.status) or decisions.answered(
                case, response.status, self._policies.retry, asked
            )
        content_type = response.headers.get("content-type", "")
        request = Request(response.body, response.url, content_type, case.now)
        extraction, whole = self._read_on(request, self._extract(request))
        if not whole and decisions.waits_for_the_rest(case):
            reason = "the story's further pages cannot be had"
            return decisions.failed(case, self._policies.retry, reason)
        twin = decisions.twin_url(case.entry, extraction.page)
        known = self._states.get(article_id(twin)) if twin else None
        return decisions.read(case, extraction, response.url, known)

    def _read_on(
        self, request: Request, extraction: Extraction
    ) -> tuple[Extraction, bool]:
        """Return the story with its further pages, and whether that is all of it."""
        parts: list[Part] = []
        read = {request.url}
        while (url := decisions.goes_on_at(extraction, read)) is not None:
            left = self._read_until - self._clock.monotonic()
            if len(parts) + 1 >= self._policies.max_pages:
                break
            if left <= 0:
                return extraction, False
            [answer] = self._fetcher.fetch([url], self._stopping, budget_seconds=left)
            _count_fetch(answer)
            if not isinstance(answer, Response) or answer.status not in decisions.OK:
                # a page that is not there ends the story
                return extraction, isinstance(answer, Response | Disallowed)
            kind = answer.headers.get("content-type", "")
            parts.append(Part(answer.body, answer.url, kind))
            read |= {url, answer.url}
            extraction = self._extract(
                msgspec.structs.replace(request, parts=tuple(parts))
            )
        return extraction, True

    def _feed_text(self, case: Case) -> Extraction:
        entry = case.entry
        html, title = entry.content_html or "", normalise_line(entry.title)
        return self._extract(Request(html.encode(), entry.url, "", case.now, title))

    def _extract(self, request: Request) -> Extraction:
        with EXTRACT_SECONDS.time():
            return _extractions.decode(self._extractor.call(_packed(request)))


def _validators(entry: Entry, answer: Answer) -> Validators:
    """Return the validators to send with the next look."""
    if isinstance(answer, Response) and answer.status in decisions.OK:
        fields = answer.headers
        return rechecks.validators(fields.get("etag"), fields.get("last-modified"))
    return Validators(entry.etag, entry.last_modified)


def _count_fetch(answer: Answer) -> None:
    match answer:
        case Response():
            FETCHES.labels(f"{answer.status // 100}xx").inc()
            FETCH_SECONDS.observe(answer.elapsed_seconds)
        case FetchError():
            FETCHES.labels(answer.failure.value).inc()
        case Disallowed():
            FETCHES.labels("disallowed").inc()
        case PutOff():
            FETCHES.labels("put-off").inc()
