"""Pages as publishers really write them, with what other extractors lost of them."""

# Markup reads worse when it is broken into short lines.
# ruff: noqa: E501

import pytest

from workers.stages.pages.extractor import read_fragment, read_page
from workers.stages.pages.page import Access, Page

URL = "https://darpan.test/desh/khabar-510300.html"
TITLE = "राप्ती पर बनेगा नया बांध, दो जिलों को मिलेगा पानी"
FIRST = "बस्ती। राप्ती नदी पर नया बांध बनाने की मंजूरी मंगलवार को दे दी गई और काम अगले महीने से शुरू होगा।"
SECOND = "सिंचाई विभाग के अनुसार बांध पर चार सौ करोड़ रुपये खर्च होंगे और तीन साल में काम पूरा कर लिया जाएगा।"
THIRD = "किसान संगठनों ने फैसले का स्वागत किया है, हालांकि विस्थापित होने वाले गांवों ने मुआवजे की मांग रखी है।"


def page(body: str, head: str = "") -> Page:
    html = f"<!DOCTYPE html><html lang=hi><head><meta charset=utf-8><title>{TITLE}</title>{head}</head><body>{body}</body></html>"
    found = read_page(html.encode(), URL, "text/html")
    assert isinstance(found, Page)
    return found


def linked(**more: str) -> str:
    extra = "".join(f', "{name}": {value}' for name, value in more.items())
    return f'<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "{TITLE}"{extra}}}</script>'


def story(*inserts: str) -> str:
    parts = [f"<p>{FIRST}</p>", f"<p>{SECOND}</p>", *inserts, f"<p>{THIRD}</p>"]
    return f"<article><h1>{TITLE}</h1><div>{''.join(parts)}</div></article>"


@pytest.mark.parametrize("levels", [200, 260, 900, 3_000, 30_000])
@pytest.mark.parametrize("tag", ["div", "font", "span", "center"])
def test_story_below_any_number_of_levels_is_whole(levels: int, tag: str) -> None:
    closed = page(f"<{tag}>" * levels + story() + f"</{tag}>" * levels)
    assert closed.text.split("\n") == [FIRST, SECOND, THIRD]
    never_closed = page(f"<{tag}>" * levels + story())
    assert never_closed.text.split("\n") == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize(
    "part",
    [
        '{"@type": "WebPageElement", "isAccessibleForFree": "False", "cssSelector": ".rest"}',
        '[{"isAccessibleForFree": false, "cssSelector": "#rest"}]',
    ],
)
def test_cut_teaser_with_a_locked_part_is_behind_a_paywall(part: str) -> None:
    cut = f"<article><h1>{TITLE}</h1><p>{FIRST}</p><p>{SECOND[:40]}</p></article>"
    assert page(cut, linked(hasPart=part)).access is Access.PAYWALL
    empty = f'<article><h1>{TITLE}</h1><p>{FIRST}</p><div class="rest" id="rest"></div></article>'
    assert page(empty, linked(hasPart=part)).access is Access.PAYWALL


def test_whole_story_that_is_stated_not_to_be_free_is_open_and_noted() -> None:
    found = page(story(), linked(isAccessibleForFree="false"))
    assert found.access is Access.OPEN
    assert "stated-not-free" in found.notes
    part = '{"isAccessibleForFree": false, "cssSelector": ".rest"}'
    shown = page(
        story(f'<div class="rest"><p>{SECOND}</p></div>'), linked(hasPart=part)
    )
    assert shown.access is Access.OPEN


@pytest.mark.parametrize(
    "sentence",
    [
        "पुराने बांध की नींव 2 अक्टूबर 2026 को रखी गई थी।",
        "इस पर 15 अगस्त 2026 तक काम चला।",
        "पहली बैठक 03/11/2026 को हुई थी।",
    ],
)
def test_date_in_the_story_is_not_its_own(sentence: str) -> None:
    body = f"<article><h1>{TITLE}</h1><p>{FIRST}</p><p>{sentence}</p><p>{SECOND}</p></article>"
    assert page(body).published is None
    assert page(body.replace(f"<p>{FIRST}</p>", "")).published is None


def test_stamp_above_the_story_is_its_date() -> None:
    body = f"<article><h1>{TITLE}</h1><div>24 नवंबर 2026, 08:40 AM IST</div><p>{FIRST}</p><p>{SECOND}</p></article>"
    assert page(body).published == "24 नवंबर 2026, 08:40 AM IST"


