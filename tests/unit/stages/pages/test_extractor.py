"""One habit of publishers a test; whole layouts are in tests/quality."""

import json
import random
import time

import pytest

from workers.stages.pages.extractor import read_fragment, read_page
from workers.stages.pages.page import Access, Page, PageProblem
from workers.stages.text.normalisation import normalise

URL = "https://www.samachar.test/desh/yojana-510001.html"
TITLE = "किसानों के लिए नई सिंचाई योजना, दो लाख परिवारों को लाभ"
ONE = (
    "राज्य सरकार ने मंगलवार को किसानों के लिए नई सिंचाई योजना की घोषणा की और कहा कि इससे तीन "
    "जिलों के दो लाख परिवारों को लाभ होगा।"
)
TWO = (
    "कृषि मंत्री ने पत्रकारों से कहा कि योजना का पहला चरण अगले वर्ष मार्च तक पूरा कर लिया जाएगा "
    "और इसके लिए चार सौ करोड़ रुपये मंजूर किए गए हैं।"
)
THREE = (
    "किसान संगठनों ने योजना का स्वागत किया है, लेकिन उनका कहना है कि नहरों की मरम्मत का काम पहले "
    "पूरा होना चाहिए ताकि पानी खेतों तक पहुंचे।"
)
STORY = f"{ONE}\n{TWO}\n{THREE}"


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def html(body: str, head: str = "", title: str = TITLE) -> bytes:
    return (
        f"<!DOCTYPE html><html lang='hi'><head><meta charset='utf-8'>"
        f"<title>{title}</title>{head}</head><body>{body}</body></html>"
    ).encode()


def story(inside: str = paragraphs(ONE, TWO, THREE), head: str = "") -> bytes:
    return html(f"<h1>{TITLE}</h1><div class='story'>{inside}</div>", head)


def read(body: bytes, content_type: str = "text/html") -> Page:
    page = read_page(body, URL, content_type)
    assert isinstance(page, Page)
    return page


def linked(**fields: object) -> str:
    data = {"@context": "https://schema.org", "@type": "NewsArticle", **fields}
    return f"<script type='application/ld+json'>{json.dumps(data)}</script>"


# --- what is no article ----------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"%PDF-1.7 ...", "text/html"),
        (b"\x89PNG\r\n\x1a\n....", ""),
        (b'{"a": 1}', "application/json"),
        (b"<p>x</p>", "application/pdf"),
        (b"just words", ""),
        (b"<?xml version='1.0'?><rss><channel/></rss>", "text/xml"),
    ],
)
def test_not_html(body: bytes, content_type: str) -> None:
    assert read_page(body, URL, content_type) is PageProblem.NOT_HTML


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   \n",
        html(""),
        html(f"<h1>{TITLE}</h1>"),
        html("<ul>" + "".join(f"<li><a href='/{n}'>{ONE}</a></li>" for n in range(9)))
        + b"</ul>",
        html("<p>कृपया प्रतीक्षा करें</p>"),
    ],
)
def test_pages_without_a_story(body: bytes) -> None:
    assert read_page(body, URL, "text/html") is PageProblem.EMPTY


# --- the story -------------------------------------------------------------------


def test_paragraphs_are_lines() -> None:
    assert read(story()).text == STORY


