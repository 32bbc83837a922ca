"""The longest text that is published of one article.

What is made of a text grows with it: the record with every word's syntax takes some 25
bytes a character, 50 where all words are short, and Kafka takes 4 MiB of one record.
"""

from workers.stages.text.sentences import sentence_spans

MAX_TEXT = 80_000
"""Code points; a longer text is cut at the end of a paragraph or sentence."""
_LEAST_KEPT = 0.8
"""Share of the limit above which the cut is at a paragraph's end."""


def limited(text: str) -> str:
    """Return *text*, or as much of it as may be published.

    It ends with a whole paragraph, else with a whole sentence; one sentence that is
    longer than the limit is cut within.
    """
    if len(text) <= MAX_TEXT:
        return text
    paragraph = text.rfind("\n", 0, MAX_TEXT + 1)
    if paragraph >= _LEAST_KEPT * MAX_TEXT:
        return text[:paragraph].rstrip()
    begin = paragraph + 1
    ends = [end for _, end in sentence_spans(text[begin : MAX_TEXT + 1])]
    # the last may be cut off itself
    return text[: begin + ends[-2]] if len(ends) > 1 else text[:MAX_TEXT].rstrip()
