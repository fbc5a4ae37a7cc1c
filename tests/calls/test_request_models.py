"""Request models: other fields are kept, JSON comes back equal, and the canonical request says the same."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance import adapter
from conformance.calls.requests import (
    ChatRequestModel,
    CompletionRequestModel,
    EmbeddingRequestModel,
    RequestModel,
)
from conformance.errors import InputError
from conformance.model import ChatRequest, Tool, user

HI = [{"role": "user", "content": "hi"}]


def test_other_fields_are_kept() -> None:
    made = ChatRequestModel(model="x", messages=HI, temperature=0.5, extra_field="ok")
    assert isinstance(made, RequestModel)
    assert made.as_dict()["extra_field"] == "ok"
    assert json.loads(made.to_json())["extra_field"] == "ok"
    assert made == ChatRequestModel(model="x", messages=HI, temperature=0.5, extra={"extra_field": "ok"})


def test_defaults() -> None:
    made = ChatRequestModel(messages=HI)
    assert (made.model, made.stream, made.temperature, made.top_p, made.max_tokens) == (None, False, 1.0, 1.0, None)
    assert CompletionRequestModel(prompt="a").temperature == 1.0
    assert EmbeddingRequestModel(input=["a"]).dimensions is None


def test_a_field_named_extra_on_the_wire_is_one_like_others() -> None:
    made = RequestModel.from_json(b'{"model":"m","extra":5}')
    assert made.extra == {"extra": 5}
    assert json.loads(made.to_json()) == {"model": "m", "stream": False, "extra": 5}


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(
    messages=st.lists(
        st.fixed_dictionaries({"role": st.sampled_from(["user", "assistant"]), "content": st.text()}),
        min_size=1,
        max_size=5,
    ),
    temperature=st.floats(0.0, 2.0),
    stream=st.booleans(),
    others=st.dictionaries(
        st.text(min_size=1).filter(lambda name: name not in ChatRequestModel.__struct_fields__), values, max_size=3
    ),
)
def test_json_comes_back_equal(messages, temperature, stream, others) -> None:
    made = ChatRequestModel(messages=messages, temperature=temperature, stream=stream, extra=others)
    again = ChatRequestModel.from_json(made.to_json())
    assert again == made
    assert (again.messages, again.temperature, again.stream, again.extra) == (messages, temperature, stream, others)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[1]", "a list"),
        (b"{}", "messages"),
        (b'{"messages":"hi"}', r"\$.messages"),
        (b'{"messages":[],"temperature":"hot"}', r"\$.temperature"),
    ],
)
def test_what_is_no_request_is_told(data: bytes, told: str) -> None:
    with pytest.raises(InputError, match=told):
        ChatRequestModel.from_json(data)


@given(st.binary(max_size=256))
def test_random_bytes_are_a_request_or_an_input_error(data: bytes) -> None:
    with suppress(InputError):
        assert ChatRequestModel.from_json(ChatRequestModel.from_json(data).to_json())


def test_the_canonical_request_says_the_same_on_any_wire() -> None:
    tool = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}
    made = ChatRequestModel(messages=HI, tools=[tool], max_tokens=5, stop="x", seed=7)
    canonical = made.to_canonical("claude-x")
    assert canonical == ChatRequest(
        model="claude-x",
        messages=(user("hi"),),
        tools=(Tool("f", parameters={"type": "object"}),),
        max_tokens=5,
        stop=("x",),
        extra={"seed": 7},
    )
    body = adapter("anthropic").body(canonical)
    assert (body["max_tokens"], body["stop_sequences"], body["tools"][0]["name"]) == (5, ["x"], "f")


def test_a_temperature_that_is_the_default_is_not_said() -> None:
    assert ChatRequestModel(messages=HI).to_canonical("m").temperature is None
    assert ChatRequestModel(messages=HI, temperature=0.0).to_canonical("m").temperature == 0.0


def test_there_and_back() -> None:
    request = ChatRequest(model="m", messages=(user("hi"),), temperature=0.5, stream=True)
    assert ChatRequestModel.from_canonical(request).to_canonical().messages == request.messages


def test_what_a_server_refuses_is_an_input_error() -> None:
    with pytest.raises(InputError, match="no chat request"):
        ChatRequestModel(messages=[{"role": "nobody", "content": "hi"}]).to_canonical("m")
