"""A WebSub hub, as far as it asks a poller in a container whether it means it."""

import urllib.error
import urllib.parse
import urllib.request

from workers.domain.records import Feed
from workers.stages.websub import Subscriber

CALLBACK = "https://hubs.example/news"
"""Public address that the pollers are told."""
_LOCAL = urllib.request.build_opener(urllib.request.ProxyHandler({}))
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
    url = f"{base}{urllib.parse.urlsplit(callback).path}?{asked}"
    try:
        with _LOCAL.open(url, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, ""
