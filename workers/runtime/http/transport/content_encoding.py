"""Undo the content codings of HTTP (RFC 9110, 8.4), with bounded output."""

import zlib

import brotli

ACCEPTED = "gzip, deflate, br"
"""Value of Accept-Encoding."""

_GZIP = zlib.MAX_WBITS | 16
_RAW_DEFLATE = -zlib.MAX_WBITS
_MOST_LAYERS = 2
"""Some proxies compress once more what is compressed; more layers are an attack."""
_MOST_MEMBERS = 100
"""Of one gzip body: empty members cost time without adding to the output limit."""


class DecodingError(Exception):
    """The body is not what its Content-Encoding says."""


class TooLargeError(Exception):
    """The body exceeds the limit when decoded."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit} bytes decoded")


def decoded(body: bytes, content_encoding: str, limit: int) -> bytes:
    """Undo the codings of *body*, holding at most *limit* bytes of output.

    Raises TooLargeError beyond the limit, DecodingError for what cannot be decoded.
    """
    layers = [
        name
        for part in content_encoding.split(",")
        if (name := part.strip().lower()) not in ("", "identity")
    ]
    if len(layers) > _MOST_LAYERS:
        msg = f"{len(layers)} content codings"
        raise DecodingError(msg)
    for name in reversed(layers):
        body = _undo(name, body, limit)
    if len(body) > limit:
        raise TooLargeError(limit)
    return body


def _undo(name: str, body: bytes, limit: int) -> bytes:
    if not body:
        return body
    if name in ("gzip", "x-gzip"):
        return _gunzipped(body, limit)
    if name == "deflate":
        return _inflated(body, limit)
    if name == "br":
        return _unbrotlied(body, limit)
    msg = f"content coding {name!r} was not asked for"
    raise DecodingError(msg)


def _gunzipped(body: bytes, limit: int) -> bytes:
    """Undo gzip, member after member; what follows the last is ignored."""
    whole = bytearray()
    for number in range(_MOST_MEMBERS):
        member = zlib.decompressobj(_GZIP)
        try:
            whole += member.decompress(body, limit + 1 - len(whole))
        except zlib.error as error:
            if number:
                break
            raise DecodingError(str(error)) from error
        if len(whole) > limit:
            raise TooLargeError(limit)
        if not member.eof:
            msg = "gzip data is cut off"
            raise DecodingError(msg)
        body = member.unused_data
        if not body:
            break
    return bytes(whole)


def _inflated(body: bytes, limit: int) -> bytes:
    """Undo deflate, which some servers send without its zlib wrapper."""
    reason = "not deflate"
    for bits in (zlib.MAX_WBITS, _RAW_DEFLATE):
        stream = zlib.decompressobj(bits)
        try:
            whole = stream.decompress(body, limit + 1)
        except zlib.error:
            continue
        if len(whole) > limit:
            raise TooLargeError(limit)
        if stream.eof:
            return whole
        reason = "deflate data is cut off"
    raise DecodingError(reason)


def _unbrotlied(body: bytes, limit: int) -> bytes:
    """Undo Brotli; needs brotli 1.2, the first whose output can be bounded."""
    stream = brotli.Decompressor()
    whole = bytearray()
    try:
        whole += stream.process(body, output_buffer_limit=limit + 1)
        while len(whole) <= limit and not stream.is_finished():
            more = stream.process(b"", output_buffer_limit=limit + 1 - len(whole))
            if not more:
                break
            whole += more
    except brotli.error as error:
        raise DecodingError(str(error)) from error
    if len(whole) > limit:
        raise TooLargeError(limit)
    if not stream.is_finished():
        msg = "Brotli data is cut off"
        raise DecodingError(msg)
    return bytes(whole)