@pytest.mark.parametrize(
    "insert",
    [
        "<p>यह भी पढ़ें: <a href='/x'>सर्दी में त्वचा की देखभाल के उपाय</a></p>",
        "<p><strong>ये भी पढ़ें- सर्दी में त्वचा की देखभाल के उपाय</strong></p>",
        "<p>Also Read | <a href='/x'>सर्दी में त्वचा की देखभाल</a></p>",
        "<p><a href='/x'>सर्दी में त्वचा की देखभाल के पांच उपाय जानिए विशेषज्ञ से</a></p>",
        "<div class='related-box'><h4>संबंधित खबरें</h4><p>" + TWO + "</p></div>",
        "<p>विज्ञापन</p>",
        "<div class='ad-slot'><span>ADVERTISEMENT</span></div>",
        "<p>हमारे WhatsApp चैनल से जुड़ने के लिए क्लिक करें</p>",
        "<p>देश-दुनिया की ताज़ा खबरें पढ़ने के लिए ऐप डाउनलोड करें</p>",
        "<p>गूगल न्यूज़ पर हमें फॉलो करें</p>",
        "<figure><img src='a.jpg'><figcaption>घोषणा करते मंत्री।</figcaption></figure>",
        "<div style='display:none'><p>छिपा हुआ संदेश, जो पाठक कभी नहीं देखता है।</p></div>",
        "<blockquote class='twitter-tweet'><p>" + TWO[:80] + "।</p></blockquote>",
        "<script>document.write('नमस्ते, यह लिखा हुआ पाठ है।')</script>",
        "<p>&nbsp;</p><p>.</p>",
    ],
)
def test_inserts_are_left_out(insert: str) -> None:
    inside = paragraphs(ONE) + insert + paragraphs(TWO, THREE)
    assert read(story(inside)).text == STORY


@pytest.mark.parametrize(
    "sentence",
    [
        "यह भी देखा गया है कि सर्दियों में मांग बढ़ जाती है।",
        "इसे भी पढ़ें तो समझ में आता है कि नियम पुराने हैं।",
        "पुलिस ने व्हाट्सएप चैट की जांच की और तीन लोगों को पकड़ा।",
        "यात्री अब उमंग ऐप डाउनलोड करके टिकट ले सकते हैं।",
        "मंत्री ने कहा कि खबर फैलाने वालों पर कार्रवाई होगी।",
        "भारत और चीन के बीच वार्ता सोमवार को फिर होगी।",
        "फोटो खिंचवाने को लेकर दोनों पक्षों में विवाद हो गया।",
        "वार्ता विफल रही और दोनों पक्ष बिना समझौते के लौट गए।",
    ],
)
def test_sentences_that_are_like_boilerplate_stay(sentence: str) -> None:
    inside = paragraphs(ONE, sentence, TWO)
    assert read(story(inside)).text == f"{ONE}\n{sentence}\n{TWO}"


def test_teasers_of_other_stories_go_with_their_label() -> None:
    teaser = (
        "<p><strong>ये खबरें भी पढ़ें...</strong></p>"
        "<p><b>नदी में डूबी नाव, आठ लोगों को बचाया</b></p>"
        f"<p>{THREE}</p><p><a href='/x'>पढ़ें पूरी खबर...</a></p>"
        "<p><b>स्कूल की छत गिरी, बच्चे सुरक्षित</b></p>"
        "<p>जिले के एक स्कूल की छत सोमवार सुबह गिर गई, लेकिन उस समय कक्षा में कोई नहीं था।</p>"
        "<p><a href='/y'>पूरी खबर पढ़ें</a></p>"
    )
    assert read(story(paragraphs(ONE, TWO) + teaser)).text == f"{ONE}\n{TWO}"
    inside = paragraphs(ONE) + teaser + paragraphs(TWO)
    assert read(story(inside)).text == f"{ONE}\n{TWO}"


def test_the_element_with_the_headline_stays_whatever_it_is_called() -> None:
    others = "".join(
        f"<div class='x'><h2>और</h2><p>{TWO} {THREE}</p></div>" for _ in "123456"
    )
    body = f"<div class='story-card'><h1>{TITLE}</h1>{paragraphs(ONE)}</div>{others}"
    assert ONE in read(html(body)).text


def test_a_last_paragraph_without_a_full_stop_stays() -> None:
    last = THREE.rstrip("।")
    assert read(story(paragraphs(ONE, TWO, last))).text == f"{ONE}\n{TWO}\n{last}"


def test_a_label_behind_a_sentence_is_cut_off() -> None:
    inside = paragraphs(ONE + " यह भी पढ़ें: सर्दी में त्वचा के उपाय", TWO, THREE)
    assert read(story(inside)).text == STORY


