"""NFC of text from outside takes time that grows with its length."""

import sys
import time
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.stages.text.dates.patterns import simplified
from workers.stages.text.normalisation import normalise
from workers.web.combining_marks import MOST, capped, nfc
from workers.web.urls import absolute_url, canonical_url

# of several classes, each in an order that NFC has to change
RUNS = ["\u0315\u0300", "\u0300\u0323", "\u0345\u0300", "\u094d\u093c", "\u0344\u0327"]
BASES = ["a", "क", "़", " "]


def test_every_mark_of_unicode_is_known() -> None:
    for code in range(sys.maxunicode + 1):
        if unicodedata.combining(chr(code)):
            assert capped("a" + chr(code) * (MOST + 9)) == "a" + chr(code) * MOST, code


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("run", RUNS, ids=ascii)
def test_runs_are_capped_wherever_they_stand(base: str, run: str) -> None:
    for before in range(MOST + 2):
        text = "अ" * before + base + run * 100 + "बाद"
        cut = capped(text)
        assert cut.startswith("अ" * before + base)
        assert cut.endswith("बाद")
        assert MOST - 1 <= sum(map(bool, map(unicodedata.combining, cut))) <= MOST + 1


@given(st.text("कख़éa\u0301\u0323\u094d\u093c\u0315 ", max_size=25))
def test_nothing_is_cut_of_what_scripts_write(text: str) -> None:
    assert capped(text) == text
    assert nfc(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("run", RUNS, ids=ascii)
def test_normalising_is_idempotent_and_keeps_the_way_back(run: str) -> None:
    source = "राम a" + run * 400 + " श्याम"
    once = normalise(source)
    assert normalise(once.text).text == once.text
    assert unicodedata.is_normalized("NFC", once.text)
    assert len(once.text) < len("राम a श्याम") + 2 * MOST + 2
    at = once.text.index("श्याम")
    assert once.alignment.source(at) == source.index("श्याम")


USES: dict[str, Callable[[str], object]] = {
    "nfc": nfc,
    "normalise": normalise,
    "date": simplified,
    "host": lambda text: absolute_url(f"http://{text}.in/"),
    "path": lambda text: absolute_url(f"/{text}", "http://a.in/"),
    "canonical": lambda text: canonical_url(f"http://a{text}.in/{text}?{text}"),
    "joiners between": lambda text: normalise("\u200b".join(text)),
}


@pytest.mark.parametrize("run", RUNS, ids=ascii)
@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_time_is_bounded(use: Callable[[str], object], run: str) -> None:
    text = "a" + run * 30_000
    began = time.process_time()
    use(text)
    assert time.process_time() - began < 1.0
