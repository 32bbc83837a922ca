"""Recognise by its words what marks the parts of a page: where a story begins and ends.

Headings over summaries and other stories, bylines and dates, credits of agencies,
inserts that a reader may skip.
"""

import re

from workers.stages.text.dates.visible import DATE
from workers.stages.text.lexical import alternatives, character_class

_SENTENCE_END = re.compile(
    rf"[{character_class('sentence_ends.marks', 'sentence_ends.full_stop')}]"
    rf"[{character_class('sentence_ends.closing')}]*\s*$"
)

# PTI signs with the name of its Hindi service too: पीटीआई-भाषा
_AGENCY = r"पीटीआई(?:-भाषा|\s*भाषा)?|" + alternatives(
    "agencies.hindi",
    "agencies.hindusthan_samachar",
    "agencies.latin",
    "agencies.unnamed",
    "agencies.unnamed_latin",
    "agencies.in_credits",
)
_CREDIT = re.compile(
    rf"^[\W_]*(?:(?:इनपुट|input|inputs|स्रोत|सोर्स|source|साभार|सौजन्य|credit|एजेंसी)"
    rf"[\s:：\-–]*(?:से\s*)?)?"
    rf"(?P<agency>(?:{_AGENCY})(?:[\s,/\-–&]+(?:(?:और|एवं)\s+)?(?:{_AGENCY}))*)(?![\w\u0900-\u0963])"
    rf"(?:\s+(?:के\s+)?इनपुट\S*.{{0,20}})?(?:\s+[^\s।.()?!]+){{0,3}}[\s)\].।]*$",
    re.IGNORECASE,
)
_DESK_MARK = re.compile(
    rf"^[^\W\d_]{{1,8}}[\u0900-\u0963]*\s*/\s*[^\s()/]{{1,10}}\s*\(\s*"
    rf"(?P<agency>(?:{_AGENCY})(?:\s*[,/]\s*(?:{_AGENCY}))*)\s*\)$"
)

# where the story is over, whatever stands below
_AFTER = re.compile(
    r"""^[\W_]*(?:
    (?:लेखक|हमारे)\s+बारे\s+में|लेखक\s+(?:के\s+बारे\s+में|का\s+परिचय)|
    about\s+(?:us|(?:the\s+)?author)|पाठकों\s+की\s+(?:राय|प्रतिक्रिया)|english\s+summary|
    (?:ये|यह)?\s*ख़?बरें\s+और\s+भी\s+हैं|(?:आपकी\s+)?टिप्पणियां|comments?|
    \d+\s+comments?|leave\s+a\s+(?:reply|comment)|जवाब\s+दें|
    अक्सर\s+पूछे\s+जाने\s+वाले\s+(?:सवाल|प्रश्न)|
    सबसे\s+(?:अधिक|ज़्यादा|ज्यादा)\s+(?:पढ़ी|पढ़े)\s+(?:गईं?|गए|जाने\s+वाली)
    )[\W_]*(?:\(\d+\))?[\W_]*$""",
    re.IGNORECASE | re.VERBOSE,
)
# below it as a rule, but within it too
_RELATED = re.compile(
    r"""^[\W_]*(?:
    लेटेस्ट\s+(?:न्यूज़?|वीडियोज़?)|टॉप\s+हेडलाइंस|(?:ट्रेडिंग|ट्रेंडिंग)\s+न्यूज़?|
    (?:trending|related|recommended|more)\s+(?:stories|news|articles|videos|posts)|
    संबंधित\s+(?:खबरें|ख़बरें|समाचार|लेख)|रिलेटेड\s+(?:न्यूज़?|खबरें|स्टोरीज़?)|और\s+पढ़ें|
    (?:अन्य|बड़ी|ताज़ा|ताजा)\s+(?:खबरें|ख़बरें)|must\s+read|you\s+may\s+(?:also\s+)?like
    )[\W_]*$""",
    re.IGNORECASE | re.VERBOSE,
)
_INSERT = re.compile(
    r"^छोड़(?:कर|िए|ें)\s+.{0,60}(?:आगे\s+बढ़ें|पढ़ें)|^skip\s+.{0,40}$", re.IGNORECASE
)
_INSERT_END = re.compile(r"(?:^|\s)समाप्त$|^end\s+of\s+", re.IGNORECASE)
_TEASER_END = re.compile(
    r"^[\W_]*(?:(?:पढ़ें|जानें)\s+पूरी\s+(?:खबर|ख़बर|रिपोर्ट)|पूरी\s+(?:खबर|ख़बर|रिपोर्ट)\s+"
    r"(?:यहां\s+)?पढ़ें|read\s+(?:the\s+)?full\s+story)[\W_]*$",
    re.IGNORECASE,
)
_MAX_AFTER = 60
_SUMMARY = re.compile(
    r"^[\W_]*(?:सार|हाइलाइट्स?|हाईलाइट्स?|मुख्य\s+(?:बातें|बिंदु)|स्टोरी\s+हाइलाइट्स|"
    r"(?:story\s+)?highlights?|key\s+points|संक्षेप\s+में|खबर\s+का\s+सार|एक\s+नज़?र\s+में|"
    r"quick\s+reads?|summary)[\W_]*$",
    re.IGNORECASE,
)
_IN_FULL = re.compile(r"^[\W_]*(?:विस्तार|विस्तार\s+से|in\s+detail)[\W_]*$", re.IGNORECASE)

