"""Pages in the layouts of the Hindi press: the texts and names are our own.

A layout is a function from a story to a page. Each has the habits of one kind of
site: where the text stands, how paragraphs are marked, what is put between and
around them, and where title, date and author are said.
"""

# Markup reads worse when it is broken into short lines.
# ruff: noqa: E501

import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

SITE = "प्रभात संवाद"
LATIN_SITE = "Prabhat Samvad"
INDIA = dt.timezone(dt.timedelta(hours=5, minutes=30))
_MONTHS = "जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर"
OTHER_HEADLINES = (
    "सर्दी में त्वचा की देखभाल के पांच आसान उपाय, जानिए विशेषज्ञों की राय",
    "राशिफल: इन तीन राशियों के लिए शुभ रहेगा आज का दिन",
    "पहाड़ों पर मौसम की पहली बर्फ, सैलानियों की भीड़ से होटल भरे",
    "रसोई गैस बुक करने का नया तरीका, घर बैठे ऐसे करें भुगतान",
    "वीडियो: बारात में नाचते दूल्हे का अंदाज हुआ वायरल",
)
COMMENT = "प्रशासन को इस पर जल्दी ध्यान देना चाहिए, नहीं तो हालात और बिगड़ जाएंगे। हम लोग कितने दिनों से यही कह रहे हैं।"
TEASER = "मौसम विभाग ने अगले तीन दिनों के लिए चेतावनी जारी की है। किसानों को सलाह दी गई है कि वे कटी हुई फसल को खुले में न छोड़ें।"


@dataclass(frozen=True, slots=True)
class Story:
    """What a page is made of, and what must come out of it."""

    title: str
    paragraphs: tuple[str, ...]
    author: str
    published: dt.datetime
    section: str
    number: int

    @property
    def iso(self) -> str:
        return self.published.astimezone(INDIA).isoformat()

    @property
    def hindi(self) -> str:
        """`24 नवंबर 2026, 08:40 AM IST`."""
        local = self.published.astimezone(INDIA)
        month = _MONTHS.split()[local.month - 1]
        return f"{local.day} {month} {local.year}, {local:%I:%M %p} IST"

    @property
    def english(self) -> str:
        return f"{self.published.astimezone(INDIA):%d %b %Y, %I:%M %p} IST"

    @property
    def url(self) -> str:
        return f"https://prabhat.test/{self.section}/khabar-{510000 + self.number}.html"


Layout = Callable[[Story], bytes]


def linked(story: Story, **more: object) -> str:
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.title,
        "datePublished": story.iso,
        "author": {"@type": "Person", "name": story.author},
        "articleSection": story.section,
        "publisher": {"@type": "Organization", "name": SITE},
        "mainEntityOfPage": story.url,
        **more,
    }
    script = json.dumps(data, ensure_ascii=False)
    return f'<script type="application/ld+json">{script}</script>'


def opengraph(story: Story, suffix: str = "") -> str:
    return (
        f'<meta property="og:title" content="{escape(story.title + suffix)}">'
        f'<meta property="og:site_name" content="{SITE}">'
        f'<meta property="og:url" content="{story.url}">'
        f'<meta property="og:type" content="article">'
    )


def page(head: str, body: str, title: str = "", **attributes: str) -> bytes:
    named = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return (
        f'<!DOCTYPE html><html lang="hi"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title>{head}</head><body{named}>{body}</body></html>"
    ).encode()


def links(tag: str = "li", css: str = "") -> str:
    return "".join(
        f'<{tag} class="{css}"><a href="/x-{at}.html">{text}</a></{tag}>'
        for at, text in enumerate(OTHER_HEADLINES)
    )


def between(parts: Sequence[str], *inserts: str) -> str:
    """Put *inserts* after the first, second, … of *parts*."""
    out = []
    for at, part in enumerate(parts):
        out.append(part)
        if at < len(inserts) and at < len(parts) - 1:
            out.append(inserts[at])
    return "".join(out)


def p(story: Story, css: str = "") -> list[str]:
    name = f' class="{css}"' if css else ""
    return [f"<p{name}>{escape(text)}</p>" for text in story.paragraphs]


