from pathlib import Path
from typing import Annotated, Literal

import pytest
from msgspec import Meta, Struct

from workers.fleet.poll.settings import PollSettings
from workers.runtime.service.settings import (
    Kafka,
    Process,
    Secret,
    SettingsError,
    former_name,
    known_settings,
    read,
    reject_unknown_groups,
)


class Client(Struct, frozen=True):
    timeout_seconds: float = 5.0
    """Waiting ends
    then."""


class Settings(Struct, frozen=True, kw_only=True):
    count: Annotated[int, Meta(ge=1)] = 3
    """How many."""
    kind: Literal["a", "b"] = "a"
    names: tuple[str, ...] = ()
    place: Path | None = None
    on: bool = False
    token: Secret = Secret("")
    queue_bytes: Annotated[int, Meta(ge=1), former_name("held_bytes")] = 10
    """So much is kept."""
    http: Client = Client()


def test_defaults_hold_where_nothing_is_set() -> None:
    assert read(Settings, "test", {"OTHER": "x", "KHABAR_ELSE_COUNT": "x"}) == (
        Settings()
    )


def test_values_are_read_in_their_kinds() -> None:
    environ = {
        "KHABAR_TEST_COUNT": "7",
        "KHABAR_TEST_KIND": "b",
        "KHABAR_TEST_NAMES": "x, y,,z ",
        "KHABAR_TEST_PLACE": "/somewhere",
        "KHABAR_TEST_ON": "true",
        "KHABAR_HTTP_TIMEOUT_SECONDS": "1.5",
    }
    assert read(Settings, "test", environ) == Settings(
        count=7,
        kind="b",
        names=("x", "y", "z"),
        place=Path("/somewhere"),
        on=True,
        http=Client(1.5),
    )


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("KHABAR_TEST_COUNT", "many", "a whole number of at least 1"),
        ("KHABAR_TEST_COUNT", "0", "a whole number of at least 1"),
        ("KHABAR_TEST_KIND", "c", "one of a, b"),
        ("KHABAR_TEST_ON", "perhaps", "true or false"),
        ("KHABAR_HTTP_TIMEOUT_SECONDS", "soon", "a number"),
        ("KHABAR_TEST_COUNTS", "1", "did you mean KHABAR_TEST_COUNT"),
        ("KHABAR_TEST_XYZZY", "1", "known are KHABAR_TEST_COUNT, "),
        ("KHABAR_TEST_HTTP", "1", "is not a setting"),
        ("KHABAR_TEST_COUNT_FILE", "/nowhere/at/all", "cannot be read: No such"),
    ],
)
def test_what_cannot_be_used_is_named(variable: str, value: str, words: str) -> None:
    with pytest.raises(SettingsError) as raised:
        read(Settings, "test", {variable: value})
    assert str(raised.value).startswith(variable)
    assert words in str(raised.value)


def test_any_value_may_stand_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("sesame\n")
    settings = read(Settings, "test", {"KHABAR_TEST_TOKEN_FILE": str(path)})
    assert settings.token.reveal() == "sesame"
    both = {"KHABAR_TEST_TOKEN_FILE": str(path), "KHABAR_TEST_TOKEN": "x"}
    with pytest.raises(SettingsError, match="both set"):
        read(Settings, "test", both)


def test_a_renamed_setting_is_known_by_its_former_name_too(tmp_path: Path) -> None:
    path = tmp_path / "bytes"
    path.write_text("7\n")
    for variable, value in (
        ("KHABAR_TEST_QUEUE_BYTES", "7"),
        ("KHABAR_TEST_HELD_BYTES", "7"),
        ("KHABAR_TEST_HELD_BYTES_FILE", str(path)),
    ):
        assert read(Settings, "test", {variable: value}).queue_bytes == 7
    with pytest.raises(SettingsError, match=r"^KHABAR_TEST_HELD_BYTES='0': .*least 1"):
        read(Settings, "test", {"KHABAR_TEST_HELD_BYTES": "0"})
    both = {"KHABAR_TEST_HELD_BYTES": "1", "KHABAR_TEST_QUEUE_BYTES": "1"}
    with pytest.raises(SettingsError, match="both set"):
        read(Settings, "test", both)


def test_a_deployment_that_names_the_buffer_as_before_still_starts() -> None:
    environ = {"KHABAR_WORKER_HELD_BYTES": "4096"}
    assert read(Process, "worker", environ).delay_buffer_bytes == 4096


def test_secrets_do_not_show(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_bytes(b"\xffsesame")
    settings = read(Settings, "test", {"KHABAR_TEST_TOKEN": "sesame"})
    assert "sesame" not in repr(settings)
    with pytest.raises(SettingsError) as raised:
        read(Settings, "test", {"KHABAR_TEST_TOKEN_FILE": str(path)})
    assert "sesame" not in str(raised.value)


def test_variable_of_no_group_is_named() -> None:
    with pytest.raises(SettingsError, match=r"KHABAR_KAFAK_SLOT .* KHABAR_KAFKA_\*"):
        reject_unknown_groups({"KHABAR_KAFAK_SLOT": "x"}, ["kafka", "poll"])
    reject_unknown_groups({"KHABAR_KAFKA_SLOT": "x", "PATH": "y"}, ["kafka"])


def test_every_setting_can_be_listed_with_its_meaning() -> None:
    listed = {each.variable: each for each in known_settings(Settings, "test")}
    assert listed["KHABAR_TEST_COUNT"].summary == "How many."
    assert listed["KHABAR_TEST_COUNT"].default == "3"
    assert listed["KHABAR_TEST_TOKEN"].secret
    assert listed["KHABAR_HTTP_TIMEOUT_SECONDS"].summary == "Waiting ends then."
    assert "KHABAR_TEST_HTTP" not in listed
    assert "KHABAR_TEST_HELD_BYTES" not in listed
    assert listed["KHABAR_TEST_QUEUE_BYTES"].summary == (
        "So much is kept. `KHABAR_TEST_HELD_BYTES`, its former name, works too."
    )


@pytest.mark.parametrize(("kind", "group"), [(Kafka, "kafka"), (Process, "worker")])
def test_shared_settings_are_all_explained(kind: type, group: str) -> None:
    for each in known_settings(kind, group):
        assert each.summary.endswith((".", "!")), each.variable


@pytest.mark.parametrize(
    ("networks", "words"),
    [
        ("10.0.0.0/33", "'10.0.0.0/33' does not appear to be"),
        ("10.0.0.0/8,192.168.0.1/16", "192.168.0.1/16 has host bits set"),
        ("localhost", "'localhost' does not appear to be"),
    ],
)
def test_networks_are_checked_as_settings_are_read(networks: str, words: str) -> None:
    variable = "KHABAR_HTTP_ALLOWED_NETWORKS"
    with pytest.raises(SettingsError, match=words) as refused:
        read(PollSettings, "poll", {variable: networks})
    assert str(refused.value).startswith(f"{variable}: ")


def test_contact_is_checked_as_settings_are_read() -> None:
    variable = "KHABAR_HTTP_USER_AGENT_CONTACT"
    with pytest.raises(SettingsError, match=f"{variable}: it must be one"):
        read(PollSettings, "poll", {variable: "a desk (in Delhi)"})
    given = read(PollSettings, "poll", {variable: "desk@example.in"})
    assert given.http.user_agent_contact == "desk@example.in"
