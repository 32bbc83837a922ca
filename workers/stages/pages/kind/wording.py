"""Wording and addresses that give away pages of a news site that are no articles.

Patterns of lists (sections, tags, authors, searches), of apologies for a missing page,
of walls (consent, log-in, robot checks) and of what an outlet says of itself. Whether
a page *is* such a page is judged by `article_judge`, for a story may use any of these
words. All patterns are linear: no nested repetition.
"""

import re
from enum import StrEnum
from urllib.parse import parse_qsl

from workers.web.urls import path_of, split_url


class PageKind(StrEnum):
    """What a page of a news site is."""

    ARTICLE = "article"
    LISTING = "listing"
    """A home page, section, tag, topic, author, archive or search page."""
    MISSING = "missing"
    """An apology for a missing story, answered with status 200 (soft 404)."""
    CONSENT = "consent"
    """A wall that asks for consent to cookies and tracking."""
    LOGIN = "login"
    """A wall or form that asks readers to log in or to register."""
    CHECK = "check"
    """A robot check, or a notice of maintenance."""
    ABOUT = "about"
    """What the outlet says of itself: imprint, terms, privacy, contact."""


_I = re.IGNORECASE
_STORY = r"(?:पेज|पृष्ठ|पन्न[ाे]|यूआरएल|लिंक|ख[़]?बर|लेख|स्टोरी|आर्टिकल|सामग्री|कंटेंट|वेबपेज)"

SENTENCES = {
    PageKind.MISSING: re.compile(
        rf"(?<!\w){_STORY}[^।]{{0,60}}?(?:नहीं\s+मिल(?:ा|ी|\s+रह)|मौजूद\s+नहीं|उपलब्ध\s+नहीं|अस्तित्व\s+में\s+नहीं|"
        r"हटा(?:या|ई|\s+दि|\s+दी|\s+ली)|नहीं\s+दिखा|गलत|पुराना|समाप्त\s+हो\s+(?:गया|चुका))|"
        r"(?:पता|यूआरएल)[^।]{0,20}(?:बदल\s+गया|जांच|जाँच)|(?:कुछ\s+)?गड़बड़\s+हो\s+ग|"
        r"(?:क्षमा|माफ[़]?)\s+(?:करें|कीजिए|कीजिये)|(?:होम|मुख्य)\s*(?:पेज|पृष्ठ)\s+पर\s+(?:जाएं|जाएँ|लौटें|वापस)|"
        r"असुविधा\s+के\s+लिए|खोज\s+(?:बॉक्स|बार)|page\s+(?:was\s+|is\s+)?not\s+(?:be\s+)?found|404|"
        r"(?:page|story|article)[^.]{0,40}(?:no\s+longer|does\s+not\s+exist|doesn.t\s+exist|removed)",
        _I,
    ),
    PageKind.CONSENT: re.compile(
        r"कुकी(?:[ज]़?)?(?!\w)|cookies?(?!\w)|हम\s+और\s+हमारे|(?:साझेदार|सहयोगी|पार्टनर|विक्रेता)\S*[^।]{0,60}"
        r"(?:डिवाइस|उपकरण|डेटा|जानकारी|ब्राउज[़]?िंग)|(?:आपकी|अपनी)\s+(?:निजता|गोपनीयता|प्राइवेसी|सहमति)|"
        r"(?:सहमति|पसंद)\s+(?:कभी\s+भी\s+)?(?:वापस|प्रबंधित|स्वीकार|बदल|दें)|वैध\s+हित|व्यक्तिगत\s+(?:डेटा|जानकारी)|"
        r"गोपनीयता\s+नीति[^।]{0,40}सहमत|स्वीकार\s+करें|सहमत\s+(?:हैं|हों)|we\s+value\s+your\s+privacy|consent",
        _I,
    ),
    PageKind.LOGIN: re.compile(
        r"(?:लॉग\s*[-]?(?:इन|िन)|लॉगिन|साइन\s*[-]?(?:इन|अप)|रजिस्टर|रजिस्ट्रेशन|पंजीकरण)\s+(?:कर|पर|के|के\s+बाद|हो)|"
        r"(?:ओटीपी|otp|पासवर्ड|password)(?!\w)|पंजीकृत\s+(?:पाठक|यूज[़]?र|उपयोगकर्ता|सदस्य)|"
        r"(?:खाता|अकाउंट)\s+(?:नहीं|बना|खोल)|(?:मोबाइल\s+नंबर|ईमेल)[^।]{0,30}(?:दर्ज|डालें|लॉग|भरें)|"
        r"(?:log|sign)\s*in\s+(?:to|with)|create\s+an?\s+account",
        _I,
    ),
    PageKind.CHECK: re.compile(
        r"रोबोट\s+नहीं|सुरक्षा\s+(?:जांच|जाँच|की\s+समीक्षा)|कैप्चा|captcha|रखरखाव|मेंटेनेंस|मेंटिनेंस|"
        r"(?:थोड़ी|कुछ)\s+देर\s+(?:बाद|में)\s+(?:फिर|पुनः|दोबारा)\s+(?:से\s+)?(?:कोशिश|प्रयास|आएं)|"
        r"just\s+a\s+moment|checking\s+your\s+browser|verify\s+(?:that\s+)?you\s+are|access\s+denied|"
        r"जावास्क्रिप्ट[^।]{0,30}(?:चालू|सक्षम|इनेबल)|enable\s+javascript|under\s+maintenance",
        _I,
    ),
}
"""What each sentence of such a page says, as a rule; a story says it once."""