def test_headings_within_stay_and_those_at_the_end_go() -> None:
    inside = paragraphs(ONE) + "<h2>पहला चरण</h2>" + paragraphs(TWO) + "<h3>टैग</h3>"
    assert read(story(inside)).text == f"{ONE}\nपहला चरण\n{TWO}"


def test_line_breaks_divide_paragraphs() -> None:
    assert read(story(f"{ONE}<br><br>{TWO}<br>{THREE}")).text == STORY


def test_words_are_not_torn_by_inline_elements() -> None:
    inside = f"<p><span class='dropcap'>{ONE[0]}</span>{ONE[1:]}</p>" + paragraphs(TWO)
    assert read(story(inside)).text == f"{ONE}\n{TWO}"


def test_rows_of_a_table_are_lines() -> None:
    rows = (("जिला", "परिवार"), ("सतना", "45,000"))
    cells = "".join(f"<tr><td>{a}</td><td>{b}</td></tr>" for a, b in rows)
    table = f"<table>{cells}</table>"
    text = read(story(paragraphs(ONE) + table + paragraphs(TWO))).text
    assert text == f"{ONE}\nजिला परिवार\nसतना 45,000\n{TWO}"


def test_comments_are_not_the_story_however_long() -> None:
    comments = "".join(
        f"<div class='comment'><p>{THREE} {TWO}</p></div>" for _ in range(6)
    )
    page = html(
        f"<h1>{TITLE}</h1><div class='story'>{paragraphs(ONE, TWO, THREE)}</div>"
        f"<section id='comments'>{comments}</section>"
    )
    assert read(page).text == STORY


def test_text_is_normalised() -> None:
    inside = paragraphs(ONE.replace("ड़", "\u095c").replace("।", "|"), "\ufeff" + TWO)
    assert read(story(inside)).text == f"{ONE}\n{TWO}"


def test_a_strap_is_not_a_paragraph() -> None:
    strap = "दो लाख परिवारों को लाभ, चार सौ करोड़ रुपये मंजूर किए गए"
    head = f"<meta name='description' content='{strap}'>"
    assert (
        read(story(f"<p>{strap}</p>" + paragraphs(ONE, TWO, THREE), head)).text == STORY
    )


def test_a_first_paragraph_that_is_the_description_stays() -> None:
    head = f"<meta name='description' content='{ONE}'>"
    assert read(story(head=head)).text == STORY


def test_captions_are_the_story_of_a_gallery() -> None:
    slides = "".join(
        f"<figure><img src='{n}.jpg' alt='x'><figcaption>{text}</figcaption></figure>"
        for n, text in enumerate((ONE, TWO, THREE))
    )
    assert read(story(slides)).text == STORY


def test_entries_of_a_live_blog_keep_their_times() -> None:
    entries = "".join(
        f"<div><span class='at'>{at}</span><h3>{head}</h3><p>{text}</p></div>"
        for at, head, text in (
            ("11:40 AM", "योजना की घोषणा", ONE),
            ("10:15 AM", "मंत्री बोले", TWO),
            ("09:05 AM", "किसानों की मांग", THREE),
        )
    )
    lead = "<p>सिंचाई योजना से जुड़े दिन भर के समाचार यहां एक साथ पढ़ें, हर घड़ी ताजा।</p>"
    text = read(story(lead + entries)).text
    lines = text.split("\n")
    assert lines[lines.index(TWO) - 2 : lines.index(TWO)] == ["10:15 AM", "मंत्री बोले"]
    assert lines[-1] == THREE


def test_subheadings_that_are_first_level_do_not_end_the_story() -> None:
    inside = paragraphs(ONE) + "<h1>पहला चरण अगले वर्ष पूरा होगा</h1>" + paragraphs(TWO)
    page = html(f"<h1>{TITLE}</h1><div class='story'>{inside}</div>")
    assert read(page).text == f"{ONE}\nपहला चरण अगले वर्ष पूरा होगा\n{TWO}"


