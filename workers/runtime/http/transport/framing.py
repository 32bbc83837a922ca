"""Where one response ends and the next begins (RFC 9112, 6): what http.client leaves.

It takes `103 Early Hints` for the answer, reads `Transfer-Encoding: gzip, chunked` as
if it were not chunked, and drops what it has read past the end of a response. On a
connection that is used again each of these gives one request the answer of another.
"""

import http.client
import ssl
from http import HTTPStatus
from typing import Any

_HTTP_1_1 = 11
"""As http.client writes versions."""
_MOST_INTERIM = 20
"""Interim responses (1xx) before the final one."""
_INTERIM = range(100, 200)


class FramedResponse(http.client.HTTPResponse):
    """The final response to a GET or POST, and whether its connection may be kept.

    `begin` and `read` raise http.client's exceptions, and ValueError for a body whose
    end is ambiguous.
    """

    fp: Any

    def __init__(self, sock: Any) -> None:
        """Read from *sock*, a limited socket with limits set."""
        super().__init__(sock, method="GET")
        self._limits = sock.limits
        self._left_over = False
        self._in_doubt = False
        self.transfer_codings = ""
        """Besides chunked, as a list with commas: what `read` does not undo."""

    @property
    def reusable(self) -> bool:
        """Whether the connection can serve another request, once all is read."""
        return not (self.will_close or self._in_doubt or self._left_over)

    def begin(self) -> None:
        """Read the head of the final response."""
        super().begin()
        lengths = _values(self.headers, "content-length")
        codings = [name.lower() for name in _values(self.headers, "transfer-encoding")]
        if len(set(lengths)) > 1:
            msg = "several Content-Length that differ"
            raise ValueError(msg)
        # 1_0 and +5 are numbers to http.client alone; other servers count otherwise
        self._in_doubt = not all(each.isdecimal() for each in lengths)
        if codings:
            self._in_doubt |= bool(lengths) or self.version < _HTTP_1_1
            self._take_transfer_codings(codings)

    def _take_transfer_codings(self, codings: list[str]) -> None:
        """Take the body as *codings* frame it; a length beside them does not count."""
        if self.status in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED):
            self.chunked = False  # it says how a body would have been framed
            return
        if "chunked" in codings[:-1]:
            msg = "chunked is not the last transfer coding"
            raise ValueError(msg)
        self.chunked = codings[-1] == "chunked"
        self.chunk_left = None
        self.length = None
        self.will_close = not self.chunked or self._asks_to_close()
        self.transfer_codings = ", ".join(codings[:-1] if self.chunked else codings)

    def _asks_to_close(self) -> bool:
        return "close" in self.headers.get("connection", "").lower()

    def _read_status(self) -> tuple[str, int, str]:
        """Read the status line of the final response (RFC 9110, 15.2).

        Nothing here asks to switch protocols, so 101 answers no request of ours.
        """
        for _ in range(_MOST_INTERIM + 1):
            read: tuple[str, int, str] = super()._read_status()  # type: ignore[misc]
            status = read[1]
            if status == HTTPStatus.SWITCHING_PROTOCOLS:
                raise http.client.BadStatusLine(str(status))
            if status not in _INTERIM:
                return read
            http.client.parse_headers(self.fp)
        msg = f"more than {_MOST_INTERIM} interim responses"
        raise http.client.BadStatusLine(msg)

    def _close_conn(self) -> None:
        """Look for bytes behind the response before its buffer goes."""
        if not self.will_close:
            self._left_over |= self._more_has_come()
        super()._close_conn()  # type: ignore[misc]

    def _more_has_come(self) -> bool:
        self._limits.expect_nothing()
        try:
            return bool(self.fp.peek(1))
        except ssl.SSLWantReadError:
            return False
        except OSError:
            return True


def _values(fields: http.client.HTTPMessage, name: str) -> list[str]:
    """Return the members of a list-valued field, over all its lines."""
    lines = fields.get_all(name, [])
    parts = (part.strip() for line in lines for part in str(line).split(","))
    return [part for part in parts if part]
