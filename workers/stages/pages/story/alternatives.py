"""Read the story from elsewhere where the markup shows none, or a part of it.

JSON-LD may state it (`articleBody`), a general extractor may see what ours does not,
and pages that a browser puts together hold it in the data of their scripts.
"""

import copy
import re

import trafilatura
from lxml.html import HtmlElement

from workers.stages.pages import markup
from workers.stages.pages.metadata.article_metadata import ArticleMetadata
from workers.stages.pages.story.blocks import Block
from workers.stages.pages.story.cleaning import Story, clean
from workers.stages.pages.story.finder import find_story
from workers.stages.pages.story.script_data import story_html
from workers.stages.text.legacy_fonts import in_unicode

_LINE_BREAK = re.compile(r"\s*\n\s*")


def from_linked_data(tree: HtmlElement, metadata: ArticleMetadata) -> Story:
    """Read the story in `articleBody` of JSON-LD.

    Not that of a page that is not free: its publisher says who may read the rest.
    """
    if metadata.free is False or not metadata.body:
        return Story()
    if "<" in metadata.body:
        return from_html(metadata.body, metadata.title)
    blocks = [Block(tree, line) for line in _LINE_BREAK.split(metadata.body)]
    return clean(blocks, metadata.title)


def from_trafilatura(tree: HtmlElement, metadata: ArticleMetadata) -> Story:
    """Read the story as trafilatura finds it; nothing where that is no prose."""
    bare = copy.deepcopy(tree)
    for script in [*bare.iter("script")]:
        script.getparent().remove(script)  # it would read JSON-LD, paid text too
    found = trafilatura.bare_extraction(
        bare, include_comments=False, with_metadata=False
    )
    body = getattr(found, "body", None)
    if body is None:
        return Story()
    headlines = {_squeezed(link.text_content()) for link in tree.iter("a")}
    blocks = [
        Block(element, in_unicode(line))
        for element in body
        for line in _LINE_BREAK.split(" ".join(element.itertext()))
        if _squeezed(line) not in headlines
    ]
    if not any(block.prose for block in blocks):
        return Story()
    return clean(blocks, metadata.title, metadata.description)


def from_scripts(tree: HtmlElement, metadata: ArticleMetadata) -> Story:
    """Read the story in the data of the page's scripts."""
    html = story_html(tree, metadata.title)
    return from_html(html, metadata.title) if html else Story()


def from_html(html: str, title: str) -> Story:
    """Read the story in a fragment of HTML."""
    tree = markup.parse(f"<html><body><div>{html}</div></body></html>")
    return find_story(tree, title, "") if tree is not None else Story()


def _squeezed(text: str) -> str:
    return "".join(text.split())
