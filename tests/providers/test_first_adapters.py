"""The facts of the two native adapters, as their vendors document them."""

from __future__ import annotations

import pytest

from conformance import TEST_REQUIRED, adapter, find_adapter
from conformance.adapters import HttpAdapter
from conformance.errors import UnsupportedError
from conformance.model import ChatRequest, user
from conformance.scenarios import CAPABILITIES

FACTS = {
    "openai": {
        "display_name": "OpenAI",
        "dialect": "openai-chat",
        "url": "https://api.openai.com/v1/chat/completions",
        "key_env": ("OPENAI_API_KEY",),
        "key_header": "authorization",
        "model": "gpt-5.4-mini",
        "limits": (400_000, 128_000),
        "headers": (),
    },
    "anthropic": {
        "display_name": "Anthropic",
        "dialect": "anthropic-messages",
        "url": "https://api.anthropic.com/v1/messages",
        "key_env": ("ANTHROPIC_API_KEY",),
        "key_header": "x-api-key",
        "model": "claude-sonnet-5",
        "limits": (1_000_000, 128_000),
        "headers": (("anthropic-version", "2026-10-21"),),
    },
}
HI = ChatRequest(model="m", messages=(user("Hi"),))


@pytest.mark.parametrize("name", FACTS)
def test_the_facts(name: str) -> None:
    one, facts = adapter(name), FACTS[name]
    assert isinstance(one, HttpAdapter)
    assert {
        "display_name": one.display_name,
        "dialect": one.dialect.name,
        "url": one.url(HI),
        "key_env": one.key_env,
        "key_header": one.key_header,
        "model": one.model,
        "limits": (one.context_window, one.max_tokens),
        "headers": one.headers(HI),
    } == facts
    assert (one.name, one.onboarding, one.obligations) == (name, "native", TEST_REQUIRED)


@pytest.mark.parametrize("name", FACTS)
def test_what_it_claims_has_a_meaning(name: str) -> None:
    assert adapter(name).capabilities <= CAPABILITIES.keys()


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("OpenAI", "openai"),
        (" oai ", "openai"),
        ("open-ai", "openai"),
        ("CLAUDE", "anthropic"),
        ("Anthropic", "anthropic"),
    ],
)
def test_names_and_aliases_are_found_in_any_case(asked: str, name: str) -> None:
    assert find_adapter(asked) is adapter(name)


@pytest.mark.parametrize("asked", ["", " ", "gpt", "openai-chat"])
def test_what_is_no_name_finds_nothing(asked: str) -> None:
    assert find_adapter(asked) is None


def test_max_tokens_travels_under_the_dialects_own_name() -> None:
    request = ChatRequest(model="m", messages=(user("Hi"),), max_tokens=7)
    assert adapter("openai").body(request)["max_completion_tokens"] == 7
    assert adapter("anthropic").body(request)["max_tokens"] == 7
    assert adapter("anthropic").body(HI)["max_tokens"] == 8192


def test_what_a_vendor_cannot_take_is_refused_aloud() -> None:
    request = ChatRequest(model="m", messages=(user("Hi"),), temperature=0.5)
    assert adapter("openai").body(request)["temperature"] == 0.5
    with pytest.raises(UnsupportedError, match="temperature"):
        adapter("anthropic").body(request)
