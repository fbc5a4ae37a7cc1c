"""Detection: which provider a model name means, and what a call to it needs.

Rule of the file: the adapters are the only table. Who is meant is said outright or known for sure, never guessed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from conformance.adapters import Adapter, HttpAdapter, adapter, adapter_names, find_adapter
from conformance.dialects import dialect
from conformance.errors import UsageError
from conformance.exchange import host_of
from conformance.model import ChatRequest
from conformance.presets import build_preset, preset_rows

_FEW = 6
"""How many candidates an error names."""


@dataclass(frozen=True)
class ProviderConfig:
    """A provider and a model of it, as calls need them."""

    adapter: Adapter
    model: str
    """As the provider calls it, without the prefix that names the provider."""
    base_url: str | None = None
    """Stands in for the vendor's."""

    @property
    def provider(self) -> str:
        """The name of the adapter."""
        return self.adapter.name

    @property
    def requires(self) -> frozenset[str]:
        """What calls must be allowed: see `get_capability_requirements`."""
        return get_capability_requirements(self.adapter, self.base_url, self.key())

    def key(self) -> str:
        """The key from the environment: the first variable that is set; "" when none is."""
        return next((os.environ[name] for name in self.adapter.key_env if os.environ.get(name)), "")


def detect_provider_from_model(model: str, base_url: str | None = None) -> str:
    """The name of the adapter that a model means: by prefix (`openai/gpt-4`), address, or who makes models so named.

    Raises `UsageError` that names the candidates where it is not sure, and says how to be sure.
    """
    sure = _meant(model, base_url)
    if len(sure) == 1:
        return sure[0]
    raise _unsure(model, sure)


def normalize_model_name(model: str, provider: str | None = None) -> str:
    """The model as its provider calls it: a prefix that names the provider is taken off, any other belongs to it."""
    if not model.strip():
        raise UsageError("the model has no name", "write provider/model, e.g. openai/gpt-4.1")
    named, rest = _split(model)
    if named is None or (provider and adapter(provider) != named):
        return model.strip()
    return rest


def infer_provider_config(
    model: str, provider: str | None = None, base_url: str | None = None, speaks: str | None = None
) -> ProviderConfig:
    """What calls to a model need. A model that nobody is known for takes a base URL.

    Of such a server `speaks` names the dialect: by default openai-chat, as of most. Raises `UsageError`.
    """
    name = normalize_model_name(model, provider)
    if base_url is not None and not host_of(base_url):
        raise UsageError(f"{base_url!r} is no URL", "write it with its scheme, e.g. http://127.0.0.1:8000/v1")
    if provider:
        return ProviderConfig(_speaking(adapter(provider), speaks), name, base_url)
    sure = _meant(model, base_url)
    if base_url and not sure:
        return ProviderConfig(generic(base_url, name, speaks or "openai-chat"), name)
    if len(sure) != 1:
        raise _unsure(model, sure)
    return ProviderConfig(_speaking(adapter(sure[0]), speaks), name, base_url)


def get_capability_requirements(of: Adapter | str, base_url: str | None = None, key: str = "") -> frozenset[str]:
    """What calls must be allowed: `net.out:<host>` for the provider's host, and for who issues its tokens.

    `key` is only read for where it is to be exchanged; without it that is where the vendor exchanges keys.
    """
    one = adapter(of) if isinstance(of, str) else of
    hosts = {host_of(one.url(ChatRequest(model=one.model, messages=()), base_url))}
    issuer = getattr(one, "issuer", None)
    if issuer is not None:
        hosts.add(host_of(issuer.address(getattr(one, "settings", {}))))
    where = getattr(one, "exchanged_at", None)
    if where is not None and (address := where(key)):
        hosts.add(host_of(address))
    return frozenset(f"net.out:{host}" for host in hosts)


def generic(base_url: str, model: str, speaks: str = "openai-chat") -> HttpAdapter:
    """An adapter for a server that no adapter stands for. No variable of the environment holds a key for it.

    It speaks as presets of the dialect do, which is what compatible servers understand, or else as its own vendor.
    """
    facts = {"id": "generic", "name": host_of(base_url), "keys": (), "base_url": _literal(base_url), "model": model}
    if row := next((row for row in preset_rows().values() if row["dialect"] == speaks), None):
        return build_preset({**facts, "dialect": speaks, "common": row["common"]})
    native = next(one for one in map(adapter, adapter_names()) if _plainly(one, dialect(speaks).name))
    assert isinstance(native, HttpAdapter)
    named = replace(native, name="generic", display_name=host_of(base_url), aliases=(), makes="", rules=None)
    return replace(named, base_url=_literal(base_url), key_env=(), model=model)


def _plainly(one: Adapter, speaks: str) -> bool:
    """Whether this is the vendor of a dialect itself, and no host that serves it at addresses of its own."""
    own = (getattr(one, name, None) for name in ("place", "issuer", "settings"))
    return one.dialect.name == speaks and one.onboarding == "native" and not any(own)


def _literal(base_url: str) -> str:
    return base_url.replace("{", "{{").replace("}", "}}")


def _split(model: str) -> tuple[Adapter | None, str]:
    """The adapter that a prefix names, and what comes after it."""
    prefix, slash, rest = model.strip().partition("/")
    named = find_adapter(prefix) if slash else None
    if named and not rest:
        raise UsageError(f"{model!r} names a provider and no model", f"e.g. {named.name}/{named.model}")
    return named, rest


def _speaking(one: Adapter, speaks: str | None) -> Adapter:
    if speaks in (None, one.dialect.name):
        return one
    raise UsageError(f"{one.name} speaks {one.dialect.name}, not {speaks}", "leave the dialect out")


def _meant(model: str, base_url: str | None) -> list[str]:
    """Who may be meant, from what is said outright to what is only a name."""
    named, _ = _split(model)
    if named:
        return [named.name]
    makers = _makers(model.strip())
    at_home = _living_at(base_url) if base_url else []
    return [one for one in makers if one in at_home] or at_home or makers


def _makers(model: str) -> list[str]:
    """Who makes models of such a name."""
    known = ((name, getattr(adapter(name), "makes", "")) for name in adapter_names())
    return [name for name, pattern in known if pattern and re.match(pattern, model, re.IGNORECASE)]


def _living_at(base_url: str) -> list[str]:
    wanted = base_url.rstrip("/")
    return [name for name in adapter_names() if adapter(name).base_url.rstrip("/") == wanted]


def _unsure(model: str, candidates: Sequence[str]) -> UsageError:
    name = model.strip()
    if candidates:
        return UsageError(f"the model {name!r} may be of {_few(candidates)}", f"write which: {candidates[0]}/{name}")
    serving = [one for one in adapter_names() if adapter(one).model == name]
    if serving:  # theirs it is not, and there may be others: who of them is meant is for the user to say
        told = f"the model {name!r} belongs to no provider alone; among those that serve it: {_few(serving)}"
        return UsageError(told, f"write which: {serving[0]}/{name}")
    hint = "write provider/model, e.g. openai/gpt-4.1, or give a base URL; conformance list providers"
    return UsageError(f"no provider is known for the model {name!r}", hint)


def _few(names: Sequence[str]) -> str:
    more = [f"{len(names) - _FEW} more"] if len(names) > _FEW else []
    return ", ".join([*names[:_FEW], *more])
