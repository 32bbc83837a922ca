import unicodedata
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.stages.text.normalisation import (
    devanagari_share,
    normalise,
    normalise_line,
)

LETTERS = "कखगजडढफयनरळअआइदशक्षज्ञ"
MARKS = "ािीुूेैोौंँः़्"
NUKTA_FORMS = "क़ख़ग़ज़ड़ढ़फ़य़ऩऱऴ"
BLANKS = " \t\n\r\u00a0\u2009\u200b\u200c\u200d\u2028\ufeff\u00ad\u200e\x00\x85\x1f"
HINDI = st.text(
    alphabet=st.sampled_from(LETTERS + MARKS + NUKTA_FORMS + BLANKS + "|।.aé\"'"),
    max_size=40,
)
ANY = st.one_of(HINDI, st.text(max_size=40))


def letters_and_marks(text: str) -> Counter[str]:
    return Counter(
        char
        for char in unicodedata.normalize("NFD", text)
        if unicodedata.category(char)[0] in "LM"
    )


@given(ANY)
def test_normalising_twice_changes_nothing_more(source: str) -> None:
    once = normalise(source).text
    assert normalise(once).text == once


@given(ANY)
def test_result_is_nfc(source: str) -> None:
    assert unicodedata.is_normalized("NFC", normalise(source).text)


@given(HINDI)
def test_no_letter_matra_nukta_or_virama_is_lost(source: str) -> None:
    assert letters_and_marks(normalise(source).text) == letters_and_marks(source)


@given(ANY)
def test_offsets_go_back_in_order_and_within_the_source(source: str) -> None:
    text, alignment = normalise(source)
    indices = [alignment.source(at) for at in range(len(text))]
    assert indices == sorted(indices)
    assert all(0 <= index < len(source) for index in indices)


@given(
    st.lists(st.sampled_from(["क़लम", "बड़ा", "है", "राम", "क्‍या", "डा़ल"]), min_size=1),
    HINDI,
)
def test_a_word_maps_to_the_source_that_it_came_from(
    words: list[str], filler: str
) -> None:
    source = (" " + filler + "\u00a0 ").join(words)
    text, alignment = normalise(source)
    at = 0
    for word in text.split():
        start = text.index(word, at)
        at = start + len(word)
        first, last = alignment.source_span(start, at)
        assert normalise(source[first:last]).text.replace("|", "।") == word.replace(
            "|", "।"
        )


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("\u0915\u093c", "\u0915\u093c"),
        ("\u0958", "\u0915\u093c"),
        ("\u0928\u093c", "\u0929"),
        ("\u0921\u093e\u093c", "\u0921\u093c\u093e"),
        ("मिट्\u200cटी", "मिट्\u200cटी"),
        ("र्\u200dय", "र्\u200dय"),
        ("श्रीमान्\u200c जी", "श्रीमान् जी"),
        ("क\u200dम\u200cल", "कमल"),
        ("भा\u00adरत\ufeff", "भारत"),
        ("  एक\u00a0\u2009दो\t तीन ", "एक दो तीन"),
        ("एक\r\nदो\r\n\r\n\r\nतीन", "एक\nदो\n\nतीन"),
        ("एक \u2028 दो", "एक\nदो"),
        ("वह गया| फिर आया|", "वह गया। फिर आया।"),
        ("वह गया | फिर आया |\nअंत", "वह गया । फिर आया ।\nअंत"),
        ("देश | विदेश | खेल", "देश | विदेश | खेल"),
        ("IPL 2026| Live", "IPL 2026| Live"),
        ("उसने कहा, 'मैं जाऊंगा|'", "उसने कहा, 'मैं जाऊंगा।'"),
        ("बुरा \ud800 नहीं", "बुरा \ufffd नहीं"),
        ("", ""),
        (" \u200b\n", ""),
    ],
)
def test_normal_forms(source: str, text: str) -> None:
    assert normalise(source).text == text


def test_a_span_is_mapped_past_what_was_dropped_and_merged() -> None:
    source = "\ufeffआज  \u00a0\u0958लम\u200b टूटी"
    text, alignment = normalise(source)
    start = text.index("क")
    first, last = alignment.source_span(start, start + 4)
    assert source[first:last] == "\u0958लम"
    assert alignment.source_span(start, start) == (first, first)


def test_a_line_has_no_breaks() -> None:
    assert normalise_line(" पहली\n\nदूसरी\nतीसरी ") == "पहली दूसरी तीसरी"


def test_share_of_devanagari_counts_letters_only() -> None:
    assert devanagari_share("भारत ne 2-1 से जीता") == pytest.approx(6 / 8)
    assert devanagari_share("1234") == 0.0
