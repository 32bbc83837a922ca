"""Pages of containers, asked for without a proxy."""

import urllib.error
import urllib.request

LOCAL = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def answer(url: str, seconds: float) -> tuple[int, str]:
    """Return status and body; no body where the status says that something failed."""
    try:
        with LOCAL.open(url, timeout=seconds) as answered:
            return answered.status, answered.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, ""
