import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.stages.text.sentences import sentence_spans


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("वह आया। वह गया।", ["वह आया।", "वह गया।"]),
        ("वह आया।वह गया।", ["वह आया।", "वह गया।"]),
        ("वह आया. वह गया.", ["वह आया.", "वह गया."]),
        ("क्या हुआ? रुको! चलो।", ["क्या हुआ?", "रुको!", "चलो।"]),
        ("क्या?! सच में?? हां।", ["क्या?!", "सच में??", "हां।"]),
        ("वह आया | वह गया|", ["वह आया |", "वह गया|"]),
        ("India | Pakistan में मैच।", ["India | Pakistan में मैच।"]),
        ("डॉ. राम ने कहा. वह गए.", ["डॉ. राम ने कहा.", "वह गए."]),
        ("ए. पी. जे. कलाम आए। सब उठे।", ["ए. पी. जे. कलाम आए।", "सब उठे।"]),
        ("ए.पी.जे. कलाम आए।", ["ए.पी.जे. कलाम आए।"]),
        ("दाम 2.5 लाख रु. तक गया।", ["दाम 2.5 लाख रु. तक गया।"]),
        ("U.S. सेना ने कहा।", ["U.S. सेना ने कहा।"]),
        ("दूरी 20 कि.मी. है।", ["दूरी 20 कि.मी. है।"]),
        ("यह साल 2026. अगला 2027.", ["यह साल 2026.", "अगला 2027."]),
        ("1. पहला नियम. 2. दूसरा नियम.", ["1. पहला नियम.", "2. दूसरा नियम."]),
        ("उसने कहा, “मैं आया।” वह गया।", ["उसने कहा, “मैं आया।”", "वह गया।"]),
        ("(वह आया।) वह गया।", ["(वह आया।)", "वह गया।"]),
        ("“क्या?” – उसने पूछा।", ["“क्या?” – उसने पूछा।"]),
        ("वह रुका... फिर चला।", ["वह रुका... फिर चला।"]),
        ("शीर्षक\nवह आया।", ["शीर्षक", "वह आया।"]),
        ("श्लोक पूरा हुआ॥ कथा समाप्त॥", ["श्लोक पूरा हुआ॥", "कथा समाप्त॥"]),
        ("khabar.in पर पढ़ें. धन्यवाद.", ["khabar.in पर पढ़ें.", "धन्यवाद."]),
        ("", []),
        (" \n ", []),
    ],
)
def test_sentences(text: str, sentences: list[str]) -> None:
    assert split(text) == sentences


@given(st.text(alphabet='अबक ।॥?!.|\n"”(1aA,-', max_size=60))
def test_spans_are_in_order_and_leave_out_blanks_only(text: str) -> None:
    at = 0
    for start, end in sentence_spans(text):
        assert at <= start < end
        assert not text[at:start].strip()
        assert text[start:end] == text[start:end].strip()
        at = end
    assert not text[at:].strip()
