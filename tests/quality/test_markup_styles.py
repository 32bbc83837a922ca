"""Extraction from markup unlike the layouts: other systems, other habits, other times.

Each style writes the same stories in its own way; none has a layout's class names.
"""

# Markup reads worse when it is broken into short lines.
# ruff: noqa: E501

import datetime as dt
import json
from collections.abc import Callable
from html import escape
from typing import Any

import pytest

from tests.support.quality.layouts import OTHER_HEADLINES
from tests.support.quality.stories import STORIES, token_f1
from workers.domain.outcomes import Outcome
from workers.stages.articles.extraction import extract_page

NOW = dt.datetime(2026, 11, 24, 8, 0, tzinfo=dt.UTC)
STORIES_EACH = 4
WORST_F1 = 0.95
MEAN_F1 = 0.99

HEADS = OTHER_HEADLINES
SECTIONS = ("देश", "विदेश", "खेल", "मनोरंजन", "व्यापार", "धर्म", "राज्य")
MENU = "".join(f"<a href='/{at}'>{name}</a> " for at, name in enumerate(SECTIONS))
LINKS = "".join(f"<a href='/x/{at}'>{head}</a>" for at, head in enumerate(HEADS))
CARDS = "".join(
    f"<div><img src='{at}.jpg' alt=''><a href='/x/{at}'>{head}</a></div>"
    for at, head in enumerate(HEADS)
)

QUESTION = "सवाल: इस पर आपका क्या कहना है?"
SIGNS = ("मेष", "वृषभ", "मिथुन", "कर्क", "सिंह", "कन्या", "तुला", "वृश्चिक", "धनु", "मकर")


def page(story: Any, body: str, head: str = "") -> bytes:
    title = escape(story.title)
    return (
        f"<!DOCTYPE html><html lang='hi'><head><meta charset='utf-8'><title>{title}"
        f"</title>{head}</head><body>{body}</body></html>"
    ).encode()


def text_of(story: Any) -> list[str]:
    return [escape(each) for each in story.paragraphs]


def divs_and_breaks(story: Any) -> bytes:
    text = "<br>\n<br>\n".join(text_of(story))
    return page(
        story,
        f"<div><div><div>{MENU}</div></div><div><div><div><div>{escape(story.title)}"
        f"</div></div><div><div><div>{text}</div></div></div></div></div>"
        f"<div>{LINKS}</div></div>",
    )


def section_each(story: Any) -> bytes:
    text = "".join(
        f"<section><div><p>{each}</p></div></section>" for each in text_of(story)
    )
    return page(
        story,
        f"<header>{MENU}</header><main><section><h1>{escape(story.title)}</h1></section>"
        f"{text}<section><h2>और खबरें</h2>{CARDS}</section></main>",
    )


def spans(story: Any) -> bytes:
    text = "".join(f"<span class='s1x'>{each} </span>" for each in text_of(story))
    return page(
        story,
        f"<div>{MENU}</div><h1>{escape(story.title)}</h1><div class='k9'>{text}</div>"
        f"<div>{CARDS}</div>",
    )


def tables(story: Any) -> bytes:
    rows = "".join(
        f"<tr><td colspan=2><font size=3>{each}</font></td></tr>"
        for each in text_of(story)
    )
    return page(
        story,
        f"<table width=980><tr><td colspan=3>{MENU}</td></tr><tr><td width=160>{LINKS}"
        f"</td><td><table><tr><td colspan=2><b><font size=5>{escape(story.title)}"
        f"</font></b></td></tr>{rows}</table></td><td>{CARDS}</td></tr></table>",
    )


def embeds(story: Any) -> bytes:
    parts = text_of(story)
    middle = len(parts) // 2
    first, *rest = parts[:middle]
    tweet = (
        "<blockquote class='twitter-tweet'><p>देखिए यह वीडियो "
        "<a href='https://t.test/a'>pic.test/abc</a></p>&mdash; खबरी (@khabari) "
        "<a href='https://t.test/b'>November 23, 2026</a></blockquote><script></script>"
    )
    listed = "".join(f"<li>{each}</li>" for each in parts[middle:-1])
    text = (
        f"<p>{first}</p>{tweet}"
        + "".join(f"<blockquote><p>{each}</p></blockquote>" for each in rest)
        + f"<ul>{listed}</ul><p>{parts[-1]}</p>"
    )
    return page(
        story,
        f"<article><h1>{escape(story.title)}</h1>{text}</article><aside>{CARDS}</aside>",
    )


