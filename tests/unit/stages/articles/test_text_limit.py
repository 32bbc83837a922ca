import datetime as dt

import pytest

from workers.domain.outcomes import Outcome
from workers.stages.articles.extraction import extract_page
from workers.stages.articles.text_limit import MAX_TEXT, limited

SENTENCE = "राज्य सरकार ने मंगलवार को किसानों के लिए नई सिंचाई योजना की घोषणा की। "


@pytest.mark.parametrize("length", [0, 1, MAX_TEXT - 1, MAX_TEXT])
def test_text_up_to_the_limit_is_whole(length: int) -> None:
    text = "क" * length
    assert limited(text) == text


def test_longer_text_ends_with_a_paragraph() -> None:
    paragraph = (SENTENCE * 20).strip()
    cut = limited("\n".join([paragraph] * 200))
    assert 0.8 * MAX_TEXT <= len(cut) <= MAX_TEXT
    assert set(cut.split("\n")) == {paragraph}


def test_one_long_paragraph_ends_with_a_sentence() -> None:
    cut = limited(SENTENCE * 3_000)
    assert 0.8 * MAX_TEXT <= len(cut) <= MAX_TEXT
    assert cut.endswith("घोषणा की।")


def test_one_long_sentence_is_cut_within() -> None:
    assert len(limited("शब्द " * 100_000)) <= MAX_TEXT


def test_article_says_that_its_text_was_cut() -> None:
    paragraphs = "".join(f"<p>{number} {SENTENCE * 5}</p>" for number in range(2_000))
    body = f"<html><title>लंबी खबर</title><body><h1>लंबी खबर</h1>{paragraphs}".encode()
    url = "https://x.test/khabar-510231.html"
    now = dt.datetime(2026, 11, 28, tzinfo=dt.UTC)
    found = extract_page(body, url, "text/html", now)
    assert found.outcome is Outcome.PUBLISHED
    assert found.page is not None
    assert found.page.truncated
    assert len(found.page.text) <= MAX_TEXT
