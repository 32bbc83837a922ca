"""Records handled so that one which cannot be handled does not stop the others.

A batch goes to the handler as a whole. Where that fails, its records go one by one,
and the one that fails by itself becomes a dead letter, its changes of tables undone.
Errors that would befall any record (`TransientError`, `ConfigurationError`) pass
through.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from workers.domain.outcomes import (
    ConfigurationError,
    Outcome,
    PoisonRecordError,
    TransientError,
)
from workers.runtime.messaging import headers
from workers.runtime.messaging.ports import Message
from workers.runtime.processing.message_builder import MessageBuilder
from workers.runtime.processing.record_decoder import Decoded
from workers.runtime.processing.tables import Tables
from workers.runtime.processing.worker import Handler, Result
from workers.runtime.service import logs
from workers.runtime.service.clock import Clock

_REFUSED = "Refused"
"""Kind of a dead letter that the handler itself asked for."""

_log = logs.get(__name__)


class TooMuchPoisonError(Exception):
    """So many records in a row cannot be handled that the fault is not theirs."""


class Finished(NamedTuple):
    """A delivery with what became of it and what is to be written for it."""

    item: Decoded
    result: Result
    messages: Sequence[Message]


class PoisonIsolation:
    """Gives every record of a batch its result."""

    def __init__(self, tables: Tables, messages: MessageBuilder, clock: Clock) -> None:
        self._tables = tables
        self._messages = messages
        self._clock = clock

    def handle(self, handler: Handler, items: Sequence[Decoded]) -> Sequence[Finished]:
        """Handle *items* at once, and one by one if that fails."""
        valid = [item for item in items if item.result is None]
        # A handler that fails midway has changed tables already; records handled
        # again must find them as they were.
        undo = self._tables.savepoint()
        try:
            return self._merge(items, self._attempt(handler, valid))
        except (TransientError, ConfigurationError):
            raise
        except Exception as error:  # noqa: BLE001 the loop answers for every handler
            undo()
            if len(valid) == 1:  # it has just been handled by itself
                return self._merge(items, [self._to_dead_letter(valid[0], error)])
            _log.warning("batch_failed", records=len(valid), problem=describe(error))
            return [self._handle_one(handler, item) for item in items]

    def _handle_one(self, handler: Handler, item: Decoded) -> Finished:
        if item.result is not None:
            return self._finish(item, item.result, item.error_kind)
        undo = self._tables.savepoint()
        try:
            return self._attempt(handler, [item])[0]
        except (TransientError, ConfigurationError):
            raise
        except Exception as error:  # noqa: BLE001 the loop answers for every handler
            undo()
            return self._to_dead_letter(item, error)

    def _attempt(
        self, handler: Handler, items: Sequence[Decoded]
    ) -> Sequence[Finished]:
        """Handle *items* and build all that is to be written for them.

        That is part of the attempt: a record whose output is too large to be written
        is as much at fault as one that the handler cannot take.
        """
        incoming = [item.incoming for item in items if item.incoming is not None]
        if not incoming:
            return ()
        results = handler.handle(incoming)
        if len(results) != len(incoming):
            msg = f"{len(results)} results for {len(incoming)} records"
            raise RuntimeError(msg)
        now = self._clock.now()
        return [
            Finished(item, result, self._build_messages(item, result, _REFUSED, now))
            for item, result in zip(items, results, strict=True)
        ]

    def _merge(
        self, items: Sequence[Decoded], handled: Iterable[Finished]
    ) -> Sequence[Finished]:
        """Put *handled* between the items whose results were known, in order."""
        following = iter(handled)
        return [
            next(following)
            if item.result is None
            else self._finish(item, item.result, item.error_kind)
            for item in items
        ]

    def _finish(self, item: Decoded, result: Result, error_kind: str) -> Finished:
        """Answer an item whose result does not come from the handler."""
        now = self._clock.now()
        return Finished(
            item, result, self._build_messages(item, result, error_kind, now)
        )

    def _to_dead_letter(self, item: Decoded, error: Exception) -> Finished:
        """Make a dead letter of the record whose handling raised *error*."""
        if isinstance(error, PoisonRecordError):
            reason = str(error)
        else:
            reason = describe(error)
            _log.error(
                "handler_failed",
                **item.delivery.where(),
                problem=reason,
                exc_info=error,
            )
        result = Result(Outcome.DEAD_LETTER, reason=reason)
        return self._finish(item, result, type(error).__name__)

    def _build_messages(
        self, item: Decoded, result: Result, error_kind: str, now: dt.datetime
    ) -> Sequence[Message]:
        """Build the messages of one result.

        Their ids follow from the record's place on its topic, so that a record which
        is handled again after an abort gives its outputs the same ids.
        """
        delivery = item.delivery
        trace = headers.next_hop(delivery.headers)
        name, number = delivery.partition
        built = [
            self._messages.record(
                output, f"{name}-{number}-{delivery.offset}-{n}", now, trace
            )
            for n, output in enumerate(result.outputs)
        ]
        if result.outcome is Outcome.DEAD_LETTER:
            _log.warning(
                "dead_letter",
                **delivery.where(),
                problem=result.reason,
                trace_id=headers.trace_id(delivery.headers),
            )
            built.append(
                self._messages.dead_letter(delivery, error_kind, result.reason, now)
            )
        return built


class PoisonStreak:
    """Counts dead letters in a row, over the batches that were committed.

    Those that say nothing of the worker neither lengthen nor end the row.
    """

    def __init__(self, limit: int) -> None:
        """Allow less than *limit* of them."""
        self._limit = limit
        self._length = 0

    def check(self, finished: Sequence[Finished]) -> None:
        """Raise TooMuchPoisonError where *finished* makes the streak too long."""
        length = self._length_after(finished)
        if length >= self._limit:
            msg = (
                f"{length} records in a row cannot be handled, the last because: "
                f"{finished[-1].result.reason}; the fault is likely in this worker or "
                "in the one before it, so it stops here and commits nothing"
            )
            raise TooMuchPoisonError(msg)

    def extend(self, finished: Sequence[Finished]) -> None:
        """Count *finished*, which is committed."""
        self._length = self._length_after(finished)

    def _length_after(self, finished: Sequence[Finished]) -> int:
        length = self._length
        for each in finished:
            if each.result.outcome is not Outcome.DEAD_LETTER:
                length = 0
            elif each.result.counts_as_poison:
                length += 1
        return length


def describe(error: Exception) -> str:
    """Return kind and words of *error* in a line."""
    return f"{type(error).__name__}: {error}"
