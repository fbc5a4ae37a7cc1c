"""A model by name: say who and what, and call it; every adapter of every dialect serves.

    async with Model("openai/gpt-4.1") as model:
        reply = await model.invoke("Hello")
        async for event in model.stream("Hello"): ...

    with Model("claude-sonnet-5").sync() as model:      # the same two, without async
        print(model.invoke("Hello").text)

Rule of the file: it composes what the other files do. The key is read from the environment, and told by nothing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AbstractContextManager, aclosing
from typing import TYPE_CHECKING, Any, Self

from msgspec.structs import replace

from conformance.calls.asking import Asked, requested
from conformance.calls.chain import compose, compose_stream
from conformance.calls.concealing import plain_url
from conformance.calls.context import CallContext
from conformance.calls.detection import ProviderConfig, infer_provider_config
from conformance.calls.line import PATIENCE
from conformance.calls.outgoing import CallOptions
from conformance.calls.service import AdapterService
from conformance.calls.settings import settled
from conformance.calls.steps import Steps
from conformance.calls.submitted import Service
from conformance.errors import InputError, UsageError
from conformance.exchange import host_of
from conformance.model import JSON, ChatRequest, Event, Reply

if TYPE_CHECKING:
    from types import TracebackType

    import httpx

    from conformance.calls.model_sync import SyncModel

_TOLD = ("model", "provider", "base_url", "dialect", "timeout", "settings", "patience")
"""Arguments that `to_dict` tells."""


class Model:
    """One model of one provider, with a chain of middleware around its calls.

    `model` names the provider too (`openai/gpt-4.1`), unless `provider` does or only one makes such models. `base_url`
    stands in for the vendor's; with it, `dialect` says what a server speaks that nobody is known for. `settings` are
    what is your own in the vendor's address: a region, a resource, a project. `timeout` is the patience for each next
    piece of an answer, `patience` for a whole call. `capabilities` is what calls may do: None everything, an empty set
    nothing. `service` stands in for the provider altogether.
    """

    def __init__(
        self,
        model: str = "openai/gpt-4.1",
        *,
        provider: str | None = None,
        api_key: str | None = None,
        base_url: str | None = None,
        dialect: str | None = None,
        settings: Mapping[str, str] | None = None,
        timeout: float | None = 60.0,
        patience: float | None = PATIENCE,
        capabilities: Collection[str] | None = None,
        steps: Steps | None = None,
        client: httpx.AsyncClient | None = None,
        service: Service | None = None,
    ) -> None:
        self.steps = steps or Steps()
        base = None if base_url is None else plain_url(base_url)
        self._given: dict[str, JSON] = {"model": model, "provider": provider, "base_url": base, "dialect": dialect}
        self._given |= {"timeout": timeout, "patience": patience, "settings": dict(settings or {})}
        self._patience, self._capabilities = patience, capabilities
        self._config = infer_provider_config(model, provider, base_url, dialect)
        self.model = self._config.model
        if service is None:
            key = self._key(api_key)
            adapter = settled(self._config.adapter, settings or {}, key, moved=base_url is not None)
            self._config = ProviderConfig(adapter, self.model, self._config.base_url)
            service = AdapterService(adapter, CallOptions(key, self._config.base_url, timeout), client)
        self.service: Service = service
        chain = self.steps.chain(frozenset(getattr(service, "requires", ())))
        self._call = compose(chain, lambda request, ctx: service.call(request, ctx=ctx))
        self._stream = compose_stream(chain, lambda request, ctx: service.stream(request, ctx=ctx))

    def __repr__(self) -> str:
        return f"<Model {self.provider}/{self.model}>"

    @property
    def provider(self) -> str:
        """The name of the adapter that speaks for it."""
        return self._config.provider

    @property
    def metadata(self) -> dict[str, JSON]:
        """What is known of the provider and of how it is reached."""
        one = self._config.adapter
        return {
            "provider": one.name,
            "display_name": one.display_name,
            "model": self.model,
            "dialect": one.dialect.name,
            "host": host_of(one.url(ChatRequest(model=self.model, messages=()), self._config.base_url)),
            "requires": sorted(getattr(self.service, "requires", ())),
            "capabilities": sorted(one.capabilities),
            "key_env": list(one.key_env),
            "deviations": list(one.deviations),
        }

    async def invoke(
        self,
        asked: Asked,
        *,
        ctx: CallContext | None = None,
        capabilities: Collection[str] | None = None,
        **fields: Any,
    ) -> Reply:
        """The finished reply. `fields` are those of `ChatRequest`; others travel beside them as they are.

        Raises a `ServiceError` for a call that failed. `ctx` stands in for deadline and capabilities of the model.
        """
        request = requested(self.model, asked, fields)
        reply: Reply = await self._call(request, ctx or self._context(capabilities))
        return reply

    async def stream(
        self,
        asked: Asked,
        *,
        ctx: CallContext | None = None,
        capabilities: Collection[str] | None = None,
        **fields: Any,
    ) -> AsyncIterator[Event]:
        """The events up to `Done`, each as soon as its bytes are here. Raises as `invoke`, in the middle too."""
        request = replace(requested(self.model, asked, fields), stream=True)
        async with aclosing(self._stream(request, ctx or self._context(capabilities))) as events:  # type: ignore[type-var]
            async for event in events:
                yield event

    def sync(self) -> AbstractContextManager[SyncModel]:
        """The same model for code that is not async: a `with` block, its calls run in a thread of their own."""
        from conformance.calls.model_sync import SyncModel

        return SyncModel(self)

    def to_dict(self) -> dict[str, JSON]:
        """What makes such a model anew: never the key, and nothing that is code."""
        return {**self._given, "steps": self.steps.to_dict()}

    @classmethod
    def from_dict(cls, told: Mapping[str, JSON], *, api_key: str | None = None) -> Self:
        """The model that `to_dict` told, its key from the environment unless given. Raises `InputError`."""
        if odd := sorted(told.keys() - {*_TOLD, "steps"}):
            raise InputError(f"a model has no {odd[0]!r}", f"it has: {', '.join([*_TOLD, 'steps'])}")
        rest = {name: told[name] for name in _TOLD if name in told}
        return cls(**rest, steps=Steps.from_dict(told.get("steps", {})), api_key=api_key)

    async def aclose(self) -> None:
        """Close the connections that are the model's own."""
        if isinstance(self.service, AdapterService):
            await self.service.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def _key(self, given: str | None) -> str:
        """The key that is given, else from the environment. Raises `UsageError` that names where it was looked for."""
        key = self._config.key() if given is None else given
        names = self._config.adapter.key_env
        if not key and given is None and names:
            told = f"no key for {self._config.adapter.display_name}"
            raise UsageError(
                f"{told}: set {' or '.join(names)}", 'or give api_key; api_key="" for a server without keys'
            )
        return key

    def _context(self, capabilities: Collection[str] | None) -> CallContext:
        granted = self._capabilities if capabilities is None else capabilities
        if self._patience is None:
            return CallContext.new(capabilities=granted)
        return CallContext.with_timeout(timeout_s=self._patience, capabilities=granted)


def quick_chat(prompt: str, model: str = "openai/gpt-4.1", *, api_key: str | None = None, **fields: Any) -> str:
    """The text that a model answers to a prompt. Not for use within async code."""
    with Model(model, api_key=api_key).sync() as one:
        return one.invoke(prompt, **fields).text
