"""Presets: rows of facts, well formed, unique, found by any name, and different on the wire where vendors differ."""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import urlsplit

import pytest

from conformance import ChatRequest, adapter, adapter_names, find_adapter, read_cassette
from conformance.adapters import CASSETTES_ONLY, HttpAdapter, deviations_of
from conformance.dialects import dialect
from conformance.errors import InputError, UsageError
from conformance.presets import build_preset, preset_rows, rows_of
from conformance.scenarios import PRESET_SCENARIOS
from conformance.tape import cassette_path

PRESETS = sorted(preset_rows())

NAMED = (
    "alibaba-cn kimi-for-coding minimax modelscope moonshotai-cn nebius ovhcloud scaleway siliconflow upstage venice "
    "zai zhipuai-coding-plan deepseek groq openrouter xai together fireworks perplexity cerebras huggingface nvidia "
    "lmstudio vllm llama-cpp llama-cpp-responses llama-cpp-messages"
).split()

ROW = """
[[preset]]
id = "acme"
name = "Acme"
keys = ["ACME_API_KEY"]
base_url = "https://api.acme.test/v1"
dialect = "openai-chat"
model = "acme-1"
docs = "https://docs.acme.test"
"""


def test_there_are_enough_and_the_named_ones_are_among_them() -> None:
    """At least 110 presets, with every one that the specification names."""
    assert len(PRESETS) >= 110
    assert set(NAMED) <= set(PRESETS) <= set(adapter_names())


def test_names_and_aliases_are_unique_and_lower_case() -> None:
    """No name selects two providers, of presets or of native adapters."""
    labels = [label for name in adapter_names() for label in (name, *adapter(name).aliases)]
    assert [label for label, times in Counter(labels).items() if times > 1] == []
    assert [label for label in labels if label != label.lower() or not re.fullmatch(r"[a-z0-9._-]+", label)] == []


@pytest.mark.parametrize("name", PRESETS)
def test_a_row_is_well_formed(name: str) -> None:
    """URLs name a host and end without a slash, keys are variables, the documents are linked, deviations are known."""
    one, row = adapter(name), preset_rows()[name]
    url = urlsplit(one.url(ChatRequest(model=one.model, messages=())))
    local = url.hostname in ("127.0.0.1", "localhost")
    assert url.hostname
    assert url.scheme == ("http" if local else "https")
    assert not row["base_url"].endswith("/")
    assert url.path.endswith(one.dialect.path(ChatRequest(model=one.model, messages=())))
    assert "{" not in url.geturl()
    assert "/v1/v1" not in url.path
    assert all(re.fullmatch(r"[A-Z0-9_]+", key) for key in one.key_env)
    assert urlsplit(row["docs"]).scheme == "https"
    assert re.fullmatch(r"[^\s<>{}]+", one.model)
    assert [known.id for known in deviations_of(one)] == list(one.deviations)
    assert (one.onboarding, one.obligations) == ("preset", CASSETTES_ONLY)


@pytest.mark.parametrize("asked", ["DeepSeek", " deepseek ", "DEEP-SEEK"])
def test_lookup_ignores_case(asked: str) -> None:
    """Names and aliases are found in any case."""
    found = find_adapter(asked)
    assert found is not None
    assert found.name == "deepseek"


@pytest.mark.parametrize("asked", ["", "  ", "deepsee", "deepseek "[:3]])
def test_nothing_is_found_by_nothing_or_by_half_a_name(asked: str) -> None:
    """The empty string finds no provider, nor does a part of a name."""
    assert find_adapter(asked) is None


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    """A list of all would help nobody: there are too many."""
    with pytest.raises(UsageError, match="no provider 'deepseak'") as told:
        adapter("deepseak")
    assert told.value.hint == "did you mean deepseek?"


def test_adding_a_preset_is_one_row() -> None:
    """A row is an adapter: nothing else names it."""
    (one,) = [build_preset(row) for row in rows_of(ROW).values()]
    assert isinstance(one, HttpAdapter)
    assert one.url(ChatRequest(model="m", messages=())) == "https://api.acme.test/v1/chat/completions"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (ROW.replace('model = "acme-1"\n', ""), "acme lacks model"),
        (ROW + 'colour = "red"\n', "acme has a key that means nothing: colour"),
        (ROW + ROW, "acme stands there twice"),
        (ROW + "=", "is no TOML"),
    ],
)
def test_a_row_that_is_none_is_told_by_its_id(text: str, told: str) -> None:
    """Whoever wrote the row learns which one and what of it."""
    with pytest.raises(InputError, match=told):
        rows_of(text)


def test_an_unknown_deviation_is_told_with_those_that_there_are() -> None:
    """A typing error in a row does not silently excuse nothing."""
    (row,) = rows_of(ROW + 'deviations = ["no_dune"]').values()
    with pytest.raises(UsageError, match=r"acme: openai-chat knows no deviation 'no_dune'"):
        build_preset(row)


def test_recordings_differ_where_the_vendors_differ() -> None:
    """Of two presets with other deviations of the same language, the recorded answers are of another form."""
    forms: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
    for name in PRESETS:
        one = adapter(name)
        if one.dialect.name == "openai-chat" and _virtual(name):
            forms.setdefault(one.deviations, set()).add(tuple(_form(name, scenario) for scenario in PRESET_SCENARIOS))
    assert {behaviour for behaviour, told in forms.items() if len(told) != 1} == set()
    assert len({next(iter(told)) for told in forms.values()}) == len(forms)
    assert len(forms) >= 25


def test_every_deviation_is_some_vendors() -> None:
    """What no adapter does is listed here, so that the catalogue holds nothing that is made up."""
    known = set(dialect("openai-chat").deviations)
    told = {id for name in adapter_names() for id in adapter(name).deviations}
    assert known - told == {"error_object_flat"}


def _virtual(name: str) -> bool:
    return read_cassette(cassette_path(name, PRESET_SCENARIOS[0])).provenance.source == "virtual"


def _form(name: str, scenario: str) -> str:
    """A recorded body without what names the model, the request or the moment."""
    (exchange,) = read_cassette(cassette_path(name, scenario)).exchanges
    body = exchange.response.body.decode().replace(adapter(name).model, "MODEL")
    return re.sub(r"chatcmpl-[0-9a-f]+", "ID", re.sub(r"call_[0-9a-f]+", "CALL", body))