def amp_components(story: Any) -> bytes:
    text = "<amp-ad width=300 height=250 type=x></amp-ad>".join(
        f"<p>{each}</p>" for each in text_of(story)
    )
    return page(
        story,
        "<amp-sidebar id='sidebar'><ul><li><a href='/'>होम</a></li></ul></amp-sidebar>"
        f"<amp-carousel>{CARDS}</amp-carousel><div><h1>{escape(story.title)}</h1>"
        f"<amp-img src='a.jpg' alt='तस्वीर'></amp-img>{text}</div><amp-list src='/next'>"
        f"<div placeholder>लोड हो रहा है</div></amp-list>"
        f"<amp-accordion><section><h4>और देखें</h4><div>{LINKS}</div></section>"
        "</amp-accordion>",
    )


def blogger(story: Any) -> bytes:
    text = "".join(
        f"<div style='text-align: justify;'><span style='font-size: large;'>{each}"
        "</span></div><div><br></div>"
        for each in text_of(story)
    )
    return page(
        story,
        f"<div class='header section'><h1 class='title'><a href='/'>मेरा शहर</a></h1></div>"
        f"<div class='main section'><div class='blog-posts hfeed'><h2 class='date-header'>"
        f"<span>मंगलवार, 24 नवंबर 2026</span></h2><div class='post hentry'>"
        f"<h3 class='post-title entry-title'>{escape(story.title)}</h3>"
        f"<div class='post-body entry-content'><div class='separator'><a href='b.jpg'>"
        f"<img src='b.jpg'></a></div>{text}</div><div class='post-footer'>"
        f"<span class='post-author'>प्रस्तुतकर्ता <span>अमित</span></span> पर "
        f"<a href='/t'>10:15 am</a></div></div></div><div class='blog-pager'>"
        f"<a href='/o'>पुराने पोस्ट</a></div></div>"
        f"<div class='sidebar section'><div class='widget'><h2>लोकप्रिय पोस्ट</h2>"
        f"{CARDS}</div></div>",
    )


def next_data(story: Any) -> bytes:
    body = "".join(f"<p>{each}</p>" for each in text_of(story))
    data = {
        "props": {
            "pageProps": {
                "menu": [{"label": head, "href": "/x"} for head in HEADS],
                "article": {
                    "id": 510001,
                    "headline": story.title,
                    "content": body,
                    "related": [{"headline": head, "summary": head} for head in HEADS],
                },
            }
        },
        "page": "/[slug]",
    }
    script = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    return page(
        story,
        f"<div id='__next'><div class='loader'></div></div><script id='__NEXT_DATA__' "
        f"type='application/json'>{script}</script>",
        f'<meta property="og:title" content="{escape(story.title)}">',
    )


def pushed_in_pieces(story: Any) -> bytes:
    rows = [
        ["$", "article", None, {"title": story.title, "slug": "a", "parts": [
            ["$", "p", None, {"children": each}] for each in story.paragraphs
        ]}]
    ]  # fmt: skip
    payload = "3:" + json.dumps(rows, ensure_ascii=False) + "\n"
    pushed = json.dumps([1, payload], ensure_ascii=False)
    return page(
        story,
        f"<div><div class='skeleton'></div></div><script>self.__next_f.push({pushed})"
        "</script>",
        f'<meta property="og:title" content="{escape(story.title)}">',
    )


def next_data_in_blocks(story: Any) -> bytes:
    blocks = [{"type": "text", "data": {"text": each}} for each in story.paragraphs]
    state = {"story": {"title": story.title, "blocks": blocks}, "ads": {"slot": "top"}}
    script = json.dumps(state)
    return page(
        story,
        f"<div id='root'></div><script>window.__INITIAL_STATE__={script};</script>",
        f'<meta property="og:title" content="{escape(story.title)}">',
    )


def web_components(story: Any) -> bytes:
    text = "".join(
        f"<story-paragraph>{each}</story-paragraph>" for each in text_of(story)
    )
    return page(
        story,
        f"<app-root><top-bar>{MENU}</top-bar><story-view><h1>{escape(story.title)}</h1>"
        f"{text}</story-view><story-rail>{CARDS}</story-rail></app-root>",
    )


