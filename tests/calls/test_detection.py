"""Who a model name means: said outright, known for sure, or an error that names who it may be."""

from __future__ import annotations

import json
import re

import pytest

from conformance import adapter, adapter_names
from conformance import adapters as adapters_module
from conformance.calls.detection import (
    detect_provider_from_model,
    get_capability_requirements,
    infer_provider_config,
    normalize_model_name,
)
from conformance.dialects import dialect_names
from conformance.errors import UsageError


@pytest.mark.parametrize(
    ("model", "provider", "name"),
    [
        ("openai/gpt-4", "openai", "gpt-4"),
        ("OAI/gpt-4", "openai", "gpt-4"),
        ("claude/claude-sonnet-5", "anthropic", "claude-sonnet-5"),
        ("openrouter/openai/gpt-4", "openrouter", "openai/gpt-4"),
        ("groq/llama-3.3-70b-versatile", "groq", "llama-3.3-70b-versatile"),
        ("gpt-4.1", "openai", "gpt-4.1"),
        ("o3-mini", "openai", "o3-mini"),
        ("claude-3-opus-20240229", "anthropic", "claude-3-opus-20240229"),
        ("gemini-3.5-flash", "gemini", "gemini-3.5-flash"),
        ("mistral-large-latest", "mistral", "mistral-large-latest"),
        ("command-a-03-2025", "cohere", "command-a-03-2025"),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
        ("deepseek-chat", "deepseek", "deepseek-chat"),
        (" grok-4 ", "xai", "grok-4"),
    ],
)
def test_a_model_means_its_provider(model: str, provider: str, name: str) -> None:
    assert detect_provider_from_model(model) == provider
    found = infer_provider_config(model)
    assert (found.provider, found.model, found.base_url) == (provider, name, None)


def test_every_adapter_is_found_by_prefix() -> None:
    assert [detect_provider_from_model(f"{name}/any/model:1") for name in adapter_names()] == adapter_names()


def test_who_makes_a_model_is_never_in_doubt() -> None:
    """Each maker's pattern fits its own model, and no model of a maker fits the pattern of another."""
    makers = {name: adapter(name) for name in adapter_names() if getattr(adapter(name), "makes", "")}
    assert len(makers) >= 10
    for name, one in makers.items():
        assert [other for other in makers if re.match(makers[other].makes, one.model, re.I)] == [name]


@pytest.mark.parametrize(
    ("model", "says", "hint"),
    [
        ("tiny", r"belongs to no provider alone; .*: llama-cpp, llama-cpp-messages, llama-cpp-responses$", "cpp/tiny"),
        ("gpt-oss-120b", "belongs to no provider alone; among those that serve it: dinference", "dinference/gpt-oss"),
        ("no-such-model", "no provider is known for the model 'no-such-model'", "openai/gpt-4.1"),
        ("no-such/model", "no provider is known for the model 'no-such/model'", "give a base URL"),
        ("openai/", "names a provider and no model", "openai/gpt-5.4-mini"),
        ("  ", "the model has no name", "openai/gpt-4.1"),
    ],
)
def test_what_is_not_sure_is_an_error_with_a_hint(model: str, says: str, hint: str) -> None:
    with pytest.raises(UsageError, match=says) as told:
        infer_provider_config(model)
    assert hint in told.value.hint


def test_two_makers_of_one_name_are_both_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """An adapter of an entry point counts as much as ours do."""
    from dataclasses import replace

    ours = dict(adapters_module._adapters())
    rival = replace(adapter("openai"), name="acme", aliases=(), makes="gpt-4|acme-", base_url="https://acme.example/v1")
    monkeypatch.setattr(adapters_module, "_adapters", lambda: {**ours, "acme": rival})
    assert detect_provider_from_model("acme-1") == "acme"
    assert detect_provider_from_model("gpt-5") == "openai"
    assert detect_provider_from_model("gpt-4", "https://acme.example/v1/") == "acme"
    with pytest.raises(UsageError, match=r"'gpt-4' may be of (acme, openai|openai, acme)") as told:
        detect_provider_from_model("gpt-4")
    assert "/gpt-4" in told.value.hint
    with pytest.raises(UsageError, match="may be of"):
        infer_provider_config("gpt-4", base_url="http://127.0.0.1:9/v1")


