"""Recognise boilerplate by class and id; its wording is in `boilerplate`."""

import re
from functools import lru_cache
from itertools import pairwise

_HASHED = re.compile(r"^[0-9a-f]{6,}$|\d[a-z]")
_SEGMENT = re.compile(r"[^\s_\-:]+")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")

_BOILERPLATE = """
    ad ads adv advt advert advertisement adslot adbox adsense dfp gpt banner sponsor
    sponsored promo promotion promoted taboola outbrain colombia vuukle mgid
    share shares sharing sharebar sharebtn sharethis addthis social socials follow
    whatsapp telegram facebook twitter instagram youtube koo
    related relatedstory recommended recommend recommendation recommendations
    trending trend popular mostread mostpopular toppicks
    alsoread readalso readmore seealso inlinerelated
    newsletter subscribe subscription signup login paywallprompt
    breadcrumb breadcrumbs crumb crumbs nav navbar navigation menu submenu sidebar
    footer copyright disclaimer
    comment comments cmt cmts disqus feedback reaction reactions poll survey quiz rating
    byline author authorbox authorinfo bio writer
    tags taglist tagcloud hashtags topics
    popup modal overlay cookie consent gdpr toast tooltip
    appdownload downloadapp appprompt googlenews gnews
    ticker marquee breaking
    caption figcaption imgcaption imgcap cap photocredit imagecredit
    toolbar tools fontsize fontresize bookmark
    prevnext nextprev nxt pagination pager
    webstories webstory webstorieslist photogallery videolist
    rhs lhn
"""
_IN_TWO_WORDS = """
    also-read read-also read-more see-also more-stories more-news more-from top-stories
    top-news latest-news latest-stories must-read you-may you-might next-story
    next-article prev-story next-news next-post related-news news-letter sign-up log-in
    most-read most-popular most-viewed google-news app-download download-app app-prompt
    app-banner author-box author-info about-author tag-list story-tags article-tags
    web-story web-stories photo-gallery img-caption image-caption img-cap photo-caption
    image-credit photo-credit editors-pick editor-pick social-share copy-link live-tv
    story-card news-card short-news trending-topics inline-related right-side
    left-nav bottom-nav top-nav site-header site-footer page-footer recirc-unit
"""
_NAMES = frozenset(_BOILERPLATE.split())
_PAIRS = frozenset(_IN_TWO_WORDS.split())


@lru_cache(maxsize=8_192)
def names_boilerplate(class_and_id: str) -> bool:
    """Return whether class and id name an element as boilerplate."""
    for name in class_and_id.split():
        words: list[str] = []
        for segment in _SEGMENT.findall(name):
            if not _HASHED.search(segment):
                words += [word.lower() for word in _WORD.findall(segment)]
        if "drop" in words:  # drop caps are the first letters of stories
            continue
        if not _NAMES.isdisjoint(words) or "".join(words) in _NAMES:
            return True
        if any(f"{one}-{two}" in _PAIRS for one, two in pairwise(words)):
            return True
    return False
