import pytest

from workers.domain import ids


def test_article_id_is_half_of_sha256() -> None:
    # SHA-256 of "abc", FIPS 180-2, appendix B.1
    assert ids.article_id("abc") == "ba7816bf8f01cfea414140de5dae2223"


def test_content_hash_tells_title_from_text() -> None:
    assert ids.content_hash("क", "ख") != ids.content_hash("ख", "क")
    assert ids.content_hash("क", "ख") == ids.content_hash("क", "ख")


@pytest.mark.parametrize(
    ("one", "other"), [(("a", "bc"), ("ab", "c")), (("a",), ("a", ""))]
)
def test_digest_keeps_its_parts_apart(
    one: tuple[str, ...], other: tuple[str, ...]
) -> None:
    assert ids.digest64(*one) != ids.digest64(*other)
    assert len(ids.digest64(*one)) == 16


def test_event_id_names_article_revision_and_event() -> None:
    assert ids.event_id("a" * 32, 2, "v3") == "a" * 32 + "-2-v3"
