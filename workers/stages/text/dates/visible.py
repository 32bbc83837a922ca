"""Find dates that a reader sees on a page; `reading` says what they mean."""

import re

from workers.stages.text.lexical import alternatives

_WEEKDAY = alternatives(
    "weekdays.names", "weekdays.colloquial", "weekdays.regional", "weekdays.english"
)
_MONTH = alternatives("months.names", "months.english")
_CLOCK = r"(?:[ap]m\s+)?\d{1,2}[:.]\d{2}(?::\d{2})?(?:\s*(?:[ap]\.?m\b\.?|बजे))?"
DATE = re.compile(
    rf"(?:\b(?:{_WEEKDAY})\.?,?\s+)?"
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?[\s\-]*(?:{_MONTH})\.?,?[\s\-]*\d{{4}}|"
    rf"(?:{_MONTH})\.?\s+\d{{1,2}},?\s+\d{{4}}|"
    rf"\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}[/.\-]\d{{1,2}}[/.\-]\d{{4}})"
    rf"(?:\s*[,|@–\-]?\s*(?:(?:at|को|की)\s+)?{_CLOCK})?"
    rf"(?:\s*\(?(?:IST|GMT|UTC)\)?(?:\+\d+:?\d*)?)?",
    re.IGNORECASE,
)
UPDATE_LABEL = re.compile(
    rf"(?:{alternatives('date_labels.update')})[^.।\d]{{0,24}}$", re.IGNORECASE
)
"""What says, right before a date, that the article was changed then."""
