"""The function that test_hostile_pages runs in a process of its own."""

import re
from pathlib import Path

from workers.stages.articles.extraction import extract_packed

_PEAK = re.compile(r"^VmHWM:\s*(\d+) kB$", re.MULTILINE)


def extract_and_weigh(payload: bytes) -> bytes:
    """Return the most memory this process has had, in kB, and the extraction."""
    extracted = extract_packed(payload)
    # not ru_maxrss, which begins with the parent's
    peak = _PEAK.search(Path("/proc/self/status").read_text())
    assert peak is not None
    return int(peak[1]).to_bytes(8) + extracted
