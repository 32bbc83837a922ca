"""The articles worker: entries in, clean articles out."""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta, Struct, field
from prometheus_client import Counter, Gauge, Histogram

from workers.domain.ids import article_id
from workers.domain.outcomes import Outcome, TransientError
from workers.domain.records import Article, Entry
from workers.domain.topics import (
    ARTICLE_STATES,
    ARTICLES,
    ENTRIES,
    ENTRIES_DELAYED,
    FINGERPRINTS,
)
from workers.runtime import logs
from workers.runtime.confined import Confined, ConfinedError
from workers.runtime.http import (
    FetchError,
    FetchFailure,
    HttpClient,
    HttpSettings,
    Response,
)
from workers.runtime.politeness import (
    Answer,
    Disallowed,
    PoliteFetcher,
    PolitenessSettings,
    PutOff,
    RobotsPolicy,
    Why,
    retry_after,
)
from workers.runtime.worker import (
    Context,
    Handler,
    Incoming,
    Output,
    Result,
    Worker,
)
from workers.stages import articles, rechecks, robots
from workers.stages.articles import (
    Case,
    Decision,
    Extraction,
    Part,
    Request,
    RetryPolicy,
)
from workers.stages.hindi import normalise_line
from workers.stages.near_duplicates.index import SignatureIndex
from workers.stages.near_duplicates.marking import earlier, fingerprint_of, marked
from workers.stages.rechecks import CheckPolicy, Hours, Validators

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
ARTICLES_MADE = Counter(
    "khabar_articles_total", "Articles published, new ones and revisions.", ["kind"]
)
NEAR_DUPLICATES = Counter(
    "khabar_near_duplicates_total",
    "Articles published that say nearly the same as one before.",
)
KNOWN_FINGERPRINTS = Gauge(
    "khabar_fingerprints", "Articles that new ones are compared with."
)
EXTRACT_SECONDS = Histogram(
    "khabar_extract_seconds",
    "Seconds to make an article of a page.",
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1),
)

EXTRACTOR = "workers.stages.extraction:extract_packed"
EXTRACTOR_SECONDS = 120.0
"""Only a machine that is overrun takes so long; processor time has its own limit."""
EXTRACTOR_BYTES = 1024 * 1024 * 1024
"""Of address space; what is resident is about an eighth of it."""
ROBOTS = RobotsPolicy(
    robots.origin, robots.PATH, robots.read_robots, robots.FREE, robots.UNREACHABLE
)
_QUIET = frozenset(
    (Outcome.DUPLICATE, Outcome.REPLAYED, Outcome.UNCHANGED, Outcome.DELAYED)
)
"""Outcomes that are the daily run of things, not worth a line."""
_log = logs.get(__name__)
_packed = msgspec.msgpack.Encoder().encode
_extractions = msgspec.msgpack.Decoder(Extraction)
_ENDS = {
    FetchFailure.TOO_LARGE: Outcome.TOO_LARGE,
    FetchFailure.BLOCKED_ADDRESS: Outcome.BLOCKED_ADDRESS,
    FetchFailure.BAD_URL: Outcome.UNREACHABLE,
    FetchFailure.TOO_MANY_REDIRECTS: Outcome.UNREACHABLE,
}


class ArticlesSettings(Struct, frozen=True, kw_only=True):
    """Settings of the articles worker."""

    gap_seconds: Annotated[float, Meta(ge=0)] = 1.0
    """Between two requests to one host."""
    host_connections: Annotated[int, Meta(ge=1, le=2)] = 1
    """Requests to one host at a time."""
    connections: Annotated[int, Meta(ge=1, le=256)] = 32
    """Requests at a time, to all hosts."""
    budget_seconds: Annotated[float, Meta(gt=0)] = 4.0
    """What is not there by then is put off."""
    max_attempts: Annotated[int, Meta(ge=1)] = 9
    """So often an article is asked for before it is given up."""
    retry_seconds: Annotated[float, Meta(gt=0)] = 60.0
    """Before the second attempt; doubles with each further one."""
    max_pages: Annotated[int, Meta(ge=1, le=50)] = 5
    """Of a story that goes on over several pages so many are read."""
    recheck_hours: tuple[Hours, ...] = (1.0, 6.0, 24.0, 72.0)
    """So long after its publication an article is looked at again, to publish changes
    and to withdraw it when it is gone; empty: never."""
    duplicate_days: Annotated[float, Meta(ge=0, le=7)] = 7.0
    """Near duplicates are looked for among articles first seen within so many days of
    each other; 0: not at all."""
    http: HttpSettings = field(default_factory=HttpSettings)


