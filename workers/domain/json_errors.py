"""What a decoder of JSON raises over bytes that hold no record."""

from typing import Final

import msgspec

UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""No JSON or against the schema; no UTF-8 (of which msgspec says nothing of its own);
or nested deeper than the interpreter goes, which is raised even inside a field that
the schema does not know and that is skipped."""