def next_js(story: Story) -> bytes:
    """Hashed class names, highlights on top, label and headline in one bold link."""
    also = (
        f'<p><strong>यह भी पढ़ें- <a href="/x.html">{OTHER_HEADLINES[0]}</a></strong></p>'
    )
    body = (
        '<header class="Header_top__2xZ1"><nav><a href="/">होम</a><a href="/desh">देश</a>'
        '</nav></header><div class="Layout_main__a1B2"><article class="Detail_box__9KxQ">'
        f'<ul class="Crumb_list__1"><li><a href="/">Hindi</a></li><li>{story.section}</li></ul>'
        f'<h1 class="Detail_head__3">{escape(story.title)}</h1>'
        f'<p class="Detail_sum__7">{story.paragraphs[0][:70]}… पढ़िए पूरी रिपोर्ट</p>'
        f'<div class="Detail_by__x"><span>By {story.author}</span>'
        f"<span>Edited By: समाचार डेस्क</span><span>Publish Date: {story.english}</span></div>"
        '<div class="Hl_box__4"><h3>HighLights</h3><ol><li>घटना के बाद जांच शुरू की गई</li>'
        "<li>अधिकारियों ने मौके का मुआयना किया</li></ol></div>"
        f'<div class="Detail_body__k" id="article-content">{between(p(story), also)}</div>'
        '<div class="Detail_end__1">देश और दुनिया की ताज़ा खबरें पाने के लिए '
        '<a href="/app">ऐप डाउनलोड करें</a></div></article>'
        f'<div class="Side_r__2"><h4>बड़ी खबरें</h4><ul>{links()}</ul></div></div>'
    )
    return page(opengraph(story) + linked(story), body, f"{story.title} - {LATIN_SITE}")


def line_breaks(story: Story) -> bytes:
    """Summary and full text under headings, paragraphs divided by line breaks."""
    text = between(
        [escape(text) for text in story.paragraphs],
        '<br><br><div class="ad-inline"><span>विज्ञापन</span></div>',
        '<br /><br /><strong>ये भी पढ़ें- <a href="/x">'
        + OTHER_HEADLINES[1]
        + "</a></strong><br />",
        "<br><br>",
        "<br><br>",
        "<br><br>",
    )
    body = (
        '<div class="top-nav"><a href="/">होम</a> <a href="/city">शहर और राज्य</a></div>'
        f'<div class="auw-lhs"><h1>{escape(story.title)}</h1>'
        f'<div class="author-detail">{story.author}, अमर नगर<br>Updated {story.english}</div>'
        '<h2 class="sar">सार</h2><div class="sar-text">पूरे मामले की जांच के आदेश दिए गए हैं और अधिकारियों से '
        "एक सप्ताह में रिपोर्ट मांगी गई है।</div>"
        f'<h3>विस्तार</h3><div class="article-desc ul_styling">{text}</div>'
        "<div>रहें हर खबर से अपडेट, डाउनलोड करें Android Hindi News App, iOS Hindi News App और "
        "Prabhat Hindi News APP अपने मोबाइल पे| Get all India News in Hindi related to live update "
        "of politics, sports, entertainment, technology and education etc.</div>"
        f'<div class="nextstory"><h4>Next Article</h4>{links("div")}</div></div>'
    )
    return page(opengraph(story) + linked(story), body, f"{story.title} - {SITE}")


def story_paragraphs(story: Story) -> bytes:
    """A div for each paragraph, the author's life below."""
    parts = [
        f'<div class="storyParagraph">{escape(text)}</div>' for text in story.paragraphs
    ]
    body = (
        f'<section class="storyPage"><h1>{escape(story.title)}</h1>'
        f'<div class="stry-brdtme"><span>{story.hindi}</span> <span>{story.author}</span></div>'
        '<div class="share">शेयर करें <a href="#">Follow Us</a></div>'
        f'<div class="stry-bdy">{between(parts, "<div>ऐप पर पढ़ें</div>", "<div class=adv></div>")}'
        '<div class="authwrap"><h3>लेखक के बारे में</h3><div>संवाददाता पिछले दस वर्षों से राजनीति और अपराध की '
        "खबरें लिख रहे हैं। उन्होंने पत्रकारिता की पढ़ाई भोपाल से की और तीन अखबारों में काम किया है।</div></div></div>"
        f"<h2>और पढ़ें</h2><ul>{links()}</ul></section>"
    )
    head = opengraph(story, f" | {SITE}") + linked(story)
    return page(head, body, f"{story.title}, {story.section} न्यूज - Prabhat")