@contextmanager
def open_handler(settings: ArticlesSettings, context: Context) -> Iterator[Handler]:
    """Open the HTTP client, and start the process that reads pages."""
    extractor = Confined(
        EXTRACTOR, wall_seconds=EXTRACTOR_SECONDS, memory_bytes=EXTRACTOR_BYTES
    )
    client = HttpClient(settings.http)
    fetcher = PoliteFetcher(
        client,
        ROBOTS,
        PolitenessSettings(
            gap_seconds=settings.gap_seconds,
            host_connections=settings.host_connections,
            connections=settings.connections,
            budget_seconds=settings.budget_seconds,
        ),
        context.clock,
    )
    policies = _Policies(
        RetryPolicy(
            max_attempts=settings.max_attempts, first_seconds=settings.retry_seconds
        ),
        CheckPolicy(hours=settings.recheck_hours),
        settings.max_pages,
        2 * settings.budget_seconds,
    )
    try:
        _load(extractor)
        likeness = _Likeness(settings.duplicate_days, context)
        yield Handler(
            handle=_Desk(fetcher, extractor, policies, likeness, context).handle
        )
    finally:
        extractor.close()
        fetcher.close()
        client.close()


class _Policies(NamedTuple):
    retry: RetryPolicy
    check: CheckPolicy
    max_pages: int
    further_seconds: float
    """All further pages of a batch's stories may take so long."""


class _Likeness:
    """Knows the articles of the last days, those of other members included."""

    def __init__(self, days: float, context: Context) -> None:
        self._window = dt.timedelta(days=days)
        self._table = context.tables.shared_of(FINGERPRINTS)
        self._published = SignatureIndex(self._window)
        self._open = SignatureIndex(self._window)
        """What the open batch adds."""
        if days:
            self._table.attach(self._published.add)

    def begin(self) -> None:
        """Begin a batch, with what an earlier part of its transaction has added."""
        self._open = SignatureIndex(self._window)
        for fingerprint in self._table.staged.values():
            if fingerprint is not None:
                self._open.add(fingerprint)
        KNOWN_FINGERPRINTS.set(len(self._published))

    def compared(self, decision: Decision) -> Article | None:
        """Return the article of *decision*, marked where it repeats another."""
        article, signature = decision.article, decision.signature
        if article is None or signature is None or not self._window:
            return article
        fingerprint = fingerprint_of(article, signature)
        match = earlier(
            self._published.first_like(fingerprint), self._open.first_like(fingerprint)
        )
        self._open.add(fingerprint)
        self._table.put(fingerprint)
        return marked(article, match)


