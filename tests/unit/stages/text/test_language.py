import pytest

from workers.stages.text.language import identify

TEXTS = {
    "hi": (
        "प्रधानमंत्री ने मंगलवार को दिल्ली में बैठक की और अधिकारियों को निर्देश दिए।",
        "दो लोगों की मौत हो गई।",
        "IPL 2026: CSK ने MI को 5 wickets से हराया, Dhoni ने खेली 45 रन की पारी।",
        "भारत में Apple iPhone 17 Pro Max की कीमत 1,49,900 रुपये से शुरू होती है।",
        "शेयर बाजार में गिरावट, सेंसेक्स 450 अंक टूटा",
    ),
    "mr": (
        "मुख्यमंत्र्यांनी मुंबईत बैठक घेतली आणि मदत कार्य वेगाने करण्याचे आदेश दिले आहेत.",
        "शेतकऱ्यांच्या खात्यावर पैसे जमा झाले असून पुढील हप्ता लवकरच मिळणार आहे.",
    ),
    "ne": (
        "प्रधानमन्त्रीले मंगलबार काठमाडौंमा बैठक बोलाएका छन् र अधिकारीहरूलाई निर्देशन दिएका छन्।",
        "बाढीले सडक बगाएपछि यातायात पूर्ण रूपमा अवरुद्ध भएको छ।",
    ),
    "sa": ("रामः वनं गच्छति। सीता अपि तेन सह गच्छति। दशरथः शोकेन मृतः।",),
    "bho": (
        "रउआ लोगन के बहुत धन्यवाद। हमनी के गाँव में बहुते बढ़िया काम भइल बा आ सब लोग खुश बाड़न।",
    ),
    "mai": ("अहाँ सभ केँ बहुत धन्यवाद। हमर गाम मे बहुत नीक काज भेल अछि आ सब लोक खुश छथि।",),
    "en": (
        "The prime minister chaired a meeting in New Delhi and asked for a report.",
    ),
    "ur": ("وزیر اعظم نے منگل کو نئی دہلی میں ایک اجلاس کی صدارت کی۔",),
    "bn": ("প্রধানমন্ত্রী মঙ্গলবার ঢাকায় একটি বৈঠক করেছেন।",),
    "hi-Latn": (
        "Pradhanmantri ne mangalwar ko nayi dilli mein ek baithak ki adhyakshata ki.",
        "Police ne bataya ki hadse mein do logon ki maut ho gayi aur teen ghayal hain.",
    ),
    "und": ("", "12:30, 24/11/2026 …"),
}


@pytest.mark.parametrize(
    ("code", "text"), [(code, text) for code in TEXTS for text in TEXTS[code]]
)
def test_language_of_a_text(code: str, text: str) -> None:
    language = identify(text)
    assert language.code == code
    assert 0 <= language.confidence <= 1


def test_a_few_names_in_latin_do_not_make_a_text_english() -> None:
    text = TEXTS["hi"][0] + " Reserve Bank of India, Supreme Court of India, BSE Sensex"
    assert identify(text).code == "hi"


def test_long_texts_are_judged_by_their_beginning_and_middle() -> None:
    assert identify(TEXTS["hi"][0] * 2_000).code == "hi"