def text_in_one_element(story: Story) -> bytes:
    """One element with all the text, line breaks, and labels in bold between."""
    text = "<br/><br/>".join(escape(text) for text in story.paragraphs)
    first, _, rest = text.partition("<br/><br/>")
    also = f'<br/><strong>इसे भी पढ़ें:</strong><a href="/x">{OTHER_HEADLINES[3]}</a><br/>'
    body = (
        f'<article><div class="headline"><h1><span>{escape(story.title)}</span></h1></div>'
        f'<div class="byline"><a rel="author" href="/a">{story.author}</a> | '
        f"प्रभात संवाद.कॉम | {story.hindi}</div>"
        '<div class="highlights"><h2>हाइलाइट्स:</h2><ul><li>पुलिस ने मामला दर्ज किया</li><li>जांच शुरू</li></ul></div>'
        f"<div class=story-article><arttextxml>{first}{also}{rest}</arttextxml></div>"
        '<div class="author-about"><b>लेखक के बारे में</b><span>अमित कुमार</span></div></article>'
        "<div>लेटेस्ट न्यूज़ से अपडेट रहने के लिए प्रभात संवाद फेसबुक पेज लाइक करें</div>"
        f'<div class="reco"><h3>रेकमेंडेड खबरें</h3>{links("div")}</div>'
    )
    return page(opengraph(story) + linked(story), body, f"{story.title} | {SITE}")


def microdata(story: Story) -> bytes:
    """Microdata only; sentences end with a full stop; feed notice below."""
    body = (
        '<div itemscope itemtype="https://schema.org/NewsArticle" class="vjl-ml-0">'
        f'<h1 itemprop="headline" class="sp-ttl">{escape(story.title)}</h1>'
        f'<nav class="pst-by"><span itemprop="author" itemscope><span itemprop="name">{story.author}</span></span>'
        f'<meta itemprop="datePublished" content="{story.iso}"></nav>'
        f'<div class="sp-cn ins_storybody" id="ins_storybody" itemprop="articleBody">{between(p(story), "<div class=ins_instory_dv_caption>फोटो: प्रभात</div>", "<p><b>ये भी पढ़ें:</b> <a href=/x>" + OTHER_HEADLINES[0] + "</a></p>")}'
        "<p><b>(इस खबर को प्रभात टीम ने संपादित नहीं किया है। यह सिंडीकेट फीड से सीधे प्रकाशित की गई है।)</b></p>"
        "<p><strong>पढ़ें देश-विदेश की ख़बरें अब हिन्दी में (Hindi News) | लेटेस्ट ख़बरें और लाइव अपडेट</strong></p>"
        f'</div></div><div class="tg_wrp">{links("a")}</div>'
    )
    return page("", body, f"{story.title} | {LATIN_SITE}")


def drupal(story: Story) -> bytes:
    """Nested fields of a content system, place and date in the first line."""
    also = f'<p><span style="color:#B22222"><strong>ये भी पढ़ें:</strong></span> <a href="/x"><strong>{OTHER_HEADLINES[2]}</strong></a></p>'
    body = (
        '<div class="main"><div class="content-area"><div class="story-heading">'
        f"<h1>{escape(story.title)}</h1></div>"
        '<div class="story-heading-short"><h2>मामले की जांच के लिए समिति बनाई गई है और रिपोर्ट जल्द आएगी</h2></div>'
        f'<div class="brand-detial-main"><ul><li>{story.author}</li><li>नई दिल्ली,</li><li>{story.hindi}</li></ul></div>'
        '<div class="story-with-main-sec"><div class="text-formatted field field--name-body">'
        f"{between(p(story), also, '<div class=adver><p>Advertisement</p></div>')}</div>"
        '<div class="end-story-tags"><ul><li>TOPICS:</li><li><a href="/t">मौसम</a></li></ul></div></div>'
        f'<div class="sidebar-right">{links("h3")}</div></div></div>'
    )
    return page(linked(story) + opengraph(story), body, f"{story.title} - AajPrabhat")