class _Desk:
    """Handles batches: looks up, fetches, decides, remembers."""

    def __init__(
        self,
        fetcher: PoliteFetcher,
        extractor: Confined,
        policies: _Policies,
        likeness: _Likeness,
        context: Context,
    ) -> None:
        self._fetcher = fetcher
        self._extractor = extractor
        self._policies = policies
        self._likeness = likeness
        self._context = context
        self._states = context.tables.of(ARTICLE_STATES)
        self._read_until = 0.0

    def handle(self, batch: Sequence[Incoming[Entry]]) -> list[Result]:
        """Handle a batch; the newest entry of an article speaks for the others."""
        self._likeness.begin()
        results: dict[int, Result] = {}
        speakers: dict[tuple[str, bool], int] = {}
        for at, incoming in enumerate(batch):
            result = self._known(incoming)
            if result is None:
                speakers[_subject(incoming)] = at
            else:
                results[at] = result
        to_fetch = [batch[at] for at in sorted(speakers.values())]
        answers = self._fetch([incoming.record for incoming in to_fetch])
        self._read_until = (
            self._context.clock.monotonic() + self._policies.further_seconds
        )
        for at in sorted(speakers.values()):
            # another page of this batch may have said that it is this article
            incoming = batch[at]
            results[at] = self._known(incoming) or self._result(
                incoming.record,
                self._decide(self._case(incoming), answers[incoming.record.url]),
            )
        return [
            results[at] if at in results else self._spoken_for(incoming)
            for at, incoming in enumerate(batch)
        ]

    def _fetch(self, entries: Sequence[Entry]) -> dict[str, Answer]:
        """Return the answers by URL."""
        asked: dict[str, dict[str, str]] = {}
        for entry in entries:
            own = rechecks.conditions(entry)
            # whoever wants the page whatever it is gets it
            asked[entry.url] = own if asked.get(entry.url, own) else {}
        answers = self._fetcher.fetch([*asked], self._context.stopping, asked)
        for answer in answers:
            _count_fetch(answer)
        return dict(zip(asked, answers, strict=True))

    def _known(self, incoming: Incoming[Entry]) -> Result | None:
        entry, offset = incoming.record, _offset(incoming)
        state = self._states.get(entry.article_id)
        if entry.check:
            decision = rechecks.needless(entry, state, offset, self._policies.check)
            return self._result(entry, decision) if decision is not None else None
        outcome = articles.known(entry, state, offset)
        if outcome is None or state is None:
            return None
        return self._result(entry, articles.merely_seen(state, outcome, offset))

    def _spoken_for(self, incoming: Incoming[Entry]) -> Result:
        """Answer an entry of an article of which the batch has a newer one."""
        case = self._case(incoming)
        seen = case.next_state(Outcome.DUPLICATE)
        if case.state is not None:
            seen = msgspec.structs.replace(
                case.state,
                delayed_offset=seen.delayed_offset,
                checked_offset=seen.checked_offset,
            )
        reason = "a newer entry of it is in the same batch"
        return self._result(
            incoming.record, Decision(Outcome.DUPLICATE, (seen,), reason=reason)
        )

    def _case(self, incoming: Incoming[Entry]) -> Case:
        entry = incoming.record
        state = self._states.get(entry.article_id)
        return Case(entry, state, _offset(incoming), self._context.clock.now())

    def _decide(self, case: Case, answer: Answer) -> Decision:
        try:
            decision = self._judge(case, answer)
            if articles.wants_feed_text(case, decision.outcome):
                decision = articles.from_feed(case, decision, self._feed_text(case))
        except ConfinedError as error:
            reason = f"the page cannot be read ({error})"
            decision = articles.ended(case, Outcome.DEAD_LETTER, reason)
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
                    return articles.ended(case, end, answer.words)
                return articles.failed(case, self._policies.retry, answer.words)
            case Disallowed():
                reason = "robots.txt does not want it fetched"
                return articles.ended(case, Outcome.ROBOTS, reason)
            case PutOff(why=Why.TURN):
                return articles.put_off(case, answer.seconds, counts=False)
            case PutOff():
                reason = f"the host cannot be asked ({answer.why})"
                retry = self._policies.retry
                return articles.failed(case, retry, reason, answer.seconds)

    def _read(self, case: Case, response: Response) -> Decision:
        if response.status not in articles.OK:
            asked = retry_after(response, case.now)
            return rechecks.answered(case, response.status) or articles.answered(
                case, response.status, self._policies.retry, asked
            )
        content_type = response.headers.get("content-type", "")
        request = Request(response.body, response.url, content_type, case.now)
        extraction, whole = self._read_on(request, self._extract(request))
        if not whole and articles.waits_for_the_rest(case):
            reason = "the story's further pages cannot be had"
            return articles.failed(case, self._policies.retry, reason)
        twin = articles.twin_url(case.entry, extraction.page)
        known = self._states.get(article_id(twin)) if twin else None
        return articles.read(case, extraction, response.url, known)

    def _read_on(
        self, request: Request, extraction: Extraction
    ) -> tuple[Extraction, bool]:
        """Return the story with its further pages, and whether that is all of it."""
        parts: list[Part] = []
        read = {request.url}
        while (url := articles.goes_on_at(extraction, read)) is not None:
            left = self._read_until - self._context.clock.monotonic()
            if len(parts) + 1 >= self._policies.max_pages:
                break
            if left <= 0:
                return extraction, False
            [answer] = self._fetcher.fetch(
                [url], self._context.stopping, budget_seconds=left
            )
            _count_fetch(answer)
            if not isinstance(answer, Response) or answer.status not in articles.OK:
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

    def _result(self, entry: Entry, decision: Decision) -> Result:
        for state in decision.states:
            self._states.put(state)
        outputs: list[Output[Any]] = []
        article = self._likeness.compared(decision)
        if article is not None:
            outputs.append(Output(ARTICLES, article))
        if decision.retry is not None:
            outputs.append(
                Output(ENTRIES_DELAYED, decision.retry, not_before=decision.retry_at)
            )

        def note() -> None:
            if article is not None:
                kind = "new" if article.revision == 1 else "revision"
                kind = "withdrawal" if article.withdrawn else kind
                ARTICLES_MADE.labels(kind).inc()
                NEAR_DUPLICATES.inc(article.duplicate_of is not None)
            elif decision.outcome not in _QUIET:
                _log.info(
                    "article_dropped",
                    article_id=entry.article_id,
                    url=entry.url,
                    feed_id=entry.feed_id,
                    outcome=decision.outcome.value,
                    problem=decision.reason,
                )

        return Result(decision.outcome, tuple(outputs), decision.reason, note)


def _load(extractor: Confined) -> None:
    """Let the process load its models; without them nothing can be done."""
    try:
        extractor.call(b"")
    except ConfinedError as error:
        msg = f"the process that reads pages does not start ({error})"
        raise TransientError(msg) from error


def _subject(incoming: Incoming[Entry]) -> tuple[str, bool]:
    """Return what an entry is about; looks at an article stand for themselves."""
    return incoming.record.article_id, bool(incoming.record.check)


def _validators(entry: Entry, answer: Answer) -> Validators:
    """Return the validators to send with the next look."""
    if isinstance(answer, Response) and answer.status in articles.OK:
        fields = answer.headers
        return rechecks.validators(fields.get("etag"), fields.get("last-modified"))
    return Validators(entry.etag, entry.last_modified)


def _offset(incoming: Incoming[Entry]) -> int | None:
    return incoming.delivery.offset if incoming.topic is ENTRIES_DELAYED else None


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


WORKER = Worker(
    name="articles",
    sources=(ENTRIES, ENTRIES_DELAYED),
    sinks=(ARTICLES, ENTRIES_DELAYED),
    settings=ArticlesSettings,
    open_handler=open_handler,
    tables=(ARTICLE_STATES,),
    global_tables=(FINGERPRINTS,),
    delayed=ENTRIES_DELAYED,
    batch_records=200,
    batch_seconds=5.0,
)