_STAMP = re.compile(
    r"""^[\W_]*(?:(?:by|published|publish\s+date|updated?|last\s+updated|posted|modified|edited|
    first\s+published|प्रकाशित|अपडेट|अपडेटेड|अद्यतन|संशोधित|लेखक|द्वारा)(?![\w\u0900-\u0963])[^।]{0,80}|
    [^।]{0,60}\d+\s*(?:मिनट|घंटे|घंटा|दिन|सेकंड|सेकेंड|minutes?|hours?|days?|min|hrs?)\s+
    (?:पहले|पूर्व|ago|read|में\s+पढ़ें)[^।]{0,20}|
    (?:reading|read)\s+time.{0,30}|\d+\s*min(?:ute)?s?\s+read)[\W_]*$""",
    re.IGNORECASE | re.VERBOSE,
)
_MAX_STAMP = 120
_AGE = re.compile(
    r"(?:\d+|एक|दो|तीन)\s*(?:मिनट|घंटे|घंटा|घण्टे|दिन|हफ्ते|महीने|minutes?|hours?|days?|hrs?|mins?)\s+"
    r"(?:पहले|पूर्व|ago)\W*$",
    re.IGNORECASE,
)


def is_stamp(text: str) -> bool:
    """Return whether a block is a byline, a date or a reading time."""
    if len(text) > _MAX_STAMP or ends_sentence(text):
        return False
    return _STAMP.match(text) is not None or DATE.search(text) is not None


def is_relative_age(text: str) -> bool:
    """Return whether a block ends with how old something is: 2 घंटे पहले."""
    return len(text) <= _MAX_AFTER and _AGE.search(text) is not None


def agency_credit(text: str) -> str | None:
    """Return the agency, if a closing block does nothing but credit it."""
    if len(text) > _MAX_STAMP:
        return None
    match = _CREDIT.match(text) or _DESK_MARK.match(text)
    return match["agency"].strip() if match else None


def is_after_story(text: str) -> bool:
    """Return whether a block is a heading that only stands below stories."""
    return len(text) <= _MAX_AFTER and _AFTER.match(text) is not None


def is_related_heading(text: str) -> bool:
    """Return whether a block is a heading over other stories."""
    return len(text) <= _MAX_AFTER and _RELATED.match(text) is not None


def is_teaser_end(text: str) -> bool:
    """Return whether a block offers to read all of the story that a teaser is for."""
    return len(text) <= _MAX_AFTER and _TEASER_END.match(text) is not None


def is_insert_begin(text: str) -> bool:
    """Return whether a block offers to skip what follows: BBC's podcasts and posts."""
    return len(text) <= _MAX_STAMP and _INSERT.match(text) is not None


def is_insert_end(text: str) -> bool:
    """Return whether a block marks the end of such an insert."""
    return len(text) <= _MAX_AFTER and _INSERT_END.search(text) is not None


def is_summary_heading(text: str) -> bool:
    """Return whether a block announces the points of the story, told again below."""
    return _SUMMARY.match(text) is not None


def is_full_story_heading(text: str) -> bool:
    """Return whether a block announces the story after its summary."""
    return _IN_FULL.match(text) is not None


def ends_sentence(text: str) -> bool:
    """Return whether a block ends as a sentence does."""
    return _SENTENCE_END.search(text) is not None
