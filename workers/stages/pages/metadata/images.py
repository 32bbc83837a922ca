"""Read the lead image of an article and its caption."""

from collections.abc import Iterator

from lxml.html import HtmlElement

from workers.stages.pages.metadata import linked_data
from workers.stages.pages.metadata.linked_data import Item
from workers.stages.pages.metadata.page_metadata import PageMetadata, Statement
from workers.stages.text.normalisation import normalise_line
from workers.web.urls import path_of


def image_urls(page: PageMetadata) -> Iterator[Statement]:
    """Yield addresses of the lead image, relative or not, the most trusted first."""
    yield Statement("json-ld", _image_url(page.article.get("image")))
    yield Statement("opengraph", page.meta.get("og:image", ""))
    yield Statement("twitter", page.meta.get("twitter:image", ""))


def caption(page: PageMetadata, image_url: str) -> str:
    """Return the caption that JSON-LD states or the page shows for *image_url*."""
    return _stated_caption(page.article) or _shown_caption(page.tree, image_url)


def _image_url(value: object) -> str:
    if isinstance(value, list):
        return next((url for url in map(_image_url, value) if url), "")
    if isinstance(value, dict):
        return _image_url(value.get("url") or value.get("contentUrl"))
    return value.strip() if isinstance(value, str) else ""


def _stated_caption(article: Item) -> str:
    image = article.get("image")
    if isinstance(image, list) and image:
        image = image[0]
    if not isinstance(image, dict):
        return ""
    return normalise_line(
        linked_data.text_of(image.get("caption") or image.get("description"))
    )


def _shown_caption(tree: HtmlElement, image_url: str) -> str:
    # by file name: the same picture is shown in other sizes and from other hosts
    file_name = path_of(image_url).rpartition("/")[2]
    if not file_name:
        return ""
    for picture in tree.iter("img", "amp-img"):
        shown = (picture.get("src") or "") + (picture.get("data-src") or "")
        text = _text_of_figure(picture) if file_name in shown else None
        if text and text.strip():
            return normalise_line(text)
    return ""


def _text_of_figure(picture: HtmlElement) -> str | None:
    """Return the caption of the figure around *picture*, else its alternative text."""
    figure = next(picture.iterancestors("figure"), None)
    below = figure.find(".//figcaption") if figure is not None else None
    text: str | None = picture.get("alt") if below is None else below.text_content()
    return text