def many_labels(story: Story) -> bytes:
    """A label, dashes and colon before each link, praise of the site at the end."""
    also = f'<p><span><strong>ये भी पढ़ें :- </strong><a href="/x">{OTHER_HEADLINES[4]}</a></span></p>'
    praise = (
        "<p><strong>हिंदी में ब्रेकिंग न्यूज़ से अपडेट के लिए हमें फेसबुक पर लाइक और ट्विटर पर फॉलो करें। "
        "लेटेस्ट हिंदी न्यूज़ के लिए हमारी वेबसाइट पर जाएं।</strong></p>"
    )
    body = (
        f'<div class="uk-grid"><article class="abp-main"><h1 class="article-title">{escape(story.title)}</h1>'
        f'<p class="article-author">By : {story.author} | Edited By: समाचार डेस्क | Updated at : {story.english}</p>'
        f'<div class="uk-width abp-story-detail"><div class="article-content">{between(p(story), also, also, also)}{praise}</div>'
        '<div class="abp-about"><h4>About the author</h4><p>पिछले पांच साल से पत्रकारिता में सक्रिय, राजनीति और समाज की '
        "खबरों पर नजर रखते हैं और कई पुरस्कार जीत चुके हैं।</p></div></div>"
        f"<div><h4>टॉप हेडलाइंस</h4>{links('p')}</div></article></div>"
    )
    return page(linked(story) + opengraph(story), body, f"{story.title} | Prabhat Live")


def public_broadcaster(story: Story) -> bytes:
    """Each paragraph in a box, image credits, podcasts, most read."""
    parts = [
        f'<div dir="ltr" class="bbc-19j92fr"><p class="bbc-kl1u1v" dir="ltr">{escape(text)}</p></div>'
        for text in story.paragraphs
    ]
    image = (
        '<figure class="bbc-1qn0xuy"><div><p class="bbc-x">इमेज स्रोत, Getty Images</p></div>'
        "<figcaption><span>इमेज कैप्शन, </span>घटना के बाद मौके पर मौजूद लोग</figcaption></figure>"
    )
    podcast = (
        '<section class="bbc-pod"><a href="#end">छोड़कर पॉडकास्ट आगे बढ़ें</a><strong>पॉडकास्ट</strong>'
        "<p>दिनभर की बड़ी ख़बरें, आसान भाषा में, हमारे साथ हर शाम</p><p>एपिसोड</p><p>पॉडकास्ट समाप्त</p></section>"
    )
    body = (
        '<header role="banner"><nav><ul><li><a href="/hindi">ख़बरें</a></li></ul></nav></header>'
        '<div class="bbc-grid"><main role="main" class="bbc-fa0wmp">'
        f'<div><h1 id="content" class="bbc-14gqcmb">{escape(story.title)}</h1></div>'
        f'<section role="region"><ul><li>{story.author}</li><li>प्रभात संवाददाता</li></ul></section>'
        f'<div><time datetime="{story.iso}">{story.hindi.split(",")[0]}</time></div>'
        f"{between(parts, image, podcast)}"
        '<div dir="ltr"><p>(प्रभात हिन्दी के एंड्रॉएड ऐप के लिए आप <a href="/a">यहां क्लिक</a> कर सकते हैं. आप हमें '
        '<a href="/f">फ़ेसबुक</a>, <a href="/t">ट्विटर</a> और <a href="/y">यूट्यूब</a> पर फ़ॉलो भी कर सकते हैं.)</p></div>'
        f"</main><section><h2>सबसे अधिक पढ़ी गईं</h2><ol>{links()}</ol></section></div>"
    )
    return page(linked(story), body, f"{story.title} - {SITE} हिंदी")


