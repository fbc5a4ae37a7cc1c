"""Adapters: the named speakers. Each is facts over a dialect; a file in `providers/` holds one.

Rule of the file: an adapter composes a request and never sends it. No adapter opens a socket.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Protocol

from conformance.deviating import Deviation, profile_of
from conformance.dialects import Dialect, Quirks
from conformance.errors import UsageError
from conformance.exchange import Headers
from conformance.model import JSON, ChatRequest
from conformance.onboarding import CASSETTES_ONLY, TEST_REQUIRED, KeySample, Onboarding, ProviderTestObligations
from conformance.rulebook import STRICT, Profile, Rulebook

if TYPE_CHECKING:
    import httpx

    from conformance.auth.issuing import Issuer


class Adapter(Protocol):
    """One named provider, as the kit needs to know it. Everything is read-only."""

    @property
    def name(self) -> str: ...
    @property
    def display_name(self) -> str: ...
    @property
    def aliases(self) -> tuple[str, ...]: ...
    @property
    def dialect(self) -> Dialect: ...
    @property
    def base_url(self) -> str: ...
    @property
    def key_env(self) -> tuple[str, ...]: ...
    @property
    def key_header(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def capabilities(self) -> frozenset[str]: ...
    @property
    def context_window(self) -> int: ...
    @property
    def max_tokens(self) -> int: ...
    @property
    def onboarding(self) -> Onboarding: ...
    @property
    def obligations(self) -> ProviderTestObligations: ...
    @property
    def profile(self) -> Profile: ...
    @property
    def deviations(self) -> tuple[str, ...]: ...
    def auth(self, key: str) -> httpx.Auth:
        """How the key travels."""
        ...

    def url(self, request: ChatRequest, base_url: str | None = None) -> str:
        """The exact URL that a request goes to; `base_url` stands in for the vendor's."""
        ...

    def headers(self, request: ChatRequest) -> Headers:
        """Header lines beside content type and auth."""
        ...

    def body(self, request: ChatRequest) -> JSON:
        """The request body. Raises `UnsupportedError` for a field that the vendor has no way to take."""
        ...


@dataclass(frozen=True, kw_only=True)
class HttpAdapter:
    """The plain adapter: a row of facts over a dialect. What varies is a field, never a method to override."""

    name: str
    display_name: str
    dialect: Dialect
    base_url: str
    key_env: tuple[str, ...]
    """Environment variables that may hold the key, first found wins."""
    authenticate: Callable[[str], httpx.Auth]
    key_header: str = "authorization"
    """Where the key is on the wire, lower case: the header's name, or `query:<name>`."""
    key_samples: tuple[KeySample, ...] = ()
    """Keys of the other forms that `authenticate` takes."""
    model: str
    """A model id that serves for tests."""
    makes: str = ""
    """A pattern that the ids of its vendor's own models begin with: who names one of them alone means this adapter."""
    aliases: tuple[str, ...] = ()
    fixed_headers: Headers = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    """What fills the `{names}` in `base_url` and in `place`: a region, a resource, a project. Stands for a real one."""
    place: Callable[[ChatRequest, Mapping[str, str]], str] | None = None
    """The path below the base URL (from request and settings) where it is not the dialect's own."""
    routes: tuple[str, ...] = ()
    """Where its vendor's server listens beside the paths of the dialect, as templates from the origin on."""
    request_headers: Callable[[ChatRequest], Headers] | None = None
    """Header lines that depend on the request, beside `fixed_headers`."""
    issuer: Issuer | None = None
    """Who exchanges the key for a token, where calls carry one: then `authenticate` says how the token travels."""
    exchanged_at: Callable[[str], str | None] | None = None
    """The address where a key is exchanged for a token, where the key itself says it; "" stands for a key unknown."""
    rules: Rulebook | None = None
    """What holds for this speaker beyond its language: hosts, paths, headers, what its issuer answers."""
    quirks: Quirks = field(default_factory=dict)
    capabilities: frozenset[str] = frozenset()
    """What scenarios may ask of it: see `conformance.scenarios.CAPABILITIES`."""
    context_window: int = 0
    max_tokens: int = 0
    onboarding: Onboarding = "native"
    obligations: ProviderTestObligations = TEST_REQUIRED
    deviations: tuple[str, ...] = ()
    """What it does otherwise than its language says: ids of the dialect's deviations. The profile follows from them."""
    profile: Profile = STRICT

    def __post_init__(self) -> None:
        if self.deviations:
            derived = profile_of(self.name, deviations_of(self))
            laid_over = Profile(derived.name, {**derived.changes, **self.profile.changes})
            object.__setattr__(self, "profile", laid_over)

    def auth(self, key: str) -> httpx.Auth:
        if self.issuer is None:
            return self.authenticate(key)
        return self.issuer.auth(key, self.authenticate, self.settings)

    def url(self, request: ChatRequest, base_url: str | None = None) -> str:
        base = base_url or self.base_url.format_map(self.settings)
        path = self.place(request, self.settings) if self.place else self.dialect.path(request)
        return base.rstrip("/") + path

    def headers(self, request: ChatRequest) -> Headers:
        return (*self.fixed_headers, *(self.request_headers(request) if self.request_headers else ()))

    def body(self, request: ChatRequest) -> JSON:
        return self.dialect.body(request, self.quirks)


# ------------------------------------------------------------------ discovery


def deviations_of(adapter: Adapter) -> tuple[Deviation, ...]:
    """What an adapter does otherwise, in the order in which it is rendered. Raises `UsageError` for an unknown id."""
    known = adapter.dialect.deviations
    if unknown := [id for id in adapter.deviations if id not in known]:
        told = f"{adapter.name}: {adapter.dialect.name} knows no deviation {unknown[0]!r}"
        raise UsageError(told, f"choose among: {', '.join(known) or 'none'}")
    return tuple(known[id] for id in adapter.deviations)


@cache
def _adapters() -> Mapping[str, Adapter]:
    from conformance.discovery import discover

    return discover()


def adapter_names() -> list[str]:
    """The names of all adapters that are installed, sorted."""
    return sorted(_adapters())


def find_adapter(name: str) -> Adapter | None:
    """The adapter of that name or alias, in any case; None when there is none (the empty string finds nothing)."""
    wanted = name.strip().lower()
    if not wanted:
        return None
    known = _adapters()
    if wanted in known:
        return known[wanted]
    return next((one for one in known.values() if wanted in one.aliases), None)


def adapter(name: str) -> Adapter:
    """The adapter of that name or alias. Raises `UsageError` for an unknown one."""
    if found := find_adapter(name):
        return found
    names = adapter_names()
    near = get_close_matches(name.strip().lower(), names, n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else f"there are {len(names)}: conformance list providers"
    raise UsageError(f"there is no provider {name!r}", hint)


__all__ = [
    "CASSETTES_ONLY",
    "TEST_REQUIRED",
    "Adapter",
    "HttpAdapter",
    "KeySample",
    "Onboarding",
    "ProviderTestObligations",
    "adapter",
    "adapter_names",
    "deviations_of",
    "find_adapter",
]
