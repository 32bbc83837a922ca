"""Extraction on pages put together at random, with hashed class names or telling ones.

The parts are those of every news site: cards that show other stories in seven forms,
comments, share bars, captions, labels and links between the paragraphs, the next
article below. Nobody tuned a rule to a single one of these pages.
"""

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable
from html import escape

from tests.support.quality.stories import STORIES
from workers.stages.articles.extraction import extract_page

NOW = dt.datetime(2026, 11, 24, 8, 0, tzinfo=dt.UTC)
PAGES = 150
MEAN_F1 = 0.99
WORST_TENTH = 0.97
SEED = 20_261_124

LABELS = (
    "<p><strong>यह भी पढ़ें: <a href='/x'>{0}</a></strong></p>",
    "<div class='{c}'><span>ये भी पढ़ें</span><a href='/x'><h4>{0}</h4></a></div>",
    "<div class='{c}'><span>विज्ञापन</span></div>",
    "<ul class='{c}'><li><a href='/1'>{0}</a></li><li><a href='/2'>{1}</a></li></ul>",
    "<figure><img src='b.jpg'><figcaption>फाइल फोटो</figcaption></figure>",
    "<p><a href='/w'>हमारे WhatsApp चैनल से जुड़ने के लिए यहां क्लिक करें</a></p>",
)
CARDS = (
    "<div class='{c}'><a href='/x'><h3>{0}</h3></a><i>2 घंटे पहले</i><p>{1}</p></div>",
    "<div class='{c}'><h3>{0}</h3><p>{1}</p><a href='/x'>पूरा पढ़ें</a></div>",
    "<div class='{c}'><h3><a href='/x'>{0}</a></h3><div>{1}</div></div>",
    "<div class='{c}' onclick='go()'><h3>{0}</h3><p>{1}</p></div>",
    "<div class='{c}'><a href='/x'><h3>{0}</h3><p>{1}</p></a></div>",
    "<div class='{c}'><p>{1}</p><a href='/x'>{0}</a></div>",
    "<li class='{c}'><a href='/x'>{0}</a><br>{1}</li>",
)
BYLINES = (
    "<div class='{c}'>अमित कुमार | पटना | 12 नवंबर 2026, 02:15 PM IST</div>",
    "<ul class='{c}'><li>अमित कुमार</li><li>पटना,</li><li>12 नवंबर 2026</li></ul>",
    "<div class='{c}'><span>By</span><a href='/a'>अमित कुमार</a><i>5 मिनट पहले</i></div>",
)
COMMENT = (
    "<div><b>रमेश</b><i>2 घंटे पहले</i><p>यह बहुत गलत हुआ है और सरकार को तुरंत ध्यान "
    "देना चाहिए।</p></div>"
)


class Builder:
    """Builds one page from a story and the random numbers of a seed."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.hashed = self.draw.random() < 0.5
        self.story, *self.others = self.draw.sample(STORIES, 9)

    def name(self, telling: str) -> str:
        if not self.hashed:
            return telling
        return "".join(self.draw.choices("0123456789abcdef", k=8))

    def wrapped(self, inside: str, telling: str, tag: str = "div") -> str:
        return f"<{tag} class='{self.name(telling)}'>{inside}</{tag}>"

    def body(self) -> str:
        form: Callable[[str], str] = self.draw.choice(
            (
                lambda text: f"<p>{text}</p>",
                lambda text: f"<div class='{self.name('text')}'>{text}</div>",
                lambda text: f"{text}<br><br>",
                lambda text: f"<p><span style='color:#000'>{text}</span></p>",
                lambda text: f"<div class='{self.name('w')}'><p>{text}</p></div>",
            )
        )
        parts = []
        for at, text in enumerate(self.story.paragraphs):
            parts.append(form(escape(text)))
            if at < len(self.story.paragraphs) - 1 and self.draw.random() < 0.5:
                heads = [other.title for other in self.draw.sample(self.others, 2)]
                label = self.draw.choice(LABELS)
                parts.append(label.format(*heads, c=self.name("box")))
        body = self.wrapped("".join(parts), "story-body")
        for _ in range(self.draw.randint(0, 3)):
            body = self.wrapped(body, "wrap")
        return body

    def cards(self, heading: str) -> str:
        card = self.draw.choice(CARDS)
        shown = "".join(
            card.format(
                other.title,
                other.paragraphs[0][: self.draw.randint(60, 220)],
                c=self.name("card"),
            )
            for other in self.others[:5]
        )
        return self.wrapped(f"<h3>{heading}</h3>{shown}", "list", "section")

    def next_article(self) -> str:
        other = self.draw.choice(self.others)
        text = "".join(f"<p>{escape(each)}</p>" for each in other.paragraphs[:4])
        return self.wrapped(f"<h2><a href='/n'>{other.title}</a></h2>{text}", "next")

    def page(self) -> bytes:
        title = escape(self.story.title)
        above = f"<h1>{title}</h1>" + self.draw.choice(BYLINES).format(
            c=self.name("by")
        )
        main = self.wrapped(above + self.body(), "content", "main")
        below = [self.cards("टॉप न्यूज"), self.cards("और खबरें"), self.next_article()]
        below.append(self.wrapped(COMMENT * self.draw.randint(1, 4), "comments"))
        chosen = [part for part in below if self.draw.random() < 0.6]
        return (
            f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{title} | समाचार"
            f"</title></head><body><nav><a href='/'>होम</a></nav>"
            f"{self.wrapped(main + ''.join(chosen), 'container')}"
            f"<footer><p>© 2026 समाचार समूह</p></footer></body></html>"
        ).encode()


def token_f1(text: str, reference: str) -> float:
    ours, theirs = Counter(text.split()), Counter(reference.split())
    return 2 * (ours & theirs).total() / max(1, ours.total() + theirs.total())


def test_text_on_random_pages() -> None:
    scores = []
    for seed in range(SEED, SEED + PAGES):
        builder = Builder(seed)
        found = extract_page(builder.page(), builder.story.url, "text/html", NOW).page
        gold = "\n".join(builder.story.paragraphs)
        scores.append(token_f1(found.text if found else "", gold))
    scores.sort()
    assert sum(scores) / len(scores) >= MEAN_F1
    assert scores[len(scores) // 10] >= WORST_TENTH