def test_sentences_of_elements_side_by_side_are_kept_apart() -> None:
    inside = f"<div><span>{ONE}</span><span>{TWO}</span></div>"
    assert read(story(inside)).text == f"{ONE} {TWO}"


def test_body_of_json_ld_where_the_page_has_none() -> None:
    head = linked(headline=TITLE, articleBody=STORY)
    page = read(html("<div id='root'></div>", head))
    assert page.text == STORY
    assert page.sources["text"] == "json-ld"


def test_body_of_json_ld_where_the_page_has_only_a_part() -> None:
    body = f"{STORY}\n{TWO.replace('चार सौ', 'पांच सौ')}\n{ONE.replace('तीन', 'पांच')}"
    head = linked(headline=TITLE, articleBody=body)
    assert read(story(paragraphs(ONE, TWO), head)).text == body
    other = " ".join([THREE, THREE.replace("किसान", "मजदूर")] * 3)
    head = linked(headline=TITLE, articleBody=other)
    assert read(story(head=head)).text == STORY


def test_fragment_of_a_feed() -> None:
    fragment = (
        paragraphs(ONE) + "<p>यह भी पढ़ें: <a href='/x'>और</a></p>" + paragraphs(TWO)
    )
    page = read_fragment(fragment, TITLE)
    assert isinstance(page, Page)
    assert page.text == f"{ONE}\n{TWO}"
    assert read_fragment("", TITLE) is PageProblem.EMPTY


# --- agency and place --------------------------------------------------------------


@pytest.mark.parametrize(
    ("last", "agency"),
    [
        ("<p>(भाषा)</p>", "भाषा"),
        ("<p>भाषा सुरभि माधव</p>", "भाषा"),
        ("<p>(इनपुट- एएनआई)</p>", "एएनआई"),
        ("<p>इनपुट: PTI</p>", "PTI"),
        ("<p>एए/सीके (रॉयटर्स, एएफपी)</p>", "रॉयटर्स, एएफपी"),
    ],
)
def test_credit_of_an_agency_is_kept_apart(last: str, agency: str) -> None:
    page = read(story(paragraphs(ONE, TWO, THREE) + last))
    assert page.text == STORY
    assert page.agency == agency


def test_credit_at_the_end_of_the_last_paragraph() -> None:
    page = read(story(paragraphs(ONE, TWO, f"{THREE} (वार्ता)")))
    assert page.text == STORY
    assert page.agency == "वार्ता"


@pytest.mark.parametrize(
    ("opening", "place", "agency"),
    [
        ("नई दिल्ली: ", "नई दिल्ली", None),
        ("जयपुर, 24 नवंबर (भाषा) ", "जयपुर", "भाषा"),
        ("भोपाल, 24 नवंबर (एएनआई)। ", "भोपाल", "एएनआई"),
        ("पटना। ", "पटना", None),
        ("लखनऊ – ", "लखनऊ", None),
        ("", None, None),
    ],
)
def test_dateline(opening: str, place: str | None, agency: str | None) -> None:
    page = read(story(paragraphs(opening + ONE, TWO)))
    assert page.dateline == place
    assert page.agency == agency
    assert page.text.startswith(opening + ONE)


# --- title -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "suffix",
    [
        " | नगर समाचार",
        " - Nagar Samachar",
        " – देश News in Hindi",
        " :: नगर समाचार",
        " | Hindi News",
    ],
)
def test_site_names_are_taken_off_titles(suffix: str) -> None:
    head = "<meta property='og:site_name' content='नगर समाचार'>"
    page = read(html(f"<div>{paragraphs(ONE, TWO, THREE)}</div>", head, TITLE + suffix))
    assert page.title == TITLE


def test_a_truncated_title_gives_way_to_a_whole_one() -> None:
    head = linked(headline=TITLE[:30] + "...")
    page = read(html(f"<div>{paragraphs(ONE, TWO)}</div>", head, f"{TITLE} | समाचार"))
    assert page.title == TITLE


