"""The scenarios as data: complete, unique, askable of both adapters, and their twins derived."""

from __future__ import annotations

import base64
import struct

import pytest

from conformance import adapter
from conformance.errors import UsageError
from conformance.model import Error, Image, Reply
from conformance.scenarios import CAPABILITIES, SCENARIOS, check, fits, for_model, scenario, whole_twin
from conformance.scenarios.material import RED_SQUARE

OWED = (
    *("simple_text", "unicode_text", "thinking", "structured_output", "image_input", "cached_prompt"),
    *("max_tokens", "stop_sequence", "refusal", "content_filter"),
    *("tool_call_single", "tool_call_multiple", "tool_call_parallel", "tool_result"),
)
FAILING = ["error_auth_401", "error_bad_request_400", "error_not_found_404", "error_rate_limit_429"]


def test_the_whole_list_is_there() -> None:
    twins = [f"{name}_whole" for name in (*OWED, "error_auth_401")]
    assert sorted(SCENARIOS) == sorted([*OWED, *FAILING, *twins])


def test_names_and_keys_agree() -> None:
    assert [one.name for one in SCENARIOS.values()] == list(SCENARIOS)


@pytest.mark.parametrize("one", SCENARIOS.values(), ids=lambda one: one.name)
def test_a_scenario_is_well_formed(one) -> None:
    assert one.needs <= CAPABILITIES.keys()
    assert one.expect
    assert one.request.stream is not one.name.endswith("_whole")
    assert isinstance(one.answer, Error) is one.name.startswith("error_")


def test_prompts_are_unique_so_that_the_virtual_provider_can_tell_them_apart() -> None:
    streamed = [one.request.messages for one in SCENARIOS.values() if one.request.stream]
    assert len(set(streamed)) == len(streamed)


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
@pytest.mark.parametrize("one", SCENARIOS.values(), ids=lambda one: one.name)
def test_every_scenario_that_fits_can_be_said_in_the_dialect(one, provider: str) -> None:
    speaker = adapter(provider)
    if reason := fits(one, speaker):
        assert (provider, one.name.removesuffix("_whole")) == ("anthropic", "content_filter")
        assert reason == "anthropic does not claim content_filter"
        return
    body = speaker.body(for_model(one, speaker.model))
    assert body["model"] == (one.request.model or speaker.model)
    assert body.get("stream", False) is one.request.stream


def test_a_twin_differs_in_streaming_only() -> None:
    one = scenario("tool_call_single")
    twin = whole_twin(one)
    assert twin.request.stream is False
    assert (twin.request.messages, twin.request.tools, twin.answer, twin.expect) == (
        one.request.messages,
        one.request.tools,
        one.answer,
        one.expect,
    )


def test_the_model_stands_in_only_where_none_is_named() -> None:
    assert for_model(scenario("simple_text"), "m").model == "m"
    assert for_model(scenario("error_not_found_404"), "m").model == "conformance-unknown-model"


def test_an_unknown_scenario_names_those_there_are() -> None:
    with pytest.raises(UsageError, match="no scenario 'nope'") as caught:
        scenario("nope")
    assert "simple_text" in caught.value.hint


def test_names_are_found_in_any_case() -> None:
    assert scenario(" Simple_Text ").name == "simple_text"


def test_the_picture_is_a_png_of_32_by_32() -> None:
    data = base64.b64decode(RED_SQUARE.data or "")
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", data[16:24]) == (32, 32)
    assert any(isinstance(part, Image) for part in scenario("image_input").request.messages[0].parts)


def test_an_unsound_timeline_is_always_a_violation() -> None:
    for one in SCENARIOS.values():
        assert "neither Done nor Error" in check(one, [])[0].message


def test_scripted_answers_hold_their_own_expectations() -> None:
    """What the virtual provider says must pass, else no cassette could ever be recorded."""
    from msgspec.structs import replace

    from conformance.model import ToolCall, replay

    for one in SCENARIOS.values():
        if not isinstance(one.answer, Reply):
            assert check(one, [one.answer], "virtual") == []
            continue
        parts = tuple(
            replace(part, id=f"call_{n}") if isinstance(part, ToolCall) else part
            for n, part in enumerate(one.answer.parts)
        )
        assert check(one, replay(replace(one.answer, parts=parts)), "virtual") == [], one.name
