"""Labelled pairs of stories: the same in nearly the same words, or not.

The stories are those of the recorded site, in our own words. What outlets do to a
story that they take over is done to them here: by hand where words are chosen anew,
by rule where they are only cut or marked.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

EXPECTED = Path(__file__).parents[3] / "seeds" / "expected"


class Pair(NamedTuple):
    """Two texts and whether one is a near duplicate of the other."""

    kind: str
    name: str
    one: str
    other: str
    same: bool


def story(name: str) -> str:
    """Return the text of a story of the recorded site."""
    text: str = json.loads((EXPECTED / f"{name}.json").read_text())["text"]
    return text


# an agency's copy: its dateline and signs, and a sub-editor's small changes
AGENCY: dict[str, tuple[str, str, tuple[tuple[str, str], ...]]] = {
    "bus-khai-me-giri": (
        "पौड़ी, 23 नवंबर (भाषा) ",
        "\nभाषा सं नरेश",
        (("हादसे में", "इस दुर्घटना में"), ("के मुताबिक", "के अनुसार"), ("तड़के", "सुबह")),
    ),
    "repo-dar": (
        "मुंबई, 20 नवंबर (वार्ता): ",
        "\nवार्ता",
        (("फैसला किया", "निर्णय लिया"), ("बैंक ने चालू", "आरबीआई ने चालू")),
    ),
    "bhukamp-chamba": (
        "शिमला (पीटीआई-भाषा)। ",
        "",
        (("महसूस किए गए", "महसूस हुए"), ("घबराकर", "डर कर"), ("सूचना", "खबर")),
    ),
    "dengue-bhopal": (
        "भोपाल, 21 नवंबर (एएनआई) ",
        "\n(एएनआई)",
        (("कुल संख्या", "तादाद"), ("निर्देश दिए", "आदेश दिए")),
    ),
    "galla-mandi-aag": (
        "इंदौर: ",
        "",
        (("भीषण", "भयानक"), ("करीब", "लगभग"), ("बताया", "जानकारी दी")),
    ),
    "mantri-isteefa": (
        "रांची, 24 नवंबर (आईएएनएस)। ",
        "\nआईएएनएस",
        (("सलाह दी है", "सलाह दी"), ("विपक्षी", "मुख्य विपक्षी दल")),
    ),
    "upchunav-nateeja": (
        "नई दिल्ली, 23 नवंबर (भाषा) ",
        "\nभाषा पवनेश दिलीप",
        (("घोषित कर दिए गए", "आ गए"), ("वोटों", "मतों")),
    ),
    "misail-parikshan": ("बालासोर — ", "", (("सफल", "कामयाब"), ("किया गया", "हुआ"))),
    "high-court-nadi": (
        "प्रयागराज, 22 नवंबर (यूनीवार्ता) ",
        "\nयूनीवार्ता",
        (("रोक लगा दी", "रोक लगाई"), ("सरकार से", "राज्य सरकार से")),
    ),
    "upgrah-prakshepan": (
        "श्रीहरिकोटा, 22 नवंबर (PTI) ",
        "",
        (("वैज्ञानिकों", "इसरो के वैज्ञानिकों"), ("मिनट बाद", "मिनट के बाद")),
    ),
}

# by story: a first paragraph written anew while the rest is taken over, and the next
# story on the same matter: other news, the same names and stock phrases
_WRITTEN = json.loads(
    (Path(__file__).parents[2] / "quality/gold/near_duplicates.json").read_text()
)
LEADS: dict[str, str] = _WRITTEN["leads"]
NEXT: dict[str, str] = _WRITTEN["next"]

# so many sentences from the beginning are kept
SHORTENED = {
    "nepal-bhuskhalan": 0.5,
    "film-puraskar": 0.55,
    "fishermen-release": 0.5,
    "japan-toofan": 0.6,
    "kabaddi-semifinal": 0.5,
    "noida-atm-thagi": 0.45,
    "panchayat-matdan": 0.5,
    "pratibandh-jahaj": 0.6,
    "volcano-indonesia": 0.45,
    "yuddhviram-varta": 0.5,
}

DIGITS = (
    "asha-karmi-dharna",
    "balak-bachaya",
    "rashtriya-record",
    "nagar-nigam-budget",
    "volcano-indonesia",
    "jhapatmar-giroh",
)

# the next story repeats one paragraph of the one before as its background
BACKGROUND = {
    "bus-khai-me-giri": 0,
    "mantri-isteefa": 0,
    "upchunav-nateeja": 0,
    "ranji-jeet": 0,
    "galla-mandi-aag": 0,
}

# two stories of one beat
SAME_BEAT = (
    ("bus-khai-me-giri", "balak-bachaya"),
    ("bhukamp-chamba", "volcano-indonesia"),
    ("bhukamp-chamba", "nepal-bhuskhalan"),
    ("galla-mandi-aag", "bus-khai-me-giri"),
    ("upchunav-nateeja", "panchayat-matdan"),
    ("upchunav-nateeja", "mauritius-chunav"),
    ("ranji-jeet", "kabaddi-semifinal"),
    ("ranji-jeet", "rashtriya-record"),
    ("jhapatmar-giroh", "noida-atm-thagi"),
    ("repo-dar", "pyaz-daam"),
    ("misail-parikshan", "upgrah-prakshepan"),
    ("japan-toofan", "chakravati-toofan"),
    ("asha-karmi-dharna", "mantri-isteefa"),
    ("nagar-nigam-budget", "dengue-bhopal"),
    ("high-court-nadi", "lok-sabha-vidheyak"),
    ("yuddhviram-varta", "pratibandh-jahaj"),
    ("jalvayu-sammelan", "pratibandh-jahaj"),
    ("fishermen-release", "yuddhviram-varta"),
)


def _alike() -> Iterator[Pair]:
    for name, (dateline, sign_off, changes) in AGENCY.items():
        copy = story(name)
        for before, after in changes:
            copy = copy.replace(before, after)
        yield Pair("agency", name, story(name), dateline + copy + sign_off, same=True)
    for name, lead in LEADS.items():
        rest = story(name).split("\n")[1:]
        yield Pair("lead", name, story(name), "\n".join([lead, *rest]), same=True)
    for name, share in SHORTENED.items():
        yield Pair("shortened", name, story(name), _cut(story(name), share), same=True)
    for name in DIGITS:
        yield Pair("digits", name, story(name), _devanagari(story(name)), same=True)
    for name, (dateline, sign_off, changes) in [*AGENCY.items()][:4]:
        copy = _devanagari(_cut(story(name), 0.7))
        for before, after in changes:
            copy = copy.replace(before, after)
        yield Pair("all", name, story(name), dateline + copy + sign_off, same=True)
    for name, lead in [*LEADS.items()][:5]:
        left = _cut("\n".join(story(name).split("\n")[1:]), 0.75)
        yield Pair("lead, cut", name, story(name), f"{lead}\n{left}", same=True)


def _different() -> Iterator[Pair]:
    for name, text in NEXT.items():
        yield Pair("next", name, story(name), text, same=False)
    for name, at in BACKGROUND.items():
        text = "\n".join([NEXT[name], story(name).split("\n")[at]])
        yield Pair("background", name, story(name), text, same=False)
    for one, other in SAME_BEAT:
        yield Pair("beat", f"{one} {other}", story(one), story(other), same=False)


def pairs() -> Iterator[Pair]:
    """Yield all of them, each kind in a fixed order."""
    yield from _alike()
    yield from _different()


def _cut(text: str, share: float) -> str:
    sentences = text.replace("। ", "।\t").replace("\n", "\t\n").split("\t")
    kept = sentences[: max(1, round(share * len(sentences)))]
    return " ".join(kept).replace(" \n", "\n").strip()


def _devanagari(text: str) -> str:
    return text.translate(str.maketrans("0123456789", "०१२३४५६७८९"))
