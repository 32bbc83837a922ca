"""Find dates that a reader sees on a page, Hindi ones too; another stage reads them."""

import re

_WEEKDAY = (
    "सोमवार|मंगलवार|बुधवार|गुरुवार|गुरूवार|बृहस्पतिवार|वीरवार|शुक्रवार|शनिवार|रविवार|इतवार|"
    "(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tue|wed|thu|fri|sat|sun"
)
_MONTH = (
    "जनवरी|फरवरी|फ़रवरी|मार्च|अप्रैल|मई|जून|जुलाई|अगस्त|सितंबर|सितम्बर|अक्टूबर|अक्तूबर|नवंबर|नवम्बर|"
    "दिसंबर|दिसम्बर|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|"
    "aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
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
    r"(?:update[ds]?|modified|अपडेट(?:ेड)?|अद्यतन|संशोधित)[^.।\d]{0,24}$", re.IGNORECASE
)
