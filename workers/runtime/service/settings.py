"""Settings: the environment, read once at start into frozen structs.

A struct is a group. Its fields are read from `KHABAR_<GROUP>_<FIELD>`, and a field
that is itself a struct is a group under its own name: where a worker's settings have
`http: HttpSettings`, those come from `KHABAR_HTTP_*`. Lists are separated by commas.
Every variable has a twin with `_FILE` at the end that names a file to read the value
from. A field that was renamed declares its `former_name`, whose variables still work.
A name that no field knows, or a value of the wrong kind, ends the start with the name
of the variable.
"""

import difflib
import types
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

import msgspec
from msgspec import Meta, Struct

from workers.domain.field_docs import field_texts
from workers.domain.outcomes import ConfigurationError
from workers.domain.topics import DEFAULT_PREFIX

S = TypeVar("S")

PREFIX = "KHABAR_"
FILE_SUFFIX = "_FILE"
SHARED_GROUPS = ("kafka", "worker", "http", "websub")
"""Groups that every worker may have, beside the one under its own name."""

Port = Annotated[int, Meta(ge=0, le=65535)]
Seconds = Annotated[float, Meta(gt=0)]
Count = Annotated[int, Meta(ge=1)]
Name = Annotated[str, Meta(pattern="^[A-Za-z0-9._-]{1,100}$")]


_FORMER_NAME = "former_name"


def former_name(name: str) -> Meta:
    """Return the annotation of a field that was called *name* in an earlier release.

    `delay_buffer_bytes: Annotated[Count, former_name("held_bytes")]` is read from
    either variable, and setting both is an error.
    """
    return Meta(extra={_FORMER_NAME: name})


_CHECK = "check"


def checked(check: Callable[[Any], object]) -> Meta:
    """Return the annotation of a field whose values *check* accepts.

    It is called with the converted value at start, and raises ValueError with the
    reason. `contact: Annotated[str, checked(user_agent)]`.
    """
    return Meta(extra={_CHECK: check})


class SettingsError(ConfigurationError):
    """A variable of the environment that cannot be used."""


class Secret:
    """A string that does not show itself."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the string."""
        return self._value

    def __repr__(self) -> str:
        return "Secret('…')"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


class Kafka(Struct, frozen=True, kw_only=True):
    """The broker, and how a worker behaves towards it."""

    bootstrap_servers: tuple[str, ...] = ("127.0.0.1:9092",)
    """Brokers to begin with, as `host:port`."""
    topic_prefix: Name = DEFAULT_PREFIX
    """First part of every topic's name, and of group and transaction names."""
    slot: Annotated[str, Meta(pattern="^[A-Za-z0-9._-]{0,100}$")] = ""
    """Name of this replica among those of the same worker; empty: the host's name.

    It must differ between replicas and stay the same when one starts again, as the
    names of a stateful set do: the transaction of a killed replica is ended by its
    successor in the slot, at once, and otherwise by a timeout.
    """
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = (
        "PLAINTEXT"
    )
    """How to talk to the brokers."""
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] | None = None
    """How to log in, where the protocol has SASL in its name."""
    sasl_username: str = ""
    """User to log in as."""
    sasl_password: Secret = Secret("")
    """Password of that user."""
    ssl_ca_path: Path | None = None
    """Certificates to trust, PEM; none: those of the system."""
    ssl_certificate_path: Path | None = None
    """This client's certificate, PEM."""
    ssl_key_path: Path | None = None
    """The key to it, PEM."""
    ssl_key_password: Secret = Secret("")
    """Password of that key."""
    ssl_check_hostname: bool = True
    """Whether a broker's certificate must bear its name."""
    session_timeout_seconds: Seconds = 10.0
    """A member that is silent for so long has lost its partitions."""
    max_poll_interval_seconds: Seconds = 300.0
    """A member whose batch takes longer has lost its partitions."""
    transaction_timeout_seconds: Seconds = 15.0
    """The broker aborts a transaction that stays open for longer."""
    request_timeout_seconds: Seconds = 15.0
    """Waiting for one answer of the broker ends then."""
    stuck_seconds: Seconds = 60.0
    """A transaction without progress for so long ends the process."""


