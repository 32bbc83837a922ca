import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.stages.nlp.segments import MAX_SEGMENT, MAX_WORD, segments


def test_paragraphs_are_pieces_and_know_their_place() -> None:
    text = " राम आया।\n\n सीता गई। \n"
    first, second = segments(text)
    assert [segment.text for segment in (first, second)] == ["राम आया।", "सीता गई।"]
    start, end = second.span(0, 4)
    assert text[start:end] == "सीता"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("क्\u200dया", "क्या"),
        ("\ufeffराम", "राम"),
        ("\u0958लम", "क\u093cलम"),
        ("न\u093cए", "\u0929ए"),
        ("रा\x00म", "रा म"),
    ],
)
def test_what_models_never_saw_is_taken_out_and_counted_in(
    text: str, seen: str
) -> None:
    (segment,) = segments(text)
    assert segment.text == seen
    assert segment.span(0, len(segment.text)) == (
        text.index(text.strip("\ufeff")),
        len(text),
    )


def test_a_word_without_end_is_cut_for_the_model_and_whole_in_the_text() -> None:
    text = "क" * 10_000 + " है"
    shown = list(segments(text))
    assert all(
        len(word) <= MAX_WORD for segment in shown for word in segment.text.split()
    )


def test_a_long_paragraph_is_cut_after_a_sentence() -> None:
    text = "राम ने आज कहा कि वह कल आएगा। " * 100
    shown = list(segments(text))
    assert len(shown) > 1
    assert all(len(segment.text) <= MAX_SEGMENT for segment in shown)
    assert all(segment.text.endswith("।") for segment in shown)


LETTERS = st.sampled_from("कखाि्\u093c\u200d\u0958 \n।.a1\x00😀\ud800\t")


@given(st.text(LETTERS, max_size=400))
def test_every_span_of_every_piece_lies_in_the_text_and_in_order(text: str) -> None:
    last = 0
    for segment in segments(text):
        assert segment.text.strip()
        assert "\n" not in segment.text
        for at in range(len(segment.text)):
            start, end = segment.span(at, at + 1)
            assert 0 <= start < end <= len(text)
            assert start >= last or segment.starts[at] == segment.starts[at - 1]
            last = start
