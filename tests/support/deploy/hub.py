"""A WebSub hub, as far as it asks a poller in a container whether it means it."""

import urllib.parse

from tests.support.deploy.pages import answer
from workers.domain.records import Feed
from workers.stages.feeds.websub import Subscriber

CALLBACK = "https://hubs.example/news"
"""Public address that the pollers are told."""
_TOPIC = "http://feeds.invalid/rss"


def verify(base: str, key: bytes) -> tuple[int, str]:
    """Return what the poller listening at *base* says to a challenge of `word`.

    *key* is what the callback was made with, which the poller has to have too.
    """
    feed = Feed(feed_id="nobody", url=_TOPIC, publisher="nobody")
    form = Subscriber(CALLBACK, key, lease_seconds=60).form(feed, _TOPIC).decode()
    (callback,) = urllib.parse.parse_qs(form)["hub.callback"]
    asked = urllib.parse.urlencode(
        {"hub.mode": "subscribe", "hub.topic": _TOPIC, "hub.challenge": "word"}
    )
    return answer(f"{base}{urllib.parse.urlsplit(callback).path}?{asked}", seconds=60)