class Process(Struct, frozen=True, kw_only=True):
    """What every worker process has in common."""

    metrics_host: str = "127.0.0.1"
    """Address where /metrics, /healthz and /readyz are served."""
    metrics_port: Port = 0
    """Port of it; 0: any free one, written to the log."""
    log_format: Literal["json", "console"] = "json"
    """One JSON object a line, or lines for a person."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """Less than this is not logged."""
    attempts: Count = 8
    """Attempts at a transient error (broker, disk) before the worker ends."""
    backoff_seconds: Seconds = 0.5
    """Wait before the second try; doubled for each further one, with jitter."""
    backoff_max_seconds: Seconds = 20.0
    """The longest such wait."""
    stop_seconds: Seconds = 8.0
    """From a signal to the end of the process, whatever its batch is doing."""
    poison_limit: Count = 50
    """So many dead letters in a row stop the worker: the fault is not theirs."""
    delay_buffer_bytes: Annotated[Count, former_name("held_bytes")] = 32 * 1024 * 1024
    """Delayed records kept in memory until their time; reading pauses beyond."""
    alive_seconds: Seconds = 120.0
    """Without progress of the loop for so long /healthz says so."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting, for documentation and for messages."""

    variable: str
    kind: str
    default: str
    summary: str
    secret: bool = False
    former_variable: str | None = None
    """Its name in an earlier release, which works too."""


def read(kind: type[S], group: str, environ: Mapping[str, str]) -> S:
    """Fill *kind* from the environment; raises SettingsError."""
    prefix = _prefix(group)
    known = {name: _unannotated(hint) for name, hint in _fields(kind).items()}
    plain = {name for name, hint in known.items() if not _is_struct(hint)}
    former = {
        earlier: name
        for name, hint in _fields(kind).items()
        if (earlier := _former_name(hint)) is not None
    }
    given: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for variable, raw in environ.items():
        if not variable.startswith(prefix):
            continue
        name, in_file = _field_of(variable.removeprefix(prefix), plain, former)
        if name is None:
            raise SettingsError(_unknown(variable, prefix, plain))
        value = _file(variable, raw) if in_file else raw
        if name in given:
            msg = f"{sources[name]} and {variable} are both set; keep one of them"
            raise SettingsError(msg)
        given[name] = _split(value) if _is_list(known[name]) else value
        sources[name] = variable
    for name, value in given.items():
        _check(kind, name, value, sources[name])
    for name, hint in known.items():
        if _is_struct(hint):
            given[name] = read(hint, name, environ)
    return msgspec.convert(given, kind, strict=False, dec_hook=_decode)


def _field_of(
    name: str, fields: Collection[str], former: Mapping[str, str]
) -> tuple[str | None, bool]:
    """Return the field that a variable sets, and whether its value is in a file.

    *name* is the variable's without its group. A field may itself end in `_FILE`, so
    the whole name counts first.
    """
    for suffix in ("", FILE_SUFFIX):
        if name.endswith(suffix):
            field = name.removesuffix(suffix).lower()
            field = former.get(field, field)
            if field in fields:
                return field, bool(suffix)
    return None, False


def reject_unknown_groups(environ: Mapping[str, str], groups: Iterable[str]) -> None:
    """Raise SettingsError if a variable belongs to none of *groups*."""
    prefixes = [_prefix(group) for group in groups]
    for variable in environ:
        if variable.startswith(PREFIX) and not variable.startswith(tuple(prefixes)):
            known = ", ".join(f"{prefix}*" for prefix in prefixes)
            msg = f"{variable} belongs to no group of settings; they are {known}"
            raise SettingsError(msg)


def known_settings(kind: type[Any], group: str) -> Iterator[Setting]:
    """Yield every setting of *kind* and of the groups inside it."""
    summaries = field_texts(kind)
    info = {field.name: field for field in msgspec.structs.fields(kind)}
    for name, hint in _fields(kind).items():
        bare = _unannotated(hint)
        if _is_struct(bare):
            yield from known_settings(bare, name)
            continue
        secret = bare is Secret
        summary = summaries.get(name, "")
        if (former := _former_name(hint)) is not None:
            former = _prefix(group) + former.upper()
            summary += f" `{former}`, its former name, works too."
        yield Setting(
            variable=_prefix(group) + name.upper(),
            kind=_describe(hint),
            default="" if secret else _shown(info[name]),
            summary=summary,
            secret=secret,
            former_variable=former,
        )


