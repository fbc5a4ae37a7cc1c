"""What is content is no drift: text, ids, times, counts, lengths, cuts, the way, and how JSON is written down."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from conformance.drift import compare, compare_all
from conformance.exchange import Chunk
from conformance.tape import read_cassette, shelf

Take = Callable[[str, str], Any]

# fmt: off
EACH = [("openai", "simple_text"), ("openai", "tool_call_single"), ("anthropic", "simple_text"),
        ("anthropic", "thinking"), ("openai-responses", "tool_call_parallel"), ("gemini", "simple_text"),
        ("mistral", "simple_text"), ("cohere", "simple_text"), ("ollama", "simple_text"),
        ("llama-cpp", "simple_text"), ("llama-cpp-messages", "tool_call_single"), ("bedrock", "simple_text")]
CONTENT = {"id", "text", "content", "created", "model", "created_at", "response_id", "thinking", "signature",
           "prompt_tokens", "completion_tokens", "total_tokens", "input_tokens", "output_tokens", "system_fingerprint"}
# fmt: on


def other_content(value: Any, name: str = "") -> Any:
    """The same shape with other texts, ids, times and counts."""
    if isinstance(value, dict):
        return {key: other_content(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [other_content(inner, name) for inner in value]
    if name in CONTENT and isinstance(value, str) and value:
        return f"other {value}"
    if isinstance(value, int) and not isinstance(value, bool) and name in CONTENT:
        return value + 1
    return value


def test_every_recording_of_the_shelf_is_like_itself() -> None:
    """A recording has no drift against itself, and everything of it could be compared."""
    for path in sorted(shelf().glob("verify_*.json"))[::7]:
        told = read_cassette(path).exchanges
        assert compare_all(path.name, told, told).outcome == "same", path.name


@pytest.mark.parametrize("size", [1, 7, 64, 0])
@pytest.mark.parametrize(("provider", "scenario"), EACH)
def test_cuts_and_timing_are_no_drift(provider: str, scenario: str, size: int, taken: Take) -> None:
    """The same bytes in other pieces, at other times."""
    old = taken(provider, scenario).exchange
    new = replace(old, response=old.response.recut(size))
    assert compare(old, new).outcome == "same"
    assert compare(new, old).outcome == "same"


@pytest.mark.parametrize(("provider", "scenario"), EACH[:-1])
def test_other_content_is_no_drift(provider: str, scenario: str, taken: Take) -> None:
    """Other words, ids, times and counts."""
    old = taken(provider, scenario)
    frames = old.frames()
    for one in frames:
        one.json = one.json if isinstance(one.json, str) else other_content(one.json)
    found = compare(old.exchange, old.streaming(frames))
    assert found.outcome == "same", found


@pytest.mark.parametrize(("provider", "scenario", "frame"), [
    ("openai", "simple_text", 2), ("llama-cpp", "simple_text", 5), ("anthropic", "simple_text", 3),
    ("gemini", "simple_text", 0), ("ollama", "simple_text", 1), ("cohere", "simple_text", 3),
    ("mistral", "simple_text", 2),
])  # fmt: skip
def test_a_longer_answer_is_no_drift(provider: str, scenario: str, frame: int, taken: Take) -> None:
    """A piece of text more often, or less often, is only a longer or shorter answer."""
    old = taken(provider, scenario)
    frames = old.frames()
    longer = old.streaming([*frames[:frame], *[frames[frame]] * 30, *frames[frame + 1 :]])
    assert compare(old.exchange, longer).outcome == "same"
    assert compare(longer, old.exchange).outcome == "same"


def test_a_field_of_some_middle_frames_may_be_missing_in_a_short_answer(taken: Take) -> None:
    """What comes now and then in a long stream says nothing when a short one lacks it; what comes often does."""
    old = taken("openai", "simple_text")
    frames = old.frames()
    for every, outcome in ((12, "same"), (2, "drift")):
        longer = [
            *frames[:2],
            *(type(frames[2])("", json.loads(json.dumps(frames[2].json))) for _ in range(40)),
            *frames[3:],
        ]
        for one in longer[6:-6:every]:
            one.json["choices"][0]["logprobs"] = {"content": []}
            one.json["extra"] = 1
        assert compare(old.streaming(longer), old.exchange).outcome == outcome


def test_how_json_is_written_down_is_no_drift(taken: Take) -> None:
    """The order of keys, spaces, escapes, comments between events, line ends, pings."""
    old = taken("anthropic", "simple_text")
    body = b"".join(
        f": wait\r\nevent: {one.event}\r\ndata: {json.dumps(dict(reversed(one.json.items())))}\r\n\r\n".encode()
        for one in old.frames()
    )
    body += b'event: ping\r\ndata: {"type": "ping"}\r\n\r\n'
    assert compare(old.exchange, old.saying(body)).outcome == "same"


def test_integers_and_fractions_are_numbers(taken: Take) -> None:
    """A duration that happens to be whole is no other type."""
    old = taken("llama-cpp", "simple_text")

    def whole(value: Any) -> Any:
        if "timings" in value:
            value["timings"] = {key: int(number) for key, number in value["timings"].items()}
        return value

    assert compare(old.exchange, old.rewritten(whole)).outcome == "same"


def test_arguments_are_content(taken: Take) -> None:
    """A tool that is called with other arguments is called in the same shape."""
    old = taken("anthropic", "tool_call_single_whole")

    def otherwise(value: Any) -> Any:
        for block in value["content"]:
            if "input" in block:
                block["input"] = {"place": ["x"], "deep": {"er": 1}}
        return value

    assert compare(old.exchange, old.rewritten(otherwise)).outcome == "same"


def test_the_scratch_of_a_recording_is_like_the_shelf(tmp_path: Path) -> None:
    """A recording of the virtual provider that is made now has the shape of the one that was made then."""
    from conformance.calls.recording import record

    for made in record(
        ["openai", "gemini"], source="virtual", scenarios=["simple_text", "tool_call_single"], folder=tmp_path
    ):
        old = read_cassette(shelf() / made.path.name).exchanges
        assert compare_all(made.path.name, old, read_cassette(made.path).exchanges).outcome == "same"


def test_an_empty_piece_of_body_is_nothing(taken: Take) -> None:
    """A chunk without bytes."""
    old = taken("openai", "simple_text").exchange
    new = replace(old, response=replace(old.response, chunks=(Chunk(0.0, b""), *old.response.chunks)))
    assert compare(old, new).outcome == "same"