def app_shell(story: Story) -> bytes:
    """styled-jsx names, tags and a first-published line at the end."""
    body = (
        '<div id="app"><main class="jsx-3123 container"><div class="jsx-3123 breadcum"><a href="/">होम</a>/'
        f'<a href="/n">न्यूज</a></div><h1 class="jsx-3123">{escape(story.title)}</h1>'
        f'<div class="jsx-3123 artcl_by"><b>Written by :</b><a href="/w">{story.author}</a></div>'
        f'<article class="jsx-3123 khbren_section">{between(p(story), "<div class=jsx-1><p>विज्ञापन</p></div>", "<p><strong>इसे भी पढ़ें: </strong><a href=/x>" + OTHER_HEADLINES[0] + "</a></p>")}'
        "<p><strong>ब्रेकिंग न्यूज़ हिंदी में सबसे पहले पढ़ें प्रभात हिंदी | आज की ताजा खबर, लाइव न्यूज अपडेट, पढ़ें सबसे "
        "विश्वसनीय हिंदी न्यूज़ वेबसाइट प्रभात हिंदी |</strong></p>"
        f'<p>Tags: <a href="/t1">{story.section}</a>, <a href="/t2">मौसम</a></p>'
        f"<p><span>FIRST PUBLISHED : </span>{story.english}</p></article>"
        f'<div class="jsx-9 trending"><h2>Trending</h2>{links("div")}</div></main></div>'
    )
    return page(
        linked(story) + opengraph(story), body, f"{story.title} – News18 Prabhat"
    )


def full_article_id(story: Story) -> bytes:
    """The text in an element named for it; gallery, video box and a promise inside."""
    box = f'<div class="instory-video"><h3>यह वीडियो भी देखें:</h3><a href="/v">{OTHER_HEADLINES[4]}</a></div>'
    body = (
        f'<div class="row article_left"><h1 class="article-heading">{escape(story.title)}</h1>'
        f'<div class="article_auth"><span>Written By {story.author}</span>|<span>Last Updated: {story.english}</span></div>'
        f'<div class="article_content" id="fullArticle">{between(p(story), box)}'
        "<p><strong>पढ़ें, ताज़ा हिंदी खबरें, ब्रेकिंग न्यूज़ और Latest News in Hindi सबसे पहले हमारी वेबसाइट पर</strong></p></div>"
        f'<div class="trending_block"><h2>Trending Photos</h2>{links("div")}</div></div>'
    )
    return page(
        linked(story) + opengraph(story), body, f"{story.title} | Hindi News, देश"
    )


def wordpress(story: Story) -> bytes:
    """The usual blog theme: entry content, shared buttons, comments."""
    body = (
        '<div id="page" class="site"><header id="masthead"><p class="site-title">Prabhat</p></header>'
        '<main id="main"><article class="post type-post hentry"><header class="entry-header">'
        f'<h1 class="entry-title">{escape(story.title)}</h1><div class="entry-meta">'
        f'<time class="published" datetime="{story.iso}">{story.hindi}</time> '
        f'<span class="author vcard"><a href="/a">{story.author}</a></span></div></header>'
        f'<div class="entry-content">{between(p(story), "<p>Also Read | <a href=/x>" + OTHER_HEADLINES[1] + "</a></p>")}'
        '<div class="sharedaddy"><h3>शेयर करें</h3><ul><li><a href="#">Click to share on Facebook</a></li></ul></div></div></article>'
        f'<div id="comments"><h2>2 Comments</h2><ol class="comment-list"><li><p>{COMMENT}</p></li><li><p>{COMMENT}</p></li></ol>'
        "<h3>Leave a Reply</h3><form><p>Your email address will not be published.</p></form></div></main>"
        f'<aside id="secondary"><ul>{links()}</ul></aside></div>'
    )
    head = (
        opengraph(story)
        + f'<meta property="article:published_time" content="{story.iso}">'
    )
    return page(head, body, f"{story.title} – {SITE}")


def agency_feed(story: Story) -> bytes:
    """Agency copy with its marks at both ends, taken over by machine."""
    first, *rest = story.paragraphs
    paragraphs = [
        f"<p>{escape(first)}</p>",
        *[f"<p>{escape(text)}</p>" for text in rest],
    ]
    body = (
        f'<div class="td-post-header"><h1 class="entry-title">{escape(story.title)}</h1>'
        f'<span class="td-post-date"><time datetime="{story.iso}">{story.hindi}</time></span>'
        f'<div class="td-post-author-name">{story.author}</div></div>'
        f'<div class="td-post-content">{"".join(paragraphs)}<p>भाषा सुरभि माधव</p>'
        "<p><em>(यह खबर ‘भाषा’ न्यूज़ एजेंसी से ‘ऑटो-फीड’ द्वारा ली गई है। इसके कंटेंट के लिए हम जिम्मेदार नहीं हैं।)</em></p></div>"
        f'<div class="td-related-row">{links("h3")}</div>'
    )
    head = linked(story) + opengraph(story)
    return page(head, body, f"{story.title} – ThePrabhat Hindi")


