import pytest

from workers.stages.text.charset import decode

HINDI = "<html><head></head><body>राज्य सरकार ने घोषणा की है।</body></html>"


def meta(charset: str, text: str = "caf\u00e9 \u201cquoted\u201d") -> str:
    return f'<html><head><meta charset="{charset}"></head><body>{text}</body></html>'


def test_valid_utf8_is_believed_before_any_label() -> None:
    decoded = decode(HINDI.encode(), "text/html; charset=iso-8859-1")
    assert decoded == (HINDI, "utf-8", None)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("bom", ["\ufeff", ""])
def test_utf16_with_and_without_a_bom(encoding: str, bom: str) -> None:
    decoded = decode((bom + HINDI).encode(encoding))
    assert decoded.text == HINDI
    assert decoded.encoding == encoding


def test_a_utf8_bom_goes() -> None:
    assert decode(("\ufeff" + HINDI).encode()).text == HINDI


def test_header_comes_before_meta() -> None:
    body = meta("utf-8").encode("cp1252")
    assert decode(body, "text/html; charset=windows-1252").encoding == "cp1252"


@pytest.mark.parametrize("label", ["iso-8859-1", "latin1", "us-ascii", "windows-1252"])
def test_latin_labels_mean_windows_1252(label: str) -> None:
    text = meta(label)
    assert decode(text.encode("cp1252")).text == text


def test_without_a_label_bytes_that_are_no_utf8_are_windows_1252() -> None:
    text = "na\u00efve \u2013 d\u00e9j\u00e0 vu " * 20
    assert decode(text.encode("cp1252")) == (text, "cp1252", None)


def test_damaged_utf8_is_read_and_noted() -> None:
    body = HINDI.encode() * 20
    damaged = body[:200] + b"\xe0\xa4" + body[200:]
    decoded = decode(damaged)
    assert decoded.encoding == "utf-8"
    assert decoded.note == "invalid-utf-8"
    assert decoded.text.count("राज्य सरकार") >= 19


def test_utf8_encoded_twice_is_decoded_twice() -> None:
    # windows-1252 leaves five bytes undefined; words without them survive
    twice = "हम लोग कल घर गए थे और फल लाए".encode().decode("cp1252", "ignore")
    assert decode(twice.encode()).text == twice  # too short to be sure, or damaged
    clean = ("\u0915\u0930" * 30).encode().decode("cp1252")
    decoded = decode(clean.encode())
    assert decoded.text == "\u0915\u0930" * 30
    assert decoded.note == "encoded-twice"


@pytest.mark.parametrize("label", ["x-unknown", "utf-16", "\u0939", ""])
def test_labels_that_cannot_be_are_passed_over(label: str) -> None:
    body = meta(label).encode("cp1252", "replace")
    assert decode(body).encoding == "cp1252"


def test_nothing_is_nothing() -> None:
    assert decode(b"") == ("", "utf-8", None)
