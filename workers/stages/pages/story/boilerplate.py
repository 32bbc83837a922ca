"""Recognise boilerplate by its words: what a site says for itself in any story.

Prompts, controls, notices, labels that announce other stories, paywalls. Where a story
begins and ends is told by `landmarks`; class names are judged in `class_names`.
"""

import re
from functools import lru_cache

from workers.stages.pages.story.landmarks import ends_sentence

_END = r"(?![\w\u0900-\u0963])"
"""Where a word ends; `\\b` takes Devanagari vowel signs for no part of a word."""
_ALSO_READ = (
    r"(?:(?:यह|ये|इसे|इन्हें|यहां|आगे|और)\s+(?:भी\s+|और\s+)?(?:ज़रूर\s+|जरूर\s+)?"
    r"(?:पढ़ें|पढ़े|पढ़िए|पढ़िये|देखें|देखिए|जानें|सुनें)|"
    r"(?:पढ़ें|देखें)\s+(?:यह|ये)\s+(?:भी|खबर)|"
    r"(?:(?:यह|ये|इससे\s+जुड़ी)\s+)(?:खबर|ख़बर|न्यूज़?|स्टोरी)(?:ें)?\s+भी\s+(?:पढ़ें|देखें|जानें)|"
    r"(?:अन्य|संबंधित|सम्बन्धित|इससे\s+जुड़ी|जुड़ी)\s+(?:खबर|ख़बर|स्टोरी|वीडियो)(?:ें|ज़|ज|याँ)?"
    r"(?:\s+(?:यहां\s+)?(?:पढ़ें|देखें))?|"
    r"also\s+(?:read|see|watch)|read\s+(?:also|more|this|here|full\s+story)|must\s+read|"
    r"see\s+also|(?:related|recommended|more|top|latest|trending)\s+(?:stor(?:y|ies)|news|"
    r"articles?|posts?|topics|videos?)|recommended(?:\s+for\s+you)?|trending(?:\s+now)?|"
    r"you\s+may\s+(?:also\s+)?like|संबंधित\s+(?:समाचार|लेख|विषय)|ट्रेंडिंग(?:\s+न्यूज़?)?|"
    r"(?:ताज़ा|ताजा|बड़ी|टॉप|लेटेस्ट)\s+(?:खबरें|ख़बरें|न्यूज़?|स्टोरीज़?)|वेब\s+स्टोरीज़?|और\s+खबरें|"
    r"(?:अगली|पिछली)\s+(?:खबर|ख़बर|स्टोरी)|(?:फोटो|वीडियो)\s+गैलरी)"
)
# a label that announces links: alone, or before a headline that is not the story's
_LABEL = re.compile(rf"^[\W_]*{_ALSO_READ}{_END}[\W_]*", re.IGNORECASE)
# the same behind the last words of a paragraph
_TRAILING_LABEL = re.compile(
    rf"[\s(\[]*(?<![\w\u0900-\u0963]){_ALSO_READ}{_END}\s*(?:[:：\-–—|>»].*)?$",
    re.IGNORECASE,
)
_MAX_LABELLED = 250