def support_appeal(story: Story) -> bytes:
    """A magazine: standfirst, pull quote, and an appeal for support below."""
    body = (
        f'<article><h1 class="post__title">{escape(story.title)}</h1>'
        f'<div class="postComplete__author"><a href="/a">{story.author}</a></div>'
        f'<div class="grey-text">{story.hindi}</div><div class="postComplete__description">{"".join(p(story))}</div></article>'
        "<div><p>क्या आपको ये रिपोर्ट पसंद आई? हम एक गैर-लाभकारी संगठन हैं। हमारी पत्रकारिता को सरकार और कॉरपोरेट दबाव से मुक्त रखने "
        'के लिए आर्थिक मदद करें। <a href="/donate">सहयोग दें</a></p></div>'
        f'<div class="categories"><p>Categories: <a href="/c">भारत</a></p><p>Tagged as: {links("span")}</p></div>'
    )
    return page(linked(story) + opengraph(story), body, f"{story.title} - द प्रभात हिंदी")


def english_below(story: Story) -> bytes:
    """Questions and a summary in English below the story."""
    body = (
        f'<div class="oi-article-lt"><h1>{escape(story.title)}</h1>'
        f'<div class="io-author">By <a href="/a">{story.author}</a></div><div>Published: {story.english}</div>'
        f'<div class="oi-content">{between(p(story), "<p><strong>Read More- <a href=/x>" + OTHER_HEADLINES[3] + "</a></strong></p>")}'
        "<h3>English summary</h3><p>The district administration has ordered an inquiry into the matter and asked for "
        "a report within a week, officials said on Monday evening in the state capital.</p></div>"
        f'<ul class="oi-more">{links()}</ul></div>'
    )
    return page(
        linked(story) + opengraph(story), body, f"{story.title} | Oneprabhat Hindi"
    )


def next_story_below(story: Story) -> bytes:
    """Another whole article follows on the page as the reader scrolls."""
    other = "".join(f"<p>{TEASER} {COMMENT}</p>" for _ in range(5))
    body = (
        f'<div class="wrap"><article class="art"><h1>{escape(story.title)}</h1>'
        f'<div class="dt">{story.author} | {story.hindi}</div>{"".join(p(story))}</article>'
        f'<article class="art"><h1>{OTHER_HEADLINES[2]}</h1><div class="dt">डेस्क | {story.hindi}</div>{other}</article></div>'
    )
    return page(linked(story) + opengraph(story), body, f"{story.title} - {SITE}")


def amp(story: Story) -> bytes:
    """The AMP form: ads, social bar and related carousel as components."""
    body = (
        '<amp-sidebar id="s"><ul><li><a href="/">होम</a></li></ul></amp-sidebar><header class="h"><a href="/">प्रभात</a></header>'
        f'<main><h1 class="amp-title">{escape(story.title)}</h1><div class="auth">{story.author}</div>'
        f'<div class="dt">{story.hindi}</div><amp-img src="/i.jpg" alt="घटना स्थल की तस्वीर जहां भीड़ जमा हुई" width="3" height="2"></amp-img>'
        f'<div class="artcl">{between(p(story), "<amp-ad type=doubleclick></amp-ad>", "<div class=rel><h4>संबंधित खबरें</h4>" + links("p") + "</div>")}</div>'
        "<amp-social-share type=whatsapp></amp-social-share></main>"
    )
    return page(linked(story), body, story.title)


def web_forms(story: Story) -> bytes:
    """The whole page inside one form, laid out with tables."""
    parts = "".join(p(story))
    body = (
        '<form id="aspnetForm" method="post" action="./"><input type="hidden" name="__VIEWSTATE" value="x">'
        '<table width="100%"><tr><td width="160" class="left"><a href="/">मुखपृष्ठ</a><br><a href="/r">राज्य</a></td><td>'
        f'<h1>{escape(story.title)}</h1><span id="ctl00_lblDate">{story.hindi}</span> <span class="author-name">{story.author}</span>'
        f'<div id="ctl00_divText">{parts}</div></td><td width="300"><b>टॉप न्यूज</b>{links("div")}</td></tr>'
        '<tr><td colspan="3">© 2026 प्रभात संवाद। सर्वाधिकार सुरक्षित। बिना अनुमति प्रकाशित करना मना है।</td></tr></table></form>'
    )
    return page("", body, f"{story.title} :: {SITE}")