def parted_by_ads(story: Any) -> bytes:
    parts = text_of(story)
    chunks = "".join(
        f"<div class='chunk'><p>{'</p><p>'.join(parts[at : at + 2])}</p></div>"
        "<div class='adslot'><span>विज्ञापन</span><div id='g'></div></div>"
        for at in range(0, len(parts), 2)
    )
    return page(
        story,
        f"<div>{MENU}</div><div class='col'><h1>{escape(story.title)}</h1>{chunks}"
        f"</div><div class='col'>{CARDS}</div>",
    )


def misleading_names(story: Any) -> bytes:
    text = "".join(f"<p>{each}</p>" for each in text_of(story))
    return page(
        story,
        f"<div class='topnav'>{MENU}</div><div class='sidebar-left-layout'><h1>"
        f"{escape(story.title)}</h1><div class='share-content related-wrapper'>{text}"
        f"</div></div><div class='main-content'>{CARDS}</div>",
    )


def one_form(story: Any) -> bytes:
    text = "".join(f"<p>{each}</p>" for each in text_of(story))
    return page(
        story,
        f"<form id='aspnetForm'><div>{MENU}</div><div id='ctl00_Body'><h1>"
        f"{escape(story.title)}</h1><div id='ctl00_lblText'>{text}</div></div>"
        f"<div id='ctl00_Other'>{CARDS}</div></form>",
    )


def long_menu(story: Any) -> bytes:
    links = "".join(
        f"<li><a href='/{at}'>ज़िला समाचार {at}</a></li>" for at in range(400)
    )
    text = "".join(f"<p>{each}</p>" for each in text_of(story))
    return page(
        story,
        f"<ul>{links}</ul><div><h2>{escape(story.title)}</h2><div>{text}</div></div>"
        f"<ul>{links}</ul>",
    )


def questions(story: Any) -> bytes:
    text = "".join(f"<h3>{QUESTION}</h3><p>{each}</p>" for each in text_of(story))
    return page(
        story,
        f"<nav>{MENU}</nav><article><h1>{escape(story.title)}</h1>{text}</article>"
        f"<section>{CARDS}</section>",
    )


def bare_paragraphs(story: Any) -> bytes:
    text = "\n".join(f"<p>{each}" for each in text_of(story))
    return page(
        story,
        f"{MENU}<hr><center><b>{escape(story.title)}</b></center>{text}<hr>{LINKS}",
    )


def linked_words(story: Any) -> bytes:
    paragraphs = []
    for each in text_of(story):
        words = each.split()
        words[::7] = [f"<a href='/topic'>{word}</a>" for word in words[::7]]
        paragraphs.append(f"<p>{' '.join(words)}</p>")
    return page(
        story,
        f"<nav>{MENU}</nav><article><h1>{escape(story.title)}</h1>{''.join(paragraphs)}"
        f"</article><section>{CARDS}</section>",
    )


def preformatted(story: Any) -> bytes:
    text = "\n\n".join(text_of(story))
    return page(
        story,
        f"<div>{MENU}</div><h1>{escape(story.title)}</h1>"
        f"<div style='white-space: pre-line'>{text}</div><div>{CARDS}</div>",
    )


def beside_long_teasers(story: Any) -> bytes:
    text = "".join(f"<p>{each}</p>" for each in text_of(story)[:2])
    others = [other for other in STORIES if other is not story][:6]
    teasers = "".join(
        f"<div><h3><a href='/x'>{escape(other.title)}</a></h3>"
        f"<p>{escape(other.paragraphs[0])}</p></div>"
        for other in others
    )
    return page(
        story,
        f"<nav>{MENU}</nav><div><h1>{escape(story.title)}</h1>{text}</div>"
        f"<div>{teasers}</div>",
    )


def hidden_until_clicked(story: Any) -> bytes:
    first, *rest = text_of(story)
    more = "".join(f"<p>{each}</p>" for each in rest)
    return page(
        story,
        f"<nav>{MENU}</nav><div><h1>{escape(story.title)}</h1><div><p>{first}</p></div>"
        f"<div style='display:none' id='full'>{more}</div><button>पूरा पढ़ें</button></div>"
        f"<section>{CARDS}</section>",
    )


