import datetime as dt

import pytest

from tests.support.fingerprints import fingerprint
from workers.stages.articles.near_duplicates.index import SignatureIndex
from workers.stages.articles.near_duplicates.particulars import (
    SHORT,
    Particulars,
    particulars,
    unpacked,
)
from workers.stages.articles.near_duplicates.wording import words

GOLD = (
    "सर्राफा बाजार में आज 24 कैरेट सोने का भाव {} रुपये प्रति 10 ग्राम रहा, जबकि 22 कैरेट सोना "
    "{} रुपये पर बिका। चांदी {} रुपये प्रति किलो रही। कारोबारियों ने कहा कि शादियों के मौसम में "
    "मांग बनी हुई है और विदेशी बाजारों के रुख का असर भी भाव पर पड़ रहा है। भाव में जीएसटी और "
    "गढ़ाई का खर्च शामिल नहीं है।"
)
WEATHER = (
    "मौसम विभाग के अनुसार {} में शुक्रवार को अधिकतम तापमान {} डिग्री और न्यूनतम तापमान {} डिग्री "
    "रहने का अनुमान है। सुबह हल्का कोहरा छाया रहेगा और दिन में धूप निकलेगी। हवा की गति सामान्य "
    "रहेगी और अगले दो दिन तक बारिश के आसार नहीं हैं।"
)
SCHOOLS = (
    "{} जिले में ठंड को देखते हुए आठवीं तक के सभी सरकारी और निजी विद्यालय शनिवार तक बंद रहेंगे। "
    "जिला प्रशासन ने बताया कि आदेश का पालन नहीं करने वाले विद्यालयों पर कार्रवाई होगी। शिक्षकों "
    "को विद्यालय आना होगा और परीक्षाएं पहले से तय तारीखों पर ली जाएंगी।"
)
CRASH = (
    "बस और ट्रक की टक्कर में {} लोगों की मौत हो गई और 17 घायल हो गए। पुलिस ने बताया कि हादसा "
    "राजमार्ग 48 पर सुबह 6 बजे हुआ, जब बस जयपुर जा रही थी। घायलों को सरकारी अस्पताल में भर्ती "
    "कराया गया है। मुख्यमंत्री ने परिजनों को 2 लाख रुपये देने की घोषणा की।"
)


def like(one: str, other: str) -> bool:
    known = SignatureIndex(dt.timedelta(days=7))
    known.add(fingerprint("one", one))
    return known.first_like(fingerprint("other", other)) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            GOLD.format("78,500", "71,960", "92,000"),
            GOLD.format("78,110", "71,600", "91,500"),
        ),
        (WEATHER.format("लखनऊ", 24, 11), WEATHER.format("कानपुर", 25, 12)),
        (WEATHER.format("पटना", 24, 11), WEATHER.format("भोपाल", 24, 11)),
        (SCHOOLS.format("सीतामढ़ी"), SCHOOLS.format("मधुबनी")),
    ],
    ids=["prices", "weather", "weather, the same numbers", "orders"],
)
def test_one_template_filled_in_twice_is_two_stories(one: str, other: str) -> None:
    assert not like(one, other)
    assert not like(other, one)
    assert like(one, one + " ")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (CRASH.format(5), CRASH.format(6)),
        (CRASH.format(5), CRASH.format(5).rsplit("।", 2)[0]),
        (CRASH.format(5), "जयपुर, 24 नवंबर (भाषा) " + CRASH.format(5)),
        (CRASH.format(5), CRASH.format("५").replace("हादसा", "यह दुर्घटना")),
        (
            GOLD.format("78,500", "71,960", "92,000"),
            GOLD.format("78500", "७१,९६०", "92000"),
        ),
    ],
    ids=["a toll that rose", "shortened", "agency", "reworded", "other digits"],
)
def test_copies_of_one_story_still_are(one: str, other: str) -> None:
    assert like(one, other)
    assert like(other, one)


def test_signatures_of_earlier_releases_ask_for_no_agreement() -> None:
    assert unpacked("") == Particulars()
    assert not Particulars().disagree(Particulars(frozenset({1, 2}), frozenset({3})))


def test_a_long_text_is_no_template() -> None:
    found = words(GOLD)
    assert particulars(found, SHORT)
    assert particulars(found, SHORT + 1) == ""


@pytest.mark.parametrize("damaged", ["x", "AA==.", "é.é", "."])
def test_what_is_damaged_is_nothing(damaged: str) -> None:
    assert unpacked(damaged) == Particulars()