def read_on(story: Story) -> bytes:
    """All after the first paragraph is hidden until the reader asks for it."""
    first, *rest = p(story)
    body = (
        f'<div class="story"><h1>{escape(story.title)}</h1><div class="info">{story.author} — {story.hindi}</div>'
        f'<div class="body">{first}<div class="more-content" style="display:none">{"".join(rest)}</div>'
        "<button>पूरी खबर पढ़ें</button></div></div>"
        f'<div class="popular"><h3>लोकप्रिय</h3>{links("p")}</div>'
    )
    return page(linked(story) + opengraph(story), body, f"{story.title} | {SITE}")


def json_only(story: Story) -> bytes:
    """Rendered by scripts: the text stands in JSON-LD alone."""
    head = opengraph(story) + linked(story, articleBody="\n".join(story.paragraphs))
    return page(
        head, '<div id="root"></div><noscript>Enable JavaScript</noscript>', story.title
    )


def social_embeds(story: Story) -> bytes:
    """Posts of others and a poll between the paragraphs."""
    tweet = (
        '<blockquote class="twitter-tweet"><p lang="hi">घटना बेहद दुखद है, हम पीड़ित परिवारों के साथ खड़े हैं और हर संभव मदद करेंगे।</p>'
        '&mdash; ANI (@ANI) <a href="https://twitter.com/x">November 24, 2026</a></blockquote>'
    )
    poll = '<div class="poll-box"><h4>आपकी राय</h4><p>क्या सरकार को इस मामले में और सख्त कदम उठाने चाहिए या मौजूदा कानून काफी हैं?</p></div>'
    body = (
        f'<div id="content"><h1>{escape(story.title)}</h1><p class="meta">{story.author} · {story.hindi}</p>'
        f'<div class="story-content">{between(p(story), tweet, poll)}</div>'
        '<div class="whatsapp-join"><p>ताज़ा खबरों के लिए हमारे WhatsApp चैनल से जुड़ें</p></div></div>'
    )
    return page(linked(story) + opengraph(story), body, f"{story.title} – {SITE}")


def windows_1252_label(story: Story) -> bytes:
    """UTF-8 that says it is something else, entities, and an old-style byline."""
    body = (
        f'<div id="wrapper"><div id="story"><h1>{escape(story.title)}</h1>'
        f'<p class="dateline"><b>{story.author}</b> | {story.hindi}</p>'
        f"{''.join(p(story)).replace('।', '&#2404;').replace(' ', '&nbsp;', 3)}</div></div>"
    )
    return page("", body, story.title).replace(
        b'charset="utf-8"', b'charset="iso-8859-1"'
    )


def lists_and_quotes(story: Story) -> bytes:
    """Quotation as blockquote and the last paragraph as a list item."""
    *most, quoted, last = [escape(text) for text in story.paragraphs]
    body = (
        f'<main class="page"><div class="hero"><h1>{escape(story.title)}</h1>'
        f'<div class="by">द्वारा <a href="/a">{story.author}</a></div><time datetime="{story.iso}">{story.hindi}</time></div>'
        f'<section class="prose">{"".join(f"<p>{text}</p>" for text in most)}<blockquote><p>{quoted}</p></blockquote>'
        f"<ul><li>{last}</li></ul></section></main><footer><p>प्रभात संवाद: {TEASER}</p></footer>"
    )
    return page(linked(story) + opengraph(story), body, f"{SITE}: {story.title}")


LAYOUTS: tuple[Layout, ...] = (
    next_js,
    line_breaks,
    story_paragraphs,
    text_in_one_element,
    microdata,
    drupal,
    many_labels,
    public_broadcaster,
    app_shell,
    full_article_id,
    wordpress,
    agency_feed,
    support_appeal,
    english_below,
    next_story_below,
    amp,
    web_forms,
    read_on,
    json_only,
    social_embeds,
    windows_1252_label,
    lists_and_quotes,
)