# what a site says for itself; never part of a story
_PROMPTS = re.compile(
    r"""
    (?:व्हाट्सएप|व्हाट्सऐप|वॉट्सऐप|व्हाट्सअप|वाट्सऐप|वॉट्सएप|whatsapp|टेलीग्राम|telegram).{0,40}
      (?:चैनल|ग्रुप|channel|group).{0,40}(?:जुड़|ज्वाइन|जॉइन|फॉलो|join|follow)|
    (?:गूगल|google)\s*(?:न्यूज़?|news).{0,40}(?:फॉलो|follow|जुड़)|
    (?:फेसबुक|facebook|ट्विटर|twitter|इंस्टाग्राम|instagram|यूट्यूब|youtube|सोशल\s+मीडिया).{0,60}
      (?:फॉलो\s+करें|लाइक\s+करें|सब्सक्राइब|follow\s+us|subscribe|जुड़े\s+रहें)|
    ^(?:फॉलो|लाइक|follow)\s+(?:करें|us)|हमें\s+.{0,40}फॉलो\s+करें|
    (?:चैनल|channel)\S*\s+.{0,20}(?:सब्सक्राइब|subscribe)|
    (?:न्यूज़?लेटर|newsletter).{0,40}(?:पाएं|पाने|सब्सक्राइब|साइन|लें|subscribe|sign)|
    इनबॉक्स\s+में\s+पाएं|
    (?:ब्रेकिंग|ताज़ा|ताजा|लेटेस्ट|हर\s+बड़ी|देश-दुनिया|देश\s+और\s+दुनिया|तमाम).{0,60}
      (?:खबर|ख़बर|न्यूज़?|अपडेट).{0,60}
      (?:के\s+लिए|पाने|पढ़ने|पढ़ें|जुड़े\s+रहें|बने\s+रहें|क्लिक|डाउनलोड|लॉगइन)|
    hindi\s+news\s*(?:से\s+जुड़|के\s+लिए|,|\|)|
    ^[\W_]*(?:विज्ञापन|advertisement|sponsored|प्रायोजित)\b|
    (?:copyright|©|कॉपीराइट|सर्वाधिकार\s+सुरक्षित|all\s+rights\s+reserved)|
    powered\s+by|बिना\s+(?:लिखित\s+)?अनुमति.{0,60}(?:प्रकाशित|मना|वर्जित|प्रयोग|उपयोग)|
    कुकी(?:ज़|ज|)\s+(?:का|की|के|नीति)|we\s+use\s+cookies|
    (?:पत्रकारिता|हमें)\s+.{0,20}(?:सहयोग|समर्थन)\s+(?:दें|करें)|stay\s+(?:tuned|updated)|
    (?:पूरी\s+खबर|पूरा\s+लेख|आगे)\s+पढ़ने\s+के\s+लिए|
    (?:प्रीमियम|premium)\s+(?:सदस्य|मेंबर|member)|
    (?:आपकी\s+क्या\s+राय|अपनी\s+राय).{0,40}(?:कमेंट|बताएं|दें)|
    इमेज\s+(?:स्रोत|कैप्शन)|वीडियो\s+कैप्शन|^छोड़(?:कर|िए)\s+.{0,60}(?:आगे\s+बढ़ें|पढ़ें)|
    ^(?:पॉडकास्ट|पोस्ट\s+\S+|विज्ञापन|एपिसोड)?\s*समाप्त$|पोस्ट\s+(?:को\s+)?छोड़|
    कलेक्टिव\s+न्यूज़?रूम|^एपिसोड$|^(?:first\s+)?published\s*(?:on|at|:)|
    ^(?:tags?|topics?|टैग(?:्स|स)?|टॉपिक(?:्स|स)?|विषय)\s*[:：]|
    ^(?:hindi\s+news|हिंदी\s+न्यूज़?|home|होम)\s*[/|»>›]|^यह\s+(?:वीडियो|विडियो)\s+भी\s+देखें|
    ^(?:photo|video|फोटो|फ़ोटो|तस्वीर|वीडियो)\s*(?:credit|courtesy|source|साभार|क्रेडिट|सोर्स)?\s*[:：]|
    ^(?:please\s+wait|loading)\b|^image\s+(?:source|credit)|^to\s+view\s+this\s+video|
    ^\S+\s+पर\s+पढ़ें\s*[:：]|^widgets?\s+magazine|
    ^(?:पढ़ें|जानें|देखें)\s+पूरी\s+(?:खबर|ख़बर|रिपोर्ट|स्टोरी)|^पूरी\s+(?:खबर|ख़बर|रिपोर्ट)\s+(?:यहां\s+)?(?:पढ़ें|देखें)
    """,
    re.IGNORECASE | re.VERBOSE,
)
# what stands where the text of a story was cut off
_PAYWALL = re.compile(
    r"""
    (?:पूरी?\s+(?:खबर|ख़बर|लेख|स्टोरी|रिपोर्ट)|पूरा\s+(?:लेख|आर्टिकल)|आगे)\s+पढ़ने\s+के\s+लिए.{0,80}
      (?:सब्सक्राइब|सब्सक्रिप्शन|सदस्य|लॉग\s*इन|लॉगिन|साइन|रजिस्टर|subscri|log\s*in|sign)|
    (?:यह|ये)\s+(?:एक\s+)?(?:प्रीमियम|premium)\s+(?:लेख|खबर|ख़बर|स्टोरी|article|story|content)|
    (?:केवल|सिर्फ)\s+.{0,20}(?:सदस्यों|सब्सक्राइबर|ग्राहकों)\S*\s+के\s+लिए|
    (?:subscribe|log\s*in|sign\s*in)\s+to\s+(?:continue|read)|
    already\s+a\s+(?:subscriber|member)
    """,
    re.IGNORECASE | re.VERBOSE,
)