@pytest.mark.parametrize(
    "author",
    [
        "admin",
        "Admin2",
        "webmaster",
        "https://darpan.test/author/anu",
        "www.darpan.test/anu",
        "/author/anu",
        "wp_user",
        "undefined",
        "desk@darpan.test",
    ],
)
def test_account_or_address_is_no_author(author: str) -> None:
    head = linked(author=f'{{"@type": "Person", "name": "{author}"}}')
    assert page(story(), head).authors == ()
    assert page(story(), f'<meta name="author" content="{author}">').authors == ()


@pytest.mark.parametrize(
    "figure",
    [
        "<figure class=wp-block-table><table><tr><th>जिला</th><th>रकबा</th></tr><tr><td>बस्ती</td><td>90 हेक्टेयर</td></tr></table></figure>",
        "<figure><div><table><tr><td>बस्ती</td><td>90 हेक्टेयर</td></tr></table></div><figcaption>स्रोत: विभाग</figcaption></figure>",
    ],
)
def test_table_in_a_figure_belongs_to_the_story(figure: str) -> None:
    assert "बस्ती 90 हेक्टेयर" in page(story(figure)).text.split("\n")


def test_pull_quote_in_a_figure_belongs_to_the_story() -> None:
    quote = "हम बीस साल से इस पानी की राह देख रहे थे और अब जाकर सुनवाई हुई है।"
    figure = f'<figure class="wp-block-pullquote"><blockquote><p>{quote}</p></blockquote></figure>'
    assert quote in page(story(figure)).text


@pytest.mark.parametrize("name", ["", "lede", "first-para"])
def test_first_paragraph_beside_the_headline_is_kept(name: str) -> None:
    body = f'<article><header><h1>{TITLE}</h1><p class="{name}">{FIRST}</p></header><p>{SECOND}</p><p>{THIRD}</p></article>'
    found = page(body)
    assert found.text.split("\n") == [FIRST, SECOND, THIRD]
    assert found.dateline == "बस्ती"


def test_strap_beside_the_headline_is_left_out() -> None:
    strap = "चार सौ करोड़ की योजना को मंजूरी मिलने के बाद दोनों जिलों में खुशी की लहर है और लोग जश्न मना रहे हैं।"
    body = f'<article><header><h1>{TITLE}</h1><p class="sub-head">{strap}</p></header><p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p></article>'
    assert page(body).text.split("\n") == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize("label", ["सवाल", "जवाब", "नोट", "प्रश्न"])
def test_label_is_no_dateline(label: str) -> None:
    body = (
        f"<article><h1>{TITLE}</h1><p>{label}: {FIRST[8:]}</p><p>{SECOND}</p></article>"
    )
    assert page(body).dateline is None


def test_every_entry_of_a_live_blog_keeps_its_time_and_heading() -> None:
    entries = [
        ("09:15 AM", "बांध पर चर्चा", FIRST),
        ("10:20 AM", "खर्च का ब्योरा", SECOND),
        ("11:05 AM", "किसानों की राय", THIRD),
        ("11:40 AM", "बैठक खत्म", FIRST.replace("मंगलवार", "बुधवार")),
    ]
    body = "".join(
        f'<div class="up"><span class="t">{at}</span><h2>{head}</h2><p>{text}</p></div>'
        for at, head, text in entries
    )
    text = page(f"<article><h1>{TITLE}</h1><div>{body}</div></article>").text
    assert text.split("\n")[:6] == [*entries[0], *entries[1]]


def test_relative_addresses_follow_the_base_of_the_page() -> None:
    head = '<base href="https://cdn.darpan.test/a/"><meta property="og:image" content="pic.jpg"><link rel="canonical" href="k.html">'
    found = page(story(), head)
    assert found.lead_image == "https://cdn.darpan.test/a/pic.jpg"
    assert found.canonical_url == "https://cdn.darpan.test/a/k.html"


def test_text_that_a_feed_escapes_twice_is_read_without_tags() -> None:
    once = f"<p>{FIRST}</p><p>{SECOND}</p>".replace("<", "&lt;").replace(">", "&gt;")
    found = read_fragment(once, TITLE)
    assert isinstance(found, Page)
    assert found.text.split("\n") == [FIRST, SECOND]