def _prefix(group: str) -> str:
    return f"{PREFIX}{group.upper().replace('-', '_')}_"


def _unknown(variable: str, prefix: str, names: Iterable[str]) -> str:
    known = sorted(name.upper() for name in names)
    near = difflib.get_close_matches(variable.removeprefix(prefix), known, n=1)
    hint = (
        f"did you mean {prefix}{near[0]}?"
        if near
        else "known are " + ", ".join(prefix + name for name in known)
    )
    return f"{variable} is not a setting; {hint}"


def _file(variable: str, path: str) -> str:
    try:
        return Path(path).read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        msg = f"{variable} names {path}, which cannot be read: {reason}"
        raise SettingsError(msg) from error


def _split(value: str) -> list[str]:
    return [part for piece in value.split(",") if (part := piece.strip())]


def _check(kind: type[Any], name: str, value: object, variable: str) -> None:
    hint = _fields(kind)[name]
    try:
        converted = msgspec.convert(value, hint, strict=False, dec_hook=_decode)
    except (msgspec.ValidationError, ValueError) as error:
        shown = "" if _unannotated(hint) is Secret else f"={value!r}"
        msg = f"{variable}{shown}: expected {_describe(hint)}"
        raise SettingsError(msg) from error
    for check in _checks(hint):
        try:
            check(converted)
        except ValueError as error:
            msg = f"{variable}: {error}"
            raise SettingsError(msg) from error


def _checks(hint: Any) -> Iterator[Callable[[Any], object]]:
    for meta in _metas(hint):
        if meta.extra and _CHECK in meta.extra:
            yield meta.extra[_CHECK]


def _metas(hint: Any) -> Iterator[Meta]:
    metas = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    for meta in metas:
        if isinstance(meta, Meta):
            yield meta


def _decode(kind: type[Any], value: Any) -> Any:
    return kind(value)


def _fields(kind: type[Any]) -> dict[str, Any]:
    return {field.name: field.type for field in msgspec.structs.fields(kind)}


def _unannotated(hint: Any) -> Any:
    return get_args(hint)[0] if get_origin(hint) is Annotated else hint


def _former_name(hint: Any) -> str | None:
    for meta in _metas(hint):
        if meta.extra and _FORMER_NAME in meta.extra:
            return str(meta.extra[_FORMER_NAME])
    return None


def _is_struct(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Struct)


def _is_list(hint: Any) -> bool:
    return get_origin(hint) in {tuple, list, frozenset}


_WORDS: Mapping[Any, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
    Path: "a path",
    Secret: "text",
    types.NoneType: "nothing",
}


def _describe(hint: Any) -> str:
    """Return in words what a value of *hint* looks like."""
    if get_origin(hint) is Annotated:
        inner, *metas = get_args(hint)
        bounds = [words for meta in metas for words in _bounds(meta)]
        return " ".join([_describe(inner), *bounds])
    origin = get_origin(hint)
    if origin is Literal:
        return "one of " + ", ".join(str(value) for value in get_args(hint))
    if origin in {Union, types.UnionType}:
        kinds = [kind for kind in get_args(hint) if kind is not types.NoneType]
        return " or ".join(_describe(kind) for kind in kinds)
    if _is_list(hint):
        return f"{_describe(get_args(hint)[0])}, several separated by commas"
    return _WORDS.get(hint, getattr(hint, "__name__", str(hint)))


def _bounds(meta: Any) -> Iterator[str]:
    for attribute, words in (
        ("ge", "of at least"),
        ("gt", "greater than"),
        ("le", "of at most"),
        ("lt", "less than"),
        ("pattern", "matching"),
    ):
        bound = getattr(meta, attribute, None)
        if bound is not None:
            yield f"{words} {bound}"


def _shown(field: msgspec.structs.FieldInfo) -> str:
    if field.default_factory is not msgspec.NODEFAULT:
        return _text(field.default_factory())
    return "" if field.default is msgspec.NODEFAULT else _text(field.default)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list | frozenset):
        return ",".join(str(part) for part in value)
    return str(value)
