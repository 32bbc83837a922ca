"""Between spans of words and one tag a word: O, B-LABEL, I-LABEL."""

from collections.abc import Iterator, Sequence

OUTSIDE = "O"
WordSpan = tuple[str, int, int]
"""Label, first word, end of the words."""
SentenceSpans = tuple[list[WordSpan], list[float]]
"""The spans of a sentence, and the log odds of each."""


def tags_of(spans: Sequence[WordSpan], length: int) -> list[str]:
    """Return the tags of a sentence; where spans overlap the first given stays."""
    tags = [OUTSIDE] * length
    for label, first, end in spans:
        if all(tag == OUTSIDE for tag in tags[first:end]):
            tags[first:end] = [f"B-{label}", *[f"I-{label}"] * (end - first - 1)]
    return tags


def spans_of(tags: Sequence[str]) -> Iterator[WordSpan]:
    """Yield the spans that tags say; an I without its B begins one."""
    first = 0
    label = ""
    for place, tag in enumerate((*tags, OUTSIDE)):
        goes_on = tag[:2] == "I-" and tag[2:] == label
        if label and not goes_on:
            yield label, first, place
            label = ""
        if tag != OUTSIDE and not goes_on:
            first, label = place, tag[2:]
