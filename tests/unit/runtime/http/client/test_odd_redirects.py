"""Redirects to what is no URL: an error like others, never an exception of urllib's."""

import socket
from typing import Any, NoReturn

import pytest
from hypothesis import given, settings

from tests.support.fetches import SETTINGS, failure
from tests.support.origin import Answer, Origin
from tests.unit.web.test_odd_urls import NO_URLS, ODD_URLS
from workers.runtime.http.client import HttpClient
from workers.runtime.http.response import FetchError, FetchFailure
from workers.runtime.http.target import Target, parse_target, redirect_target


@pytest.mark.parametrize("location", NO_URLS[:-1])
@pytest.mark.parametrize("status", [302, 307])
def test_a_redirect_to_no_url_is_an_error(
    origin: Origin, client: HttpClient, location: str, status: int
) -> None:
    origin.replies["/x"] = Answer(status=status, headers={"Location": location})
    assert failure(client, f"{origin.url}/x") is FetchFailure.BAD_URL
    if status == 307:
        with pytest.raises(FetchError) as caught:
            client.post(f"{origin.url}/x", b"hub.mode=subscribe", "text/plain")
        assert caught.value.failure is FetchFailure.BAD_URL


@settings(deadline=None)
@given(ODD_URLS)
def test_odd_addresses_are_targets_or_errors(url: str) -> None:
    base = Target("https", "khabar.example", 443, "/x")

    def unresolved(*_: Any, **__: Any) -> NoReturn:
        raise socket.gaierror

    client = HttpClient(SETTINGS, resolver=unresolved)
    for make in (parse_target, lambda each: redirect_target(base, each)):
        try:
            target = make(url)
        except FetchError:
            continue
        assert parse_target(target.url).origin == target.origin
        with pytest.raises(FetchError):
            client.get(target.url)