def folded_answers(story: Any) -> bytes:
    first, *rest = text_of(story)
    text = "".join(
        f"<details><summary>{QUESTION}</summary><p>{each}</p></details>"
        for each in rest
    )
    return page(
        story,
        f"<nav>{MENU}</nav><div><h1>{escape(story.title)}</h1><p>{first}</p>{text}</div>"
        f"<div>{CARDS}</div>",
    )


def in_two_rows(story: Any) -> bytes:
    parts = [f"<p>{each}</p>" for each in text_of(story)]
    middle = len(parts) // 2
    upper, lower = "".join(parts[:middle]), "".join(parts[middle:])
    return page(
        story,
        f"<nav>{MENU}</nav><div class='row'><div><div><h1>{escape(story.title)}</h1>"
        f"{upper}</div></div></div><div class='row'><div><div>{CARDS}</div></div></div>"
        f"<div class='row'><div><div>{lower}</div></div></div>",
    )


def live_entries(story: Any) -> bytes:
    first, *rest = text_of(story)
    entries = "".join(
        f"<div><span>{at} मिनट पहले</span><p>{each}</p></div>"
        for at, each in enumerate(rest, 2)
    )
    return page(
        story,
        f"<nav>{MENU}</nav><article><h1>{escape(story.title)}</h1><p>{first}</p>{entries}"
        f"</article><div>{CARDS}</div>",
    )


def horoscope(story: Any) -> bytes:
    first, second, *_ = text_of(story)
    signs = "".join(
        f"<div><img src='{sign}.png'><h3>{sign} राशि का आज का राशिफल</h3><p>{each}</p>"
        f"<a href='/r/{sign}'>{sign}</a></div>"
        for sign, each in foretold()
    )
    return page(
        story,
        f"<nav>{MENU}</nav><article><h1>{escape(story.title)}</h1><p>{first}</p>"
        f"<p>{second}</p>{signs}</article><div>{CARDS}</div>",
    )


def foretold() -> list[tuple[str, str]]:
    texts = [story.paragraphs[-1] for story in STORIES]
    return [*zip(SIGNS, texts, strict=False)]


Style = Callable[[Any], bytes]
STYLES: tuple[Style, ...] = (
    divs_and_breaks,
    section_each,
    spans,
    tables,
    embeds,
    amp_components,
    blogger,
    next_data,
    next_data_in_blocks,
    pushed_in_pieces,
    web_components,
    parted_by_ads,
    misleading_names,
    one_form,
    long_menu,
    questions,
    bare_paragraphs,
    linked_words,
    preformatted,
    beside_long_teasers,
    hidden_until_clicked,
    folded_answers,
    in_two_rows,
    live_entries,
    horoscope,
)


def gold(style: Style, story: Any) -> str:
    paragraphs = [*story.paragraphs]
    if style is beside_long_teasers:
        paragraphs = paragraphs[:2]
    elif style is questions:
        paragraphs = [f"{QUESTION}\n{each}" for each in paragraphs]
    elif style is folded_answers:
        paragraphs[1:] = [f"{QUESTION}\n{each}" for each in paragraphs[1:]]
    elif style is horoscope:
        signs = [f"{sign} राशि का आज का राशिफल\n{each}" for sign, each in foretold()]
        paragraphs[2:] = signs
    return "\n".join(paragraphs)


def scores(style: Style) -> list[float]:
    found = []
    at = STYLES.index(style)
    for n in range(STORIES_EACH):
        story = STORIES[(at * STORIES_EACH + n) % len(STORIES)]
        extracted = extract_page(style(story), story.url, "text/html", NOW)
        text = extracted.page.text if extracted.page else ""
        found.append(token_f1(text, gold(style, story)))
        if extracted.page:
            assert extracted.outcome is Outcome.PUBLISHED
    return found


@pytest.fixture(scope="module")
def found() -> dict[str, list[float]]:
    return {style.__name__: scores(style) for style in STYLES}


@pytest.mark.parametrize("style", [style.__name__ for style in STYLES])
def test_text(found: dict[str, list[float]], style: str) -> None:
    assert min(found[style]) >= WORST_F1


def test_text_on_average(found: dict[str, list[float]]) -> None:
    everything = [score for each in found.values() for score in each]
    assert sum(everything) / len(everything) >= MEAN_F1