def test_a_title_that_differs_in_spacing_alone_is_taken_from_the_better_source() -> (
    None
):
    kicker, rest = "सिंचाई योजना:", "दो लाख परिवारों को मिलेगा सीधा लाभ"
    body = f"<h1><span>{kicker}</span>{rest}</h1>{paragraphs(ONE, TWO)}"
    assert read(html(body, title=f"{kicker} {rest}")).title == f"{kicker} {rest}"


def test_the_logo_is_no_headline() -> None:
    body = f"<h1>नगर समाचार हिंदी</h1><h2 itemprop='headline'>{TITLE}</h2>"
    head = linked(headline=TITLE)
    assert read(html(body + paragraphs(ONE, TWO), head)).title == TITLE


def test_escaped_titles_are_unescaped() -> None:
    head = linked(headline="मंत्री बोले &amp;quot;पानी&amp;quot; सबको मिलेगा हर हाल में")
    page = read(html(paragraphs(ONE, TWO), head, "x"))
    assert page.title == 'मंत्री बोले "पानी" सबको मिलेगा हर हाल में'


# --- the other fields --------------------------------------------------------------


def test_json_ld_is_believed_before_other_sources() -> None:
    head = linked(
        headline=TITLE,
        datePublished="2026-11-24T10:00:00+05:30",
        author=[{"@type": "Person", "name": "नेहा जोशी"}],
        articleSection="राज्य",
    )
    head += (
        "<meta property='article:published_time' content='2026-11-20T00:00:00Z'>"
        "<meta name='author' content='कोई और'>"
        "<meta property='article:section' content='देश'>"
    )
    page = read(story(head=head))
    assert page.published == "2026-11-24T10:00:00+05:30"
    assert page.authors == ("नेहा जोशी",)
    assert page.sections == ("राज्य",)
    assert page.sources["published_at"] == "json-ld"


def test_of_several_items_the_one_of_this_address_counts() -> None:
    head = linked(headline="पिछली खबर का शीर्षक यहां है", url="https://x.test/other")
    head += linked(headline=TITLE, url=URL, datePublished="2026-11-24T10:00:00Z")
    assert read(story(head=head)).published == "2026-11-24T10:00:00Z"


@pytest.mark.parametrize(
    "script",
    [
        "{broken",
        '[[[{"@type": "NewsArticle"}]]]',
        '{"@type": "NewsArticle", "headline": 5, "author": {"name": null}}',
        '{"@type": ["NewsArticle"], "image": [], "datePublished": []}',
        "[" * 5_000,
        "",
    ],
)
def test_bad_json_ld_does_no_harm(script: str) -> None:
    head = f"<script type='application/ld+json'>{script}</script>"
    assert read(story(head=head)).text == STORY


@pytest.mark.parametrize(
    ("byline", "published", "modified"),
    [
        ("नेहा जोशी | 24 नवंबर 2026, 08:40 AM IST", "24 नवंबर 2026, 08:40 AM IST", None),
        (
            "Published: 24 Nov 2026 08:40 AM | Updated: 24 Nov 2026 09:10 AM",
            "24 Nov 2026 08:40 AM",
            "24 Nov 2026 09:10 AM",
        ),
        ("अपडेटेड: सोमवार, 23 नवंबर 2026", None, "सोमवार, 23 नवंबर 2026"),
        ("", None, None),
    ],
)
def test_visible_dates(
    byline: str, published: str | None, modified: str | None
) -> None:
    body = f"<h1>{TITLE}</h1><div>{byline}</div><div>{paragraphs(ONE, TWO)}</div>"
    page = read(html(body))
    assert page.published == published
    assert page.modified == modified
    assert page.text == f"{ONE}\n{TWO}"


def test_a_date_in_the_story_is_not_its_date() -> None:
    told = f"{ONE[:-1]} और यह 26 जनवरी 2026 से लागू होगी, ऐसा विभाग के एक अधिकारी ने बताया।"
    assert (
        read(html(f"<h1>{TITLE}</h1><div>{paragraphs(told, TWO)}</div>")).published
        is None
    )