# longer praise of the site itself, often below a story
_SITE_PRAISE = re.compile(
    r"""
    (?:hindi\s+news|latest\s+.{0,30}news|breaking\s+news|हिंदी\s+न्यूज़?|हिंदी\s+में\s+ब्रेकिंग|
      ब्रेकिंग\s+न्यूज़?|ताज़?ा\s+(?:खबर|ख़बर)).{0,250}
      (?:पढ़ें|पाएं|देखें|जुड़ें|फॉलो|फ़ॉलो|क्लिक|डाउनलोड|in\s+hindi|अप-टू-डेट|वेबसाइट|पोर्टल)|
    (?:पढ़ें|पाएं|देखें|रहें).{0,120}(?:hindi\s+news|news\s+in\s+hindi|news\s+app|हिंदी\s+न्यूज़?|
      ख़?बरें\s+अब\s+हिंदी|ख़बरें\s+अब\s+हिन्दी)|
    (?:गैर-लाभकारी|स्वतंत्र\s+पत्रकारिता|हमारी\s+पत्रकारिता).{0,200}(?:मदद|सहयोग|समर्थन|योगदान)|
    (?:एंड्रॉएड|एंड्रॉयड|android|आईओएस|ios).{0,60}(?:ऐप|एप|app).{0,120}(?:क्लिक|फ़ॉलो|फॉलो|डाउनलोड)|
    (?:फ़ेसबुक|फेसबुक|facebook).{0,80}(?:ट्विटर|twitter|एक्स|यूट्यूब|youtube).{0,120}
      (?:फ़ॉलो|फॉलो|follow|जुड़)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_MAX_PRAISE = 600

# the same words serve in stories on how to do something; with a link they are a prompt
_LINKED_PROMPTS = re.compile(
    r"""
    (?:ऐप|एप|एप्प|ऐप्प|app).{0,20}(?:डाउनलोड|इंस्टॉल|download|install)|
    (?:डाउनलोड|download|इंस्टॉल|install).{0,40}(?:ऐप|एप|app)|
    क्लिक\s+करें|click\s+here|सब्सक्राइब|subscribe|सदस्यता\s+लें|
    (?:टिप्पणी|कमेंट|प्रतिक्रिया).{0,30}(?:करें|दें|लिखें|लॉग)|
    (?:व्हाट्स|वॉट्स|वाट्स|whats|टेलीग्राम|telegram).{0,60}(?:जुड़ें|जॉइन|ज्वाइन|join|फॉलो)|
    लॉग\s*[इि]न|साइन\s*(?:इन|अप)|login|log\s+in|sign\s+(?:in|up)|
    (?:खबर|ख़बर|न्यूज़?|news).{0,60}(?:पढ़ें|पाएं|देखें)|
    ^(?:संबंधित|सम्बन्धित|related)(?![\w\u0900-\u0963])
    """,
    re.IGNORECASE | re.VERBOSE,
)
_MAX_PROMPT = 260
"""Prompts are short; a paragraph that merely mentions a channel is not one."""

_CONTROLS = re.compile(
    r"""^[\W_]*(?:
    (?:शेयर|share|ट्वीट|tweet|सेव|save|सुनें|listen|प्रिंट|print|कॉपी\s+लिंक|लिंक\s+कॉपी(?:\s+करें)?|
    copy\s+link|link\s+copied|फॉलो|follow|फेसबुक|facebook|ट्विटर|twitter|व्हाट्सएप|व्हाट्सऐप|whatsapp|
    टेलीग्राम|telegram|ईमेल|email|लाइक|like|कमेंट|comments?|बुकमार्क|bookmark|एक्स|reddit|
    linkedin|pinterest|a\+|a-|अ\+|अ-|विज्ञापन|advertisement|loading|लोड|play|pause|
    वीडियो|video|फोटो|photo|close|बंद|होम|home|hindi\s+news|हिंदी\s+न्यूज़?|us|टिप्पणी|टिप्पणियां|
    view\s+all|next\s+article|अगला\s+लेख|ऐप\s+पर\s+पढ़ें|लाइव\s+टीवी|live\s+tv|कॉमेंट\s+लिखें|
    कमेंट\s+करें|(?:रिकमंडेड|रेकमेंडेड|संबंधित|ट्रेंडिंग)\s+(?:वीडियो|खबरें|फोटो)|हमें|
    (?:trending|related|recommended)\s+(?:videos?|photos)|गूगल\s+न्यूज़?|google\s+news|न्यूज़?|
    (?:font|text|टेक्स्ट)\s*(?:size|का\s+आकार)(?:\s+\S+)?|show\s+more|view\s+more|और\s+देखें|
    \d+\s*(?:शेयर|shares?|कमेंट|comments?|views?|व्यूज)|करें|on|पर|via)[\W_]*)+$""",
    re.IGNORECASE | re.VERBOSE,
)

_NOTICE = re.compile(
    r"(?:सिंडिकेट|सिंडीकेट|syndicated)\s*(?:फीड|फ़ीड|feed)|ऑटो[\s-]*(?:जेनरेट|जनरेट)|"
    r"(?:टीम|संपादन|संपादक)\S*.{0,40}(?:संपादित|एडिट|संशोधन)\s+नहीं|"
    r"(?:यह|ये)\s+(?:खबर|ख़बर|स्टोरी|आर्टिकल|लेख)\s+.{0,80}(?:एजेंसी|फीड|फ़ीड|डेस्क)|"
    r"^\W*(?:डिस्क्लेमर|disclaimer|अस्वीकरण)\b|"
    r"^\W*(?:edited|posted|written|published|reported)\s+by\b|^\W*(?:संपादन|रिपोर्ट)\s*[:：\-–]|"
    r"^\W*(?:इनपुट|input|inputs|स्रोत|source)\s*[:：\-–]",
    re.IGNORECASE,
)
_MAX_FOOTER = 320
_MAX_CONTROLS = 120


def is_boilerplate(text: str, *, linked: bool = False) -> bool:
    """Return whether a block of text is boilerplate: a label, prompt, control, notice.

    *linked* says that a good part of it is a link.
    """
    return len(text) <= _MAX_PRAISE and _is_boilerplate(text, linked)


@lru_cache(maxsize=4_096)
def _is_boilerplate(text: str, linked: bool) -> bool:  # noqa: FBT001 the cache's key
    length = len(text)
    short = length <= _MAX_PROMPT
    return (
        is_link_label(text)
        or (short and _PROMPTS.search(text) is not None)
        or (short and _PAYWALL.search(text) is not None)
        or _SITE_PRAISE.search(text) is not None
        or (linked and short and _LINKED_PROMPTS.search(text) is not None)
        or (length <= _MAX_CONTROLS and _CONTROLS.match(text) is not None)
        or (length <= _MAX_FOOTER and _NOTICE.search(text) is not None)
    )


def is_link_label(text: str) -> bool:
    """Return whether *text* is a label such as यह भी पढ़ें, alone or before a headline."""
    match = _LABEL.match(text)
    if match is None or len(text) > _MAX_LABELLED:
        return False
    label = match.group().rstrip()
    return (
        match.end() == len(text) or label[-1:] in ":：-–—|>»" or not ends_sentence(text)
    )


def without_label(text: str) -> str:
    """Return *text* without a label and headline behind its last sentence."""
    match = _TRAILING_LABEL.search(text, max(0, len(text) - _MAX_LABELLED))
    return text[: match.start()] if match and match.start() else text


def is_bare_link_label(text: str) -> bool:
    """Return whether a block is nothing but such a label, a teaser below it."""
    match = _LABEL.match(text)
    return match is not None and match.end() == len(text)


def is_paywall(text: str) -> bool:
    """Return whether a block asks for a subscription or log-in to read on."""
    return len(text) <= _MAX_PROMPT and _PAYWALL.search(text) is not None
