"""The obligation on keys also holds where a key is exchanged: adapters that are wrong in one way each are found out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from conformance import HttpAdapter, adapter
from conformance.auth import bearer
from conformance.auth.tokens import Ask
from conformance.obligations import OBLIGATIONS
from conformance.obligations.registry import Bench


def good(name: str = "copilot") -> HttpAdapter:
    one = adapter(name)
    assert isinstance(one, HttpAdapter)
    assert one.issuer
    return one


def faults(one: HttpAdapter, obligation: str = "unit.auth") -> list[str]:
    return [finding.message for finding in OBLIGATIONS[obligation].apply(one, Bench())]


def asking(change: Callable[[Ask, str], Ask], name: str = "copilot") -> HttpAdapter:
    """An adapter that asks for its token otherwise."""
    one = good(name)
    assert one.issuer
    issuer = one.issuer

    class Otherwise(type(issuer)):  # type: ignore[misc]
        def ask(self, key: str, settings: Any) -> Ask:
            return change(issuer.ask(key, settings), key)

    return replace(one, issuer=Otherwise(**{field: getattr(issuer, field) for field in issuer.__dataclass_fields__}))


class Beside(httpx.Auth):
    """Puts the token where it belongs, and something else beside it."""

    def __init__(self, token: str, **more: str) -> None:
        self.lines = {"authorization": f"Bearer {token}", **more}

    def __call__(self, request: httpx.Request) -> httpx.Request:
        request.headers.update(self.lines)
        return request

    def auth_flow(self, request: httpx.Request) -> Iterator[httpx.Request]:  # type: ignore[override]
        yield self(request)


def skips_the_exchange() -> HttpAdapter:
    """It sends the key itself to the model."""

    class Skips(HttpAdapter):
        def auth(self, key: str) -> httpx.Auth:
            return bearer(key)

    one = good()
    return Skips(**{name: getattr(one, name) for name in one.__dataclass_fields__})


def shows_the_key_in_the_url() -> HttpAdapter:
    return asking(lambda ask, key: replace_ask(ask, url=f"{ask.url}?key={key}"))


def shows_the_key_in_the_body() -> HttpAdapter:
    return asking(lambda ask, key: replace_ask(ask, body=key.encode()), "gitlab")


def repeats_the_key() -> HttpAdapter:
    return asking(lambda ask, key: replace_ask(ask, headers=(*ask.headers, ("x-debug", key))))


def forgets_the_key() -> HttpAdapter:
    return asking(lambda ask, key: replace_ask(ask, headers=()))


def codes_another_key() -> HttpAdapter:
    """Basic auth is looked into: a key that is not in it is missed."""
    return asking(
        lambda ask, key: replace_ask(ask, headers=(("authorization", "Basic Y2xpZW50Om90aGVy"),)), "sap-ai-core"
    )


def repeats_the_token() -> HttpAdapter:
    return replace(good(), authenticate=lambda token: Beside(token, **{"x-debug": token}))


def sends_the_key_along() -> HttpAdapter:
    class Along(HttpAdapter):
        def auth(self, key: str) -> httpx.Auth:
            assert self.issuer
            return self.issuer.auth(key, lambda token: Beside(token, **{"x-api-key": key}), self.settings)

    one = good("gitlab")
    return Along(**{name: getattr(one, name) for name in one.__dataclass_fields__})


def replace_ask(ask: Ask, **changes: Any) -> Ask:
    return replace(ask, **changes)


WRONG: dict[Callable[[], HttpAdapter], set[str]] = {
    skips_the_exchange: {
        "the key is not exchanged for a token",
        "the key is not at authorization",
        "the key that was exchanged is at authorization, where it does not belong",
    },
    shows_the_key_in_the_body: {"the key is at body, where it does not belong"},
    repeats_the_key: {"the key is at x-debug, where it does not belong"},
    forgets_the_key: {"the key is not at authorization"},
    codes_another_key: {"the key is not at authorization"},
    repeats_the_token: {"the key is at x-debug, where it does not belong"},
    sends_the_key_along: {"the key that was exchanged is at x-api-key, where it does not belong"},
}


@pytest.mark.parametrize("name", ["copilot", "gitlab", "sap-ai-core"])
@pytest.mark.parametrize("obligation", ["unit.auth", "contract.auth_header"])
def test_a_good_exchange_breaks_nothing(name: str, obligation: str) -> None:
    assert faults(good(name), obligation) == []


@pytest.mark.parametrize("spoilt", WRONG, ids=lambda spoilt: spoilt.__name__)
@pytest.mark.parametrize("obligation", ["unit.auth", "contract.auth_header"])
def test_what_is_wrong_is_found(spoilt: Callable[[], HttpAdapter], obligation: str) -> None:
    assert set(faults(spoilt(), obligation)) == WRONG[spoilt]


def test_a_key_in_the_issuers_url_is_found() -> None:
    assert "the key is at query:key, where it does not belong" in faults(shows_the_key_in_the_url())