@pytest.mark.parametrize(
    ("byline", "authors"),
    [
        ("<span class='author'>By नेहा जोशी</span>", ("नेहा जोशी",)),
        ("<a rel='author' href='/a'>नेहा जोशी</a>", ("नेहा जोशी",)),
        ("<p class='byline'>द्वारा नेहा जोशी, इमरान खान</p>", ("नेहा जोशी", "इमरान खान")),
        ("<p>नेहा जोशी | 24 नवंबर 2026</p>", ("नेहा जोशी",)),
        ("<p>24 नवंबर 2026</p>", ()),
    ],
)
def test_visible_authors(byline: str, authors: tuple[str, ...]) -> None:
    body = f"<h1>{TITLE}</h1>{byline}<div>{paragraphs(ONE, TWO)}</div>"
    assert read(html(body)).authors == authors


def test_the_site_is_no_author_beside_a_person() -> None:
    head = "<meta property='og:site_name' content='नगर समाचार'>"
    head += linked(
        headline=TITLE, author=[{"name": "नगर समाचार"}, {"name": "नेहा जोशी"}]
    )
    assert read(story(head=head)).authors == ("नेहा जोशी",)


def test_image_with_caption_and_absolute_addresses() -> None:
    head = (
        "<meta property='og:image' content='/media/a.jpg'>"
        "<link rel='canonical' href='/desh/yojana-510001.html'>"
    )
    inside = (
        "<figure><img src='/media/a.jpg'><figcaption>नहर का काम</figcaption></figure>"
        + paragraphs(ONE, TWO)
    )
    page = read(story(inside, head))
    assert page.lead_image == "https://www.samachar.test/media/a.jpg"
    assert page.lead_image_caption == "नहर का काम"
    assert page.canonical_url == URL


# --- access ------------------------------------------------------------------------


def test_a_teaser_behind_a_paywall_is_told() -> None:
    head = linked(headline=TITLE, isAccessibleForFree="False", articleBody=STORY)
    inside = paragraphs(ONE + " योजना के लिए...") + "<div class='paywall'>.</div>"
    page = read(story(inside, head))
    assert page.access is Access.PAYWALL
    assert THREE not in page.text


@pytest.mark.parametrize(
    "wall",
    [
        "पूरा लेख पढ़ने के लिए सब्सक्राइब करें",
        "यह प्रीमियम लेख है, सदस्य बनकर पढ़ें।",
        "Already a subscriber? Log in to continue reading",
    ],
)
def test_a_teaser_that_asks_for_a_subscription_is_told(wall: str) -> None:
    page = read(story(paragraphs(ONE) + f"<div><p>{wall}</p></div>"))
    assert page.access is Access.PAYWALL
    assert page.text == ONE
    whole = paragraphs(*(f"{number}. {TWO} {THREE}" for number in range(5)))
    assert read(story(whole + f"<div><p>{wall}</p></div>")).access is Access.OPEN


def test_a_whole_text_that_is_said_to_cost_is_open() -> None:
    head = linked(headline=TITLE, isAccessibleForFree=False)
    assert read(story(head=head)).access is Access.OPEN


# --- what must not hurt -------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body>" + b"<div>" * 50_000 + b"x",
        b"<html><body><p " + b"a=1 " * 20_000 + b">x</p>",
        b"<html><body><p class='" + b"ad-" * 100_000 + b"'>x</p></body></html>",
        b"<html><body>" + b"<p>x" * 20_000,
        b"<!DOCTYPE html [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]><html><p>&b;",
        b"<html>" + bytes(range(256)) * 50,
        b"<p>\x00\x01\xff\xfe" * 100,
    ],
)
def test_hostile_markup(body: bytes) -> None:
    read_page(body, URL, "text/html")