ADDRESS = re.compile(
    r"(?<![\w\u0900-\u0963])(?:आप(?:के|की|का|को|ने)?|हम(?:ें|ारे|ारी|ारा|ने)?|कृपया|अपन[ाेी]|इस\s+(?:वेबसाइट|साइट)|"
    r"(?:यह|ये|जिस)\s+(?:पेज|पृष्ठ|पन्ना|ख[़]?बर|लेख|स्टोरी|सामग्री|लिंक|वेबसाइट|साइट)|वेबसाइट|please|your?|we|our)"
    r"(?![\w\u0900-\u0963])|(?:करें|कीजिए|जाएं|जाएँ|दें|देखें|लें|आएं|डालें|भरें|बनाएं|पाएं|लौटें)\W*$",
    _I,
)
"""Words by which a site speaks to its reader; stories speak of others."""

TITLES = {
    PageKind.MISSING: re.compile(
        r"^\W*(?:(?:error|त्रुटि)?\W*404|(?:page|पेज|पृष्ठ)\s+(?:not\s+found|नहीं\s+मिल)|not\s+found|त्रुटि|error|"
        r"oops|ओह|अरे|उफ|क्षमा\s+करें|माफ[़]?\s+(?:करें|कीजिए))(?!\w)",
        _I,
    ),
    PageKind.CONSENT: re.compile(
        r"(?:आपकी|हम)[^।]{0,30}(?:निजता|गोपनीयता|प्राइवेसी)|your\s+privacy|कुकी|cookie", _I
    ),
    PageKind.LOGIN: re.compile(
        r"(?:लॉग\s*[-]?इन|लॉगिन|साइन\s*[-]?(?:इन|अप))(?:\s+करें)?\W*$|"
        r"^\W*(?:log\s*in|login|sign\s*(?:in|up)|register|लॉगिन|लॉग\s*इन|साइन\s*इन)(?!\w)",
        _I,
    ),
    PageKind.CHECK: re.compile(
        r"just\s+a\s+moment|सुरक्षा\s+जांच|रखरखाव|मेंटेनेंस|access\s+denied|attention\s+required|maintenance",
        _I,
    ),
    PageKind.ABOUT: re.compile(
        r"^\W*(?:हमारे\s+बारे\s+में|(?:गोपनीयता|निजता|प्राइवेसी)\s+(?:नीति|पॉलिसी)|"
        r"(?:नियम\s+(?:एवं|और|व)\s+शर्तें|(?:उपयोग|सेवा)\s+की\s+शर्तें)|(?:हमसे\s+)?संपर्क(?:\s+करें)?|"
        r"(?:हमारे\s+साथ\s+)?विज्ञापन\s+(?:दें|दरें)|अस्वीकरण|डिस्क्लेमर|साइट\s*मैप|शिकायत\s+निवारण|हमारी\s+टीम|"
        r"about(?:\s+us)?|privacy\s+policy|terms(?:\s+(?:of|and|&)\s+\w+)*|contact(?:\s+us)?|disclaimer|"
        r"advertise(?:\s+with\s+us)?|careers?|site\s*map|cookie\s+policy|grievance\s+redressal|our\s+team)\W*$",
        _I,
    ),
    PageKind.LISTING: re.compile(
        r"(?:ताज[़]?ा|बड़ी|सभी|लेटेस्ट|मुख्य|प्रमुख|पुरानी|लोकप्रिय|टॉप|आज\s+की)\s+(?:ख[़]?बरें|ख[़]?बरों|समाचार|न्यूज[़]?|लेख)\W*$|"
        r"से\s+(?:जुड़ी|संबंधित)\s+(?:ख[़]?बरें|समाचार|न्यूज[़]?)|(?:के|की)\s+(?:सभी\s+)?(?:लेख|ख[़]?बरें|रिपोर्ट|आलेख)\W*$|"
        r"(?:news|samachar)\s+in\s+hindi\W*$|latest\s+(?:\w+\s+)?news\W*$|\barchives?\W*$|"
        r"(?:खोज|सर्च)\W*(?:के\s+)?(?:परिणाम|नतीजे)|(?:खोज|सर्च)\s*[:：]|search\s+results?|"
        r"(?:कोई\s+)?(?:परिणाम|नतीजा)\s+नहीं\s+मिल|^\W*(?:tag|टैग|category|श्रेणी|topic|विषय|author|लेखक)\s*[:：]|"
        r"^\W*(?:वीडियो|फोटो|तस्वीरें|वेब\s+स्टोरी(?:ज[़]?)?|ई-पेपर|videos?|photos?|होम|home|लाइव\s+टीवी)\W*$|(?:पेज|page)\s+\d+\W*$",
        _I,
    ),
}
"""Headlines that only such pages have."""

