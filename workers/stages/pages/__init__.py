"""Extraction: from the bytes of a news page to the fields of its article."""

from workers.stages.pages.page import (
    Access,
    Page,
    PageProblem,
    read_fragment,
    read_page,
)

__all__ = ["Access", "Page", "PageProblem", "read_fragment", "read_page"]