FRAGMENTS = (
    b"<div class='ad'>",
    b"</div>",
    b"<p>",
    b"<br>",
    b"<table><tr><td>",
    b"</td></tr></table>",
    b"<script type='application/ld+json'>{",
    b"</script>",
    b"<h1>",
    b"<a href='x'>",
    b"</a>",
    b"<form>",
    b"<!--",
    b"\x00\xe0\xa4",
    b" - " * 50,
    b"   " * 500,
    b"share " * 40,
    "यह भी पढ़ें: ".encode(),
    "(भाषा) ".encode() * 20,
    "है|".encode() * 60,
    "24 नवंबर 2026, 10:00 AM ".encode() * 20,
)


def test_damaged_pages_are_read_in_time_and_cleanly() -> None:
    draw = random.Random(20_261_124)
    whole = story(paragraphs(ONE, TWO, THREE), linked(headline=TITLE))
    for _ in range(300):
        damaged = bytearray(whole)
        for _ in range(draw.randint(1, 20)):
            at = draw.randrange(len(damaged) + 1)
            if draw.random() < 0.7:
                damaged[at:at] = draw.choice(FRAGMENTS)
            else:
                del damaged[at : at + draw.randint(1, 100)]
        began = time.process_time()
        page = read_page(bytes(damaged), URL, "text/html")
        assert time.process_time() - began < 5.0
        if isinstance(page, Page):
            assert normalise(page.text).text == page.text
            assert len(page.text) >= 80


# --- kinds of pages with little to go by ---------------------------------------------


def test_numbered_items_under_linked_headings_are_the_story() -> None:
    items = "".join(
        f"<li><h3><a href='/yojana/{at}'>योजना संख्या {at} का पूरा ब्योरा</a></h3>"
        f"<p>{text}</p></li>"
        for at, text in enumerate((ONE, TWO, THREE))
    )
    intro = "केंद्र सरकार की तीन योजनाएं इस महीने शुरू हो रही हैं, जिनका ब्योरा नीचे दिया गया है।"
    html = f"<html><body><h1>तीन योजनाएं</h1><article><p>{intro}</p><ol>{items}</ol>"
    text = read(f"{html}</article></body></html>".encode()).text
    assert [line for line in text.split("\n") if line in {ONE, TWO, THREE}] == [
        ONE,
        TWO,
        THREE,
    ]


def test_comments_are_left_out_whatever_their_classes_are_called() -> None:
    said = "".join(
        f"<div><b>{name}</b> <span>{hours} घंटे पहले</span><p>यह बहुत अच्छी योजना है, हमारे "
        "गांव को इसका लाभ मिलेगा।</p><a href='#'>जवाब दें</a></div>"
        for name, hours in (("रमेश", 2), ("सुरेश", 3))
    )
    html = f"<h1>योजना</h1><div class='x1'><p>{ONE}</p><p>{TWO}</p><p>{THREE}</p></div>"
    page = read(
        f"<html><body>{html}<div class='x9'><h4>पाठकों की राय (2)</h4>{said}</div>"
        "</body></html>".encode()
    )
    assert page.text == STORY


def test_a_story_of_one_paragraph_stands_above_teasers() -> None:
    teasers = "".join(
        f"<div class='c'><a href='/k{at}'><img src='i.jpg'><h3>{title}</h3></a>"
        f"<p>{text}</p></div>"
        for at, (title, text) in enumerate(
            (
                ("बिहार में पुल गिरा, जांच के आदेश", "निर्माणाधीन पुल का हिस्सा गिर गया।"),
                ("दिल्ली में ठंड बढ़ी, पारा लुढ़का", "तापमान सामान्य से तीन डिग्री नीचे है।"),
                ("सोने के दाम में फिर उछाल", "कीमत लगातार तीसरे दिन बढ़ी है।"),
            )
        )
    )
    html = (
        f"<h1>योजना</h1><div class='s'><p>{ONE}</p></div><section>{teasers}</section>"
    )
    assert read(f"<html><body>{html}</body></html>".encode()).text == ONE