READ_ON = re.compile(
    r"(?:(?:आगे|और|पूरा|पूरी\s+ख[़]?बर|विस्तार\s+से)\s+(?:पढ़ें|पढ़े|देखें)|read\s+(?:more|full\s+story)|continue\s+reading|"
    r"more|\[(?:…|\.{3}|&hellip;)\])[\s.…»›>→]*$",
    _I,
)
"""How a teaser ends that leads to the story."""
LIFE = re.compile(
    r"(?:पत्रकार(?:िता)?|रिपोर्टिंग|संवाददाता|संपादक|लेखन|लेखक|मीडिया)[^।]{0,80}"
    r"(?:अनुभव|वर्षों?\s+से|साल(?:ों)?\s+से|हैं।|करते\s+हैं|करती\s+हैं|लिखत[ेी]\s+हैं|काम\s+कर\s+(?:चुके|रहे))"
)
"""A sentence of an author's life."""

_LISTING_STEP = re.compile(
    r"^(?:tags?|topics?|authors?|writers?|reporters?|lekhak|search|khoj|categor(?:y|ies)|sections?|archives?|"
    r"latest(?:-news)?|all-news|page|videos?|photos?|galler(?:y|ies)|web-?stor(?:y|ies)|live-?tv|epaper|news|feed|index(?:\.\w+)?|home)$",
    _I,
)
_SEARCHES = frozenset(("s", "q", "query", "search", "keyword"))
_STORY_STEP = re.compile(r"\d{5,}|(?:[^\W_]+-){3,}[^\W_]+|\.(?:s?html?|cms|ece)$|^\d+$")
_MOST_STEPS = 20


def is_listing_url(url: str) -> bool:
    """Return whether *url* looks like a list: root, tag, author, search, page n."""
    parts = split_url(url)
    if parts is None:
        return False
    steps = [step for step in parts.path.split("/") if step][:_MOST_STEPS]
    if any(name.lower() in _SEARCHES for name, _ in parse_qsl(parts.query)):
        return True
    if not steps:
        return not parts.query and not parts.fragment.startswith(("/", "!"))
    if is_story_url(url):
        return False
    return any(_LISTING_STEP.match(step) for step in (steps[0], *steps[-2:]))


def is_story_url(url: str) -> bool:
    """Return whether *url* ends as those of stories do: a number, a slug, a file."""
    steps = [step for step in path_of(url).split("/") if step]
    if not steps or (len(steps) > 1 and steps[-2].lower() == "page"):
        return False
    return _STORY_STEP.search(steps[-1]) is not None
