import pytest

from workers.stages.text.inflection import noun_keys, verb_keys
from workers.stages.text.spelling import key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("गिरफ़्तार", "गिरफ्तार"),
        ("हिन्दी", "हिंदी"),
        ("सम्बन्ध", "संबंध"),
        ("पहुँचा", "पहुंचा"),
        ("डॉक्टर", "डाक्टर"),
        ("गयी", "गई"),
        ("किये", "किए"),
        ("\u095eैसला", "फैसला"),
        ("क्\u200dया", "क्या"),
        ("NATO", "nato"),
    ],
)
def test_spellings_of_one_word_have_one_key(one: str, other: str) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(("one", "other"), [("कल", "काल"), ("दिन", "दीन"), ("ये", "ए")])
def test_different_words_keep_different_keys(one: str, other: str) -> None:
    assert key(one) != key(other)


def test_masculine_nouns_change_their_vowel_and_feminine_ones_do_not() -> None:
    assert {key("हमले"), key("हमलों")} <= noun_keys("हमला")
    assert {key("यात्राएं"), key("यात्राओं")} <= noun_keys("यात्रा")
    # वर्षों is the plural of वर्ष, a year, and not of वर्षा, rain
    assert key("वर्षों") not in noun_keys("वर्षा")
    assert {key("गिरफ्तारियां"), key("गिरफ्तारियों")} <= noun_keys("गिरफ्तारी")


@pytest.mark.parametrize(
    ("root", "forms"),
    [
        ("कर", "करना किया किए की करते करेंगे करें करके"),
        ("दे", "देना दिया दी देगा देंगे दें"),
        ("हो", "होना हुआ हुई होगा होते"),
        ("मार", "मारना मारा मारे मारी मारेगा मारकर"),
        ("लगा", "लगाना लगाया लगाए लगाई लगाएंगे"),
    ],
)
def test_verbs_have_their_simple_forms(root: str, forms: str) -> None:
    assert {key(form) for form in forms.split()} <= verb_keys(root)
