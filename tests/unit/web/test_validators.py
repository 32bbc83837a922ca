from workers.web.validators import conditional_headers


def test_each_validator_has_its_condition() -> None:
    date = "Tue, 24 Nov 2026 10:00:00 GMT"
    assert conditional_headers('W/"a"', date) == {
        "if-none-match": 'W/"a"',
        "if-modified-since": date,
    }


def test_what_is_not_known_is_not_sent() -> None:
    assert conditional_headers(None, None) == {}
    assert conditional_headers("", None) == {}
