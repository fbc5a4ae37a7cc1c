"""An endpoint: where it is, what it speaks, the key it wants, and the limits that it is held to.

Rule of the file: values, and how they are put together. Nothing is sent.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from conformance.adapters import Adapter, HttpAdapter, adapter, adapter_names, find_adapter
from conformance.dialects import Dialect
from conformance.errors import UsageError
from conformance.rulebook import STRICT, Profile, Rulebook

if TYPE_CHECKING:
    from conformance.endpoints.asking import Patience

WRONG_KEY = "conformance-wrong-key"
_VENDORS = {
    "anthropic-messages": "anthropic",
    "bedrock-converse": "bedrock",
    "cohere-v2": "cohere",
    "gemini": "gemini",
    "mistral": "mistral",
    "ollama": "ollama",
    "openai-chat": "openai",
    "openai-responses": "openai_responses",
}
"""Language -> the file of its vendor."""
_AWS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


@dataclass(frozen=True)
class Limits:
    """How long what may take, in seconds."""

    health: float = 10.0
    simple: float = 60.0
    complex: float = 300.0
    streaming: float = 300.0
    stall: float = 60.0
    """Without a byte for so long, an answer is given up."""
    ttft: float = 5.0
    gap: float = 5.0

    def whole(self, patience: Patience) -> float:
        """How long one exchange may take altogether."""
        found: float = getattr(self, patience)
        return found

    def idle(self, patience: Patience) -> float:
        """How long nothing may come."""
        return min(self.stall, self.whole(patience)) if patience == "streaming" else self.whole(patience)


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One live server, and as what it is judged."""

    base_url: str
    speaker: Adapter
    model: str
    key: str = field(default="", repr=False)
    key_env: str = "API_KEY"
    profile: str = ""
    """The provider whose known deviations are excused."""
    limits: Limits = Limits()

    @property
    def dialect(self) -> Dialect:
        return self.speaker.dialect

    @property
    def judged_as(self) -> Profile:
        return self.speaker.profile if self.profile else STRICT

    @property
    def host_rules(self) -> Rulebook | None:
        return getattr(self.speaker, "rules", None) if self.profile else None

    @property
    def subject(self) -> str:
        return urlsplit(self.base_url).netloc

    @property
    def origin(self) -> str:
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}"

    def with_old_limit(self) -> Endpoint:
        """The same endpoint, asked by `max_tokens`, the older name of the limit."""
        assert isinstance(self.speaker, HttpAdapter), "only such have quirks"
        quirks = {**self.speaker.quirks, "max_tokens_field": "max_tokens"}
        return replace(self, speaker=replace(self.speaker, quirks=quirks))

    def speaks(self, *, good: bool = True, usage: bool = True) -> Adapter:
        """The adapter that composes the requests: without auth where there is no key, without asking for usage."""
        one = self.speaker
        if isinstance(one, HttpAdapter):
            if good and not self.key:
                from conformance.auth import bearer_if_any

                one = replace(one, authenticate=bearer_if_any, issuer=None)
            if not usage and self.dialect.name == "openai-chat":
                one = replace(one, quirks={**one.quirks, "include_usage": False})
        return one

    @property
    def wrong_key(self) -> str:
        """A key of the same form that opens nothing."""
        return "AKIDCONFORMANCEWRONG:conformance-wrong-secret" if ":" in self.key else WRONG_KEY


def speaker_for(dialect_name: str, profile: str = "") -> Adapter:
    """The adapter that speaks to an endpoint: the language's official speaker, or the profile's own."""
    if not profile:
        return _official(dialect_name)
    one = find_adapter(profile)
    if one is None:
        one = adapter(profile)  # raises, and names the nearest
    if one.dialect.name != dialect_name:
        told = f"{one.name} speaks {one.dialect.name}, not {dialect_name}"
        raise UsageError(told, f"leave --profile out, or say --dialect {one.dialect.name}")
    return one


def _official(dialect_name: str) -> Adapter:
    """The native adapter of that language that has no host, path or issuer of its own."""
    if vendor := _VENDORS.get(dialect_name):  # by its file: to look through all providers costs more than the rest
        found: Adapter = import_module(f"conformance.providers.{vendor}").ADAPTER
        return found
    for one in map(adapter, adapter_names()):
        own = any(getattr(one, name, None) for name in ("place", "issuer", "rules", "deviations", "routes"))
        if one.dialect.name == dialect_name and one.onboarding == "native" and not own:
            return one
    raise UsageError(f"no installed provider speaks {dialect_name}", "name one with --profile")


def checked_url(text: str) -> str:
    """A base URL without its last slash. Raises `UsageError` for what is none."""
    hint = "give the base URL as the vendor's SDK takes it, e.g. http://127.0.0.1:8080/v1"
    try:
        parts = urlsplit(text.strip())
        port_is_sound = parts.port is None or parts.port > 0
    except ValueError as fault:
        raise UsageError(f"{text!r} is no URL: {fault}", hint) from fault
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_sound:
        raise UsageError(f"{text!r} is no base URL of a server", hint)
    if parts.username or parts.password:
        raise UsageError("the base URL holds a user name or password", "give the key by --api-key-env")
    if parts.query or parts.fragment:
        raise UsageError(f"{text!r} goes on after its path", hint)
    return text.strip().rstrip("/")


def key_from(
    env: str | None, speaker: Adapter, base_url: str, environ: Mapping[str, str] = os.environ
) -> tuple[str, str]:
    """The key and the variable that it is from. None is looked for unless it is named, or the host is the vendor's.

    Raises `UsageError` for a variable that is not set.
    """
    if env:
        if env == _AWS[0] and environ.get(_AWS[0]):
            return ":".join(environ[name] for name in _AWS if environ.get(name)), env
        if not environ.get(env, "").strip():
            raise UsageError(
                f"the environment variable {env} is not set", "set it to the key, or leave --api-key-env out"
            )
        return environ[env].strip(), env
    if urlsplit(base_url).hostname == urlsplit(speaker.base_url).hostname:
        for name in speaker.key_env:
            if environ.get(name):
                return environ[name], name
    return "", "API_KEY"
