"""The unit tier in detail: every single thing that it looks at can be wrong, and is then named."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from conformance import Adapter, ChatRequest, HttpAdapter, Request, UnsupportedError, adapter
from conformance.obligations import OBLIGATIONS, Bench
from conformance.obligations.keys import key_faults
from conformance.testing import KEY

Change = Callable[[HttpAdapter], Adapter]


@pytest.fixture
def good() -> HttpAdapter:
    found = adapter("openai")
    assert isinstance(found, HttpAdapter)
    return found


def found(obligation: str, one: Adapter, folder: Path | None = None) -> list[str]:
    return [finding.message for finding in OBLIGATIONS[obligation].apply(one, Bench(folder))]


def body_with(change: Callable[[ChatRequest, dict[str, Any]], Any]) -> Change:
    def spoil(good: HttpAdapter) -> Adapter:
        def body(request: ChatRequest, quirks: Any) -> Any:
            return change(request, good.dialect.body(request, quirks))

        return replace(good, dialect=replace(good.dialect, body=body))

    return spoil


def url_with(change: Callable[[str], str]) -> Change:
    def spoil(good: HttpAdapter) -> Adapter:
        class Elsewhere(HttpAdapter):
            def url(self, request: ChatRequest, base_url: str | None = None) -> str:
                return change(super().url(request, base_url))

        return Elsewhere(**{name: getattr(good, name) for name in good.__dataclass_fields__})

    return spoil


IDENTITY: dict[str, Change] = {
    "a name or alias is not a lower-case word": lambda good: replace(good, aliases=("Open AI",)),
    "the display name is empty": lambda good: replace(good, display_name="  "),
    "the dialect is not one of the kit's": lambda good: replace(good, dialect=replace(good.dialect, name="esperanto")),
    "the model is not a model id": lambda good: replace(good, model="<model>"),
    "a name or alias is given twice": lambda good: replace(good, aliases=("openai",)),
    "a name or alias also belongs to anthropic": lambda good: replace(good, aliases=("anthropic",)),
    "capabilities that the kit does not know": lambda good: replace(good, capabilities=frozenset({"telepathy"})),
    "0 < max_tokens <= context_window does not hold": lambda good: replace(good, context_window=1),
    "not the name of an environment variable": lambda good: replace(good, key_env=()),
    "the model id does not reach the request": body_with(lambda request, body: {**body, "model": "another"}),
}


@pytest.mark.parametrize("message", IDENTITY)
def test_an_identity_that_is_wrong_is_named(message: str, good: HttpAdapter) -> None:
    assert found("unit.identity", IDENTITY[message](good)) == [message]


def refuse(field: str, why: str) -> Change:
    def spoil(request: ChatRequest, body: dict[str, Any]) -> dict[str, Any]:
        if getattr(request, field):
            raise UnsupportedError(why)
        return body

    return body_with(spoil)


def another_limit(request: ChatRequest, body: dict[str, Any]) -> dict[str, Any]:
    limit = body.get("max_completion_tokens")
    return {**body, "max_completion_tokens": limit - 1} if limit else body


MAPPING: dict[str, Change] = {
    "top_p is dropped in silence: nothing of the request changes": body_with(
        lambda request, body: {name: value for name, value in body.items() if name != "top_p"}
    ),
    "max_tokens changes the request, but its value is not in it": body_with(another_limit),
    "the refusal does not say what it refuses": refuse("reasoning", " "),
    "model is refused, though nothing can be asked without it": refuse("model", "no models here"),
    "with temperature: ": body_with(
        lambda request, body: {**body, **({"temperature": "warm"} if request.temperature else {})}
    ),
    "with model: the body is not a JSON object with fields": body_with(lambda request, body: json.dumps(body)),
}


@pytest.mark.parametrize("message", MAPPING)
def test_a_mapping_that_is_wrong_is_named(message: str, good: HttpAdapter) -> None:
    told = found("unit.request_mapping", MAPPING[message](good))
    assert any(one.startswith(message) for one in told), told


def test_a_field_that_is_refused_aloud_is_no_fault(good: HttpAdapter) -> None:
    assert found("unit.request_mapping", refuse("top_p", "this vendor takes no top_p")(good)) == []


ENDPOINT: dict[str, Change] = {
    "streamed: not an https URL of a host": lambda good: replace(good, base_url="http://api.openai.com/v1"),
    "streamed: the URL has an empty segment or a space": url_with(lambda url: url.replace("/chat", "//chat")),
    "streamed: the dialect does not know this URL as its own": url_with(lambda url: url.replace("chat/", "chatting/")),
    "streamed: the URL does not begin with the base URL": url_with(
        lambda url: url.replace("api.openai.com", "eu.openai.com")
    ),
    "whole: URL and body ask for the other kind of answer": body_with(lambda request, body: {**body, "stream": True}),
}


@pytest.mark.parametrize("message", ENDPOINT)
def test_an_endpoint_that_is_wrong_is_named(message: str, good: HttpAdapter) -> None:
    assert message in found("unit.endpoint", ENDPOINT[message](good))


HEADER = (("Authorization", f"Bearer {KEY}"),)
LEAKS = {
    "the key is not at authorization": Request("POST", "https://a.example/v1"),
    "the key is at path, where it does not belong": Request("POST", f"https://a.example/{KEY}/v1", HEADER),
    "the key is at query:key, where it does not belong": Request("POST", f"https://a.example/v1?key={KEY}", HEADER),
    "the key is at body, where it does not belong": Request("POST", "https://a.example", HEADER, KEY.encode()),
    "the key is at x-trace, where it does not belong": Request(
        "POST", "https://a.example", (*HEADER, ("X-Trace", base64.b64encode(KEY.encode()).decode()))
    ),
}


@pytest.mark.parametrize("message", LEAKS)
def test_a_key_that_leaks_is_seen_wherever_it_is(message: str) -> None:
    assert [one.message for one in key_faults(LEAKS[message], "authorization")] == [message]


def test_an_adapter_that_drops_the_key_is_seen_on_the_wire(good: HttpAdapter) -> None:
    class Silent(httpx.Auth):
        def auth_flow(self, request: httpx.Request) -> Iterator[httpx.Request]:  # type: ignore[override]
            yield request

    assert found("unit.auth", replace(good, authenticate=lambda key: Silent())) == ["the key is not at authorization"]


def test_a_cassette_that_cannot_be_read_counts_as_none_and_is_named(good: HttpAdapter, tmp_path: Path) -> None:
    (tmp_path / "verify_openai_simple_text.json").write_text("{", encoding="utf-8")
    unreadable, few = found("unit.cassette_floor", good, tmp_path)
    assert unreadable.startswith("a cassette cannot be read: ")
    assert few == "too few cassettes; record them: conformance record openai"
