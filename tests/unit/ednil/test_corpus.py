"""EDNIL's word-level XML, whole and damaged."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.ednil.corpus import Mark, MarkedText, read, read_folder
from workers.ednil.markup import Element, parse
from workers.evaluation.conll import EvaluationError

WHOLE = """<?xml version="1.0" encoding="UTF-8"?>
<DOCUMENT><DESC> नमूना </DESC><TITLE><W> बाढ़ </W></TITLE>
<P><CASUALTIES-ARG ID="3"><LINK EVENT_ARG="1" ID="9" TYPE_REL="EVENT_ARG"/><W> दो </W>
<W> लोग </W><MAN_MADE_EVENT ID="1" TYPE="FIRE"><W> आग </W><W>में</W></MAN_MADE_EVENT>
<W> झुलसे। </W></CASUALTIES-ARG><W>  </W></P>
<P><W> टॉम &amp; जेरी </W><PLACE-ARG ID="4"></PLACE-ARG></P></DOCUMENT>"""


def text_of(folder: Path, markup: str) -> MarkedText:
    path = folder / "one.xml"
    path.write_text(markup, "utf-8")
    return read(path)


def inside(text: MarkedText) -> list[tuple[str, str]]:
    return [(mark.label, text.text[mark.start : mark.end]) for mark in text.marks]


def test_words_are_joined_and_spans_nest(tmp_path: Path) -> None:
    text = text_of(tmp_path, WHOLE)
    assert text == MarkedText(
        id="one.xml",
        text="बाढ़\nदो लोग आग में झुलसे।\nटॉम & जेरी",
        marks=(
            Mark("MAN_MADE_EVENT", "FIRE", 12, 18, "1"),
            Mark("CASUALTIES", "", 5, 25, "3"),
        ),
        links=(("3", "1"),),
    )
    assert inside(text) == [
        ("MAN_MADE_EVENT", "आग में"),
        ("CASUALTIES", "दो लोग आग में झुलसे।"),
    ]


@pytest.mark.parametrize(
    ("markup", "text", "spans"),
    [
        # an element that never ends lasts as long as the one around it
        (
            "<D><P><PLACE-ARG><W>दूर</W><W>गाँव</W></P><P><W>में</W></P></D>",
            "दूर गाँव\nमें",
            [("PLACE", "दूर गाँव")],
        ),
        # an end without a beginning
        ("<D></TIME-ARG><W>आज</W></P></D>", "आज", []),
        # spans that cross: the outer end ends the inner too
        (
            "<D><TIME-ARG><PLACE-ARG><W>कल</W></TIME-ARG><W>यहाँ</W></PLACE-ARG></D>",
            "कल यहाँ",
            [("PLACE", "कल"), ("TIME", "कल")],
        ),
        # a word that is not closed, and a file that is cut off
        ("<D><W>एक<W>दो</W><NATURAL_EVENT TYPE='FLOODS'><W>बाढ़", "एक दो बाढ़",
         [("NATURAL_EVENT", "बाढ़")]),
        # lone markup letters, unknown entities, a doctype that wants to grow
        (
            '<!DOCTYPE d [<!ENTITY a "aa">]><D><W>5 < 6 & 7</W><W>&a;</W></D>',
            "5 < 6 & 7 &a;",
            [],
        ),
        ("<D><!-- <W>न</W> --><W><![CDATA[<हाँ>]]></W><?x y?></D>", "<हाँ>", []),
    ],
)  # fmt: skip
def test_damaged_markup_is_read_as_far_as_it_goes(
    markup: str, text: str, spans: list[tuple[str, str]], tmp_path: Path
) -> None:
    found = text_of(tmp_path, markup)
    assert found.text == text
    assert inside(found) == spans


def test_a_thousand_levels_are_no_trouble(tmp_path: Path) -> None:
    deep = "<PLACE-ARG>" * 5000 + "<W>यहाँ</W>" + "</PLACE-ARG>" * 5000
    found = text_of(tmp_path, f"<D>{deep}</D>")
    assert found.text == "यहाँ"
    assert len(found.marks) == 5000


def test_a_file_without_elements_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"one\.xml"):
        text_of(tmp_path, "not a document")


def test_files_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b.xml", "a"):
        (tmp_path / name).write_text("<D><W>हाँ</W></D>", "utf-8")
    (tmp_path / "folder").mkdir()
    assert [text.id for text in read_folder(tmp_path)] == ["a", "b.xml"]


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="holds no file"):
        read_folder(tmp_path)


NAMES = st.sampled_from(["W", "P", "PLACE-ARG", "NATURAL_EVENT"])
LEAVES = st.builds(
    lambda text, key: Element("W", {"ID": key}, text=text),
    st.text("कख &<>\"'x", min_size=1).filter(str.strip),
    st.text("1&<\"'", min_size=1),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.builds(
        lambda name, children: Element(name, {}, children),
        NAMES.filter(lambda name: name != "W"),
        st.lists(inner, max_size=3),
    ),
    max_leaves=8,
)


def as_xml(element: Element) -> ET.Element:
    node = ET.Element(element.name, element.attributes)
    node.text = element.text or None
    node.extend([as_xml(child) for child in element.children])
    return node


@given(TREES)
def test_well_formed_files_are_read_as_an_xml_parser_reads_them(tree: Element) -> None:
    assert parse(ET.tostring(as_xml(tree), encoding="unicode")).children == [tree]


@given(st.text("<>/ABW-!?[]=\"'& \n", max_size=60))
def test_any_text_is_survived(markup: str) -> None:
    parse(markup)