@pytest.mark.parametrize(
    ("model", "provider", "name"),
    [
        ("openai/gpt-4", "openai", "gpt-4"),
        ("openai/gpt-4", None, "gpt-4"),
        ("openai/gpt-4", "openrouter", "openai/gpt-4"),
        ("Qwen/Qwen3-8B", "vllm", "Qwen/Qwen3-8B"),
        ("gpt-4", "openai", "gpt-4"),
    ],
)
def test_only_a_prefix_that_names_the_provider_is_taken_off(model: str, provider: str | None, name: str) -> None:
    assert normalize_model_name(model, provider) == name


def test_a_base_url_stands_in_for_the_vendors() -> None:
    found = infer_provider_config("openai/gpt-4", base_url="http://127.0.0.1:8000/v1")
    assert (found.provider, found.model, found.base_url) == ("openai", "gpt-4", "http://127.0.0.1:8000/v1")
    assert found.requires == {"net.out:127.0.0.1"}


def test_a_known_address_tells_who_lives_there() -> None:
    assert detect_provider_from_model("some-new-model", "https://api.groq.com/openai/v1") == "groq"
    assert detect_provider_from_model("gpt-4", "https://api.openai.com/v1") == "openai"  # openai-responses is there too
    with pytest.raises(UsageError, match="may be of openai, openai-responses"):
        infer_provider_config("some-new-model", base_url="https://api.openai.com/v1")


def test_a_server_that_nobody_knows_is_spoken_to_in_the_common_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-not-for-strangers")
    found = infer_provider_config("org/my-model", base_url="http://host.example:8000/v1")
    assert (found.provider, found.model, found.adapter.dialect.name) == ("generic", "org/my-model", "openai-chat")
    assert found.key() == ""
    assert found.requires == {"net.out:host.example"}
    other = infer_provider_config("my-model", base_url="http://host.example", speaks="anthropic-messages")
    assert other.adapter.dialect.name == "anthropic-messages"
    for name in dialect_names():
        there = infer_provider_config("my-model", base_url="http://host.example", speaks=name)
        assert (there.provider, there.adapter.dialect.name, there.key()) == ("generic", name, "")
        assert there.requires == {"net.out:host.example"}
    with pytest.raises(UsageError, match="is no URL"):
        infer_provider_config("my-model", base_url="host.example:8000")


def test_a_provider_and_a_dialect_that_do_not_fit_are_told() -> None:
    assert infer_provider_config("openai/gpt-4", speaks="openai-chat").provider == "openai"
    with pytest.raises(UsageError, match="openai speaks openai-chat, not gemini"):
        infer_provider_config("openai/gpt-4", speaks="gemini")


def test_the_key_is_the_first_that_the_environment_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    found = infer_provider_config("gpt-4")
    assert found.key() == ""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1234")
    assert found.key() == "sk-1234"
    assert "sk-1234" not in repr(found)


@pytest.mark.parametrize(
    ("provider", "hosts"),
    [
        ("openai", {"api.openai.com"}),
        ("azure", {"conformance-resource.openai.azure.com"}),
        ("copilot", {"api.githubcopilot.com", "api.github.com"}),
        ("ollama", {"127.0.0.1"}),
        ("vertex", {"aiplatform.googleapis.com", "oauth2.googleapis.com"}),
        ("vertex-claude", {"aiplatform.googleapis.com", "oauth2.googleapis.com"}),
    ],
)
def test_what_calls_must_be_allowed(provider: str, hosts: set[str]) -> None:
    assert get_capability_requirements(provider) == {f"net.out:{host}" for host in hosts}


def test_a_key_of_google_says_itself_where_it_is_exchanged() -> None:
    """An access token goes nowhere else; a key file names its issuer, whoever that is."""
    file = {"client_email": "me@example", "private_key": "-", "token_uri": "https://issuer.example/token"}
    api = "net.out:aiplatform.googleapis.com"
    assert get_capability_requirements("vertex", key="ya29.token") == {api}
    assert get_capability_requirements("vertex", key=json.dumps(file)) == {api, "net.out:issuer.example"}
    moved = get_capability_requirements("vertex", "http://127.0.0.1:9", "ya29.token")
    assert moved == {"net.out:127.0.0.1"}


def test_every_adapter_says_which_hosts_it_calls() -> None:
    for name in adapter_names():
        required = get_capability_requirements(name)
        assert required
        assert all(re.fullmatch(r"net\.out:[a-z0-9.-]+", one) for one in required), name
