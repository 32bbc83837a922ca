"""What one poll of a feed means: from the server's response to the feed's new state.

Pure functions: the response, what was known before and the present time in; entries,
state and outcome out. A feed is given up only where its publisher says so (410 Gone);
anything else that fails is asked again, less and less often. When exactly is decided
in `schedule`; requests are made by the poll worker.
"""

from workers.stages.feeds.polls.health import FeedHealth, feed_health
from workers.stages.feeds.polls.next_state import Poll, Timing
from workers.stages.feeds.polls.outcomes import PollOutcome
from workers.stages.feeds.polls.redirects import REDIRECTS_BELIEVED
from workers.stages.feeds.polls.request import (
    due_at,
    known_state,
    request_headers,
    request_url,
)
from workers.stages.feeds.polls.response import (
    Parser,
    Response,
    process_failure,
    process_response,
)
from workers.stages.feeds.polls.validators import (
    NONE,
    RECHECK_AFTER,
    STALE,
    UNSTABLE,
    VALID,
)

__all__ = [
    "NONE",
    "RECHECK_AFTER",
    "REDIRECTS_BELIEVED",
    "STALE",
    "UNSTABLE",
    "VALID",
    "FeedHealth",
    "Parser",
    "Poll",
    "PollOutcome",
    "Response",
    "Timing",
    "due_at",
    "feed_health",
    "known_state",
    "process_failure",
    "process_response",
    "request_headers",
    "request_url",
]
