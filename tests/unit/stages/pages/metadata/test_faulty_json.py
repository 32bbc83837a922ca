"""JSON-LD as templates write it."""

import time

import pytest

from workers.stages.pages.metadata.faulty_json import REPAIRED, UNREADABLE, load_json

ITEM = '{"@type": "NewsArticle", "headline": "नदी पर पुल"}'
VALUE = {"@type": "NewsArticle", "headline": "नदी पर पुल"}


@pytest.mark.parametrize(
    "source",
    [
        f"<!-- {ITEM} -->",
        f"<!--\n{ITEM}\n//-->",
        f"<![CDATA[{ITEM}]]>",
        f"//<![CDATA[\n{ITEM}\n//]]>",
        f"// <![CDATA[\n{ITEM}\n// ]]>",
        f"/* <![CDATA[ */ {ITEM} /* ]]> */",
        f"/*<![CDATA[*/{ITEM}/*]]>*/;",
        '{"@type": "NewsArticle", "headline": "नदी पर पुल",}',
        f"{ITEM};",
    ],
)
def test_wrapped_and_untidy_json_is_read_and_noted(source: str) -> None:
    assert load_json(source) == ([VALUE], REPAIRED)


def test_good_json_is_read_without_a_note() -> None:
    assert load_json(f" {ITEM}\n") == ([VALUE], "")
    assert load_json("") == ([], "")


@pytest.mark.parametrize("between", ["\n", "", ",", " ;\n"])
def test_several_values_in_one_script_are_all_read(between: str) -> None:
    values, note = load_json(f'{{"@type": "WebSite"}}{between}{ITEM}')
    assert values == [{"@type": "WebSite"}, VALUE]
    assert note == REPAIRED


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ('मंत्री बोले "हम लड़ेंगे" और चले गए', 'मंत्री बोले "हम लड़ेंगे" और चले गए'),
        ('"तूफान" से तबाही', '"तूफान" से तबाही'),
    ],
)
def test_bare_quotes_within_a_string_belong_to_it(written: str, read: str) -> None:
    source = f'{{"headline": "{written}", "name": "x", "list": ["a", "b"]}}'
    values, note = load_json(source)
    assert values == [{"headline": read, "name": "x", "list": ["a", "b"]}]
    assert note == REPAIRED


@pytest.mark.parametrize("source", ["{", "नमस्ते", "{]", "[" * 100_000])
def test_what_cannot_be_read_is_noted(source: str) -> None:
    assert load_json(source) == ([], UNREADABLE)


@pytest.mark.parametrize(
    "piece", ['"', ",", ";", '"a" ', "//", "<!--", ", ", '{"a":"b" ']
)
def test_time_grows_with_the_length_only(piece: str) -> None:
    def seconds(count: int) -> float:
        source = "{" + piece * count
        begun = time.process_time()
        load_json(source)
        return time.process_time() - begun

    seconds(1_000)
    short, long = seconds(20_000), seconds(80_000)
    assert long < 16 * short + 0.2
