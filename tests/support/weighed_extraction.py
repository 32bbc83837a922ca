"""The function that test_hostile_pages runs in a process of its own."""

import re
from pathlib import Path

from msgspec import Struct

from workers.stages.articles.extracted import Extraction, Request
from workers.stages.articles.extraction import extract

_PEAK = re.compile(r"^VmHWM:\s*(\d+) kB$", re.MULTILINE)


class Weighed(Struct, frozen=True):
    """An extraction, and the most memory that its process has had."""

    extraction: Extraction
    peak_kb: int


def extract_and_weigh(request: Request) -> Weighed:
    """Extract, and look how much memory that took."""
    extraction = extract(request)
    # not ru_maxrss, which begins with the parent's
    peak = _PEAK.search(Path("/proc/self/status").read_text())
    assert peak is not None
    return Weighed(extraction, int(peak[1]))
