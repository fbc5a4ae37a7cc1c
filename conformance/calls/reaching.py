"""How a provider is reached while it is recorded: the vendor with caution, or the virtual provider in its place.

Rule of the file: what is opened for it is closed with the `with` block; nothing is sent here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit

from conformance.adapters import Adapter
from conformance.model import ChatRequest

if TYPE_CHECKING:
    import httpx

    from conformance.calls.caution import CautionConfig

Reach: TypeAlias = "Callable[[Adapter], tuple[httpx.BaseTransport, str]]"
"""The transport to a provider, and the key that it takes."""
Ways: TypeAlias = AbstractContextManager[Reach]

_GAP = 0.003
"""Seconds between the frames of the virtual provider: enough for each to arrive as a chunk of its own."""


@contextmanager
def virtually(transport: httpx.BaseTransport | None = None) -> Iterator[Reach]:
    """The virtual provider under each vendor's address."""
    from conformance.calls.detour import Detour
    from conformance.virtual import VIRTUAL_KEY, VirtualProvider

    with VirtualProvider(gap=_GAP) as virtual, ExitStack() as stack:

        def reach(one: Adapter) -> tuple[httpx.BaseTransport, str]:
            ways = {vendor_base(one): virtual.base_url_as(one.name), **_issuing(one, virtual.url)}
            return stack.enter_context(Detour(ways, transport)), VIRTUAL_KEY

        yield reach


@contextmanager
def live(
    keys: Mapping[str, str], transport: httpx.BaseTransport | None = None, caution: CautionConfig | None = None
) -> Iterator[Reach]:
    """The vendors, by the key of each. What is learnt of them is kept in the process, unless a network stands in."""
    from conformance.calls.caution import Caution, caution_with, with_rate
    from conformance.calls.courier import Courier

    def reach(one: Adapter) -> tuple[httpx.BaseTransport, str]:
        config = caution or with_rate()
        mine = caution_with(one.name, config) if transport is None else Caution(config)
        return Courier(one, mine, transport), keys[one.name]

    yield reach


def vendor_base(speaker: Adapter) -> str:
    """The base URL as it is called: its settings filled in."""
    asked = ChatRequest(model=speaker.model, messages=())
    path = speaker.url(asked, "base:").removeprefix("base:")
    return speaker.url(asked).removesuffix(path)


def _issuing(speaker: Adapter, towards: str) -> dict[str, str]:
    """The way to the issuer of tokens, where there is one: its origin stands at that of the virtual provider."""
    issuer = getattr(speaker, "issuer", None)
    if issuer is None:
        return {}
    return {urlsplit(issuer.address(getattr(speaker, "settings", {})))._replace(path="", query="").geturl(): towards}
