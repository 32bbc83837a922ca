"""Texts for `khabar annotate`: files, folders, and a stream that never ends."""

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from workers.cli.terminal.console import Failure

Item = Mapping[str, Any]
Placed = tuple[str, Item]
"""An item, and what messages call it."""

STDIN = Path("-")
_BATCH = 64
_BLOCK = 1 << 16
_SUFFIXES = {False: (".txt", ".text"), True: (".jsonl", ".ndjson")}
"""Of the files of a folder that are read: texts, or lines of JSON."""
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_CONTROLS_AT_MOST = 0.001
"""Share of the characters; a stray one comes with copied text, more with a picture."""
_HEAD = 65_536


def found(paths: Sequence[Path], *, jsonl: bool) -> list[Path]:
    """Return the files that are meant: a folder stands for those in it, in order.

    None stands for standard input. Raises Failure where a folder holds none.
    """
    files: list[Path] = []
    for path in paths or [STDIN]:
        if not path.is_dir():
            files.append(path)
            continue
        inside = sorted(p for p in path.rglob("*") if p.suffix in _SUFFIXES[jsonl])
        if not inside:
            suffixes = " or ".join(_SUFFIXES[jsonl])
            raise Failure(f"{path}: no file {suffixes} in it")
        files += inside
    return files


def named(file: Path) -> str:
    """Return what messages call a file."""
    return "standard input" if file == STDIN else str(file)


def texts(
    files: Sequence[Path], on_fault: Callable[[Failure], None]
) -> Iterator[list[Placed]]:
    """Yield the text of each file, with its name; one that holds none is a fault."""
    for file in files:
        try:
            text = _text(file)
        except Failure as fault:
            on_fault(fault)
        else:
            name = "text" if file == STDIN else str(file)
            yield [(named(file), {"id": name, "text": text})]


def lines(files: Sequence[Path]) -> Iterator[list[Placed]]:
    """Yield the objects of JSON Lines, with their places, as they arrive.

    Each batch is what has come so far, at most 64. Raises Failure with the bad line,
    after what stood before it.
    """
    for file in files:
        if file == STDIN:
            yield from _objects(sys.stdin.buffer, named(file))
            continue
        try:
            opened = file.open("rb")
        except OSError as error:
            raise _unreadable(file, error) from error
        with opened:
            yield from _objects(opened, named(file))


def _objects(stream: BinaryIO, name: str) -> Iterator[list[Placed]]:
    number = 0
    for some in _arriving(stream):
        for start in range(0, len(some), _BATCH):
            batch: list[Placed] = []
            for line in some[start : start + _BATCH]:
                number += 1
                if not line.strip():
                    continue
                place = f"{name}:{number}"
                try:
                    batch.append((place, _object(line, place)))
                except Failure:
                    yield batch
                    raise
            if batch:
                yield batch


def _arriving(stream: BinaryIO) -> Iterator[list[bytes]]:
    """Yield the lines that have come, without waiting for more."""
    rest: list[bytes] = []
    while block := _read_some(stream):
        head, newline, tail = block.rpartition(b"\n")
        if not newline:
            rest.append(block)
            continue
        yield b"".join([*rest, head]).split(b"\n")
        rest = [tail]
    last = b"".join(rest)
    if last:
        yield [last]


def _read_some(stream: BinaryIO) -> bytes:
    read1 = getattr(stream, "read1", stream.read)
    block: bytes = read1(_BLOCK)
    return block


def _object(line: bytes, place: str) -> Item:
    try:
        item = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Failure(f"{place}: not JSON: {error}") from error
    if not isinstance(item, dict) or not isinstance(item.get("text"), str):
        raise Failure(f'{place}: not an object with a string "text"')
    return item


def _text(file: Path) -> str:
    """Return the text of a file as a page's is read; raises Failure."""
    from workers.stages.text.charset import decode

    body = _bytes(file)
    decoded = decode(body)
    head = decoded.text[:_HEAD]
    if not decoded.text.strip():
        raise Failure(f"{named(file)} holds no text")
    if len(_CONTROLS.findall(head)) > _CONTROLS_AT_MOST * len(head):
        raise Failure(f"{named(file)} is no text: it holds control characters")
    if decoded.note == "invalid-utf-8" or decoded.encoding == "cp1252":
        raise Failure(
            f"{named(file)} is neither UTF-8 nor UTF-16; convert it to UTF-8 "
            "(iconv -t UTF-8)"
        )
    return decoded.text


def _bytes(file: Path) -> bytes:
    if file == STDIN:
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as error:
        raise _unreadable(file, error) from error


def _unreadable(file: Path, error: OSError) -> Failure:
    return Failure(f"cannot read {file}: {error.strerror}")
