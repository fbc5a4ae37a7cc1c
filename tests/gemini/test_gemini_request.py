"""Requests: what is sent, what a server reads of it, what it refuses; round trips of both."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from conformance.dialects import Refusal, dialect, heard
from conformance.errors import UnsupportedError, UsageError
from conformance.model import (
    ChatRequest,
    Image,
    Message,
    Reasoning,
    ResponseFormat,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
    user,
)

GEMINI = dialect("gemini")
ORIGIN = "https://generativelanguage.googleapis.com"
SCHEMA = {"type": "object", "properties": {"snake_case": {"type": "string"}}}
FULL = ChatRequest(
    model="gemini-2.5-pro",
    system="Be brief.",
    messages=(
        Message("user", (Text("Look"), Image(data="AA==", media_type="image/jpeg"))),
        Message(
            "assistant",
            (
                Thinking("Hm.", "c2ln"),
                Text("I look.", "dGV4dA=="),
                ToolCall("fc1", "f", '{"city":"Oslo"}', "Y2FsbA=="),
                ToolCall("fc2", "g", "{}"),
            ),
        ),
        Message("tool", (ToolResult("fc1", (Text("rain"),)), ToolResult("fc2", (Text("boom"),), is_error=True))),
    ),
    tools=(Tool("f", "what f does", SCHEMA), Tool("g")),
    tool_choice=ToolChoice("tool", "f"),
    max_tokens=99,
    temperature=0.5,
    top_p=0.25,
    stop=("a", "b"),
    response_format=ResponseFormat(SCHEMA),
    reasoning=Reasoning(budget_tokens=512),
)


def body(request: ChatRequest, **quirks: Any) -> Any:
    return GEMINI.body(request, quirks)


def sent(request: ChatRequest) -> ChatRequest:
    """What a server reads of a request that a client sends."""
    return GEMINI.server.parse(heard(GEMINI, ORIGIN + GEMINI.path(request), body(request)))


def test_every_field_stands_where_the_vendor_wants_it() -> None:
    """The whole body, pinned."""
    assert body(FULL) == {
        "contents": [
            {"role": "user", "parts": [{"text": "Look"}, {"inlineData": {"mimeType": "image/jpeg", "data": "AA=="}}]},
            {
                "role": "model",
                "parts": [
                    {"text": "Hm.", "thought": True, "thoughtSignature": "c2ln"},
                    {"text": "I look.", "thoughtSignature": "dGV4dA=="},
                    {
                        "functionCall": {"name": "f", "args": {"city": "Oslo"}, "id": "fc1"},
                        "thoughtSignature": "Y2FsbA==",
                    },
                    {"functionCall": {"name": "g", "args": {}, "id": "fc2"}},
                ],
            },
            {
                "role": "user",
                "parts": [
                    {"functionResponse": {"name": "f", "response": {"output": "rain"}, "id": "fc1"}},
                    {"functionResponse": {"name": "g", "response": {"error": "boom"}, "id": "fc2"}},
                ],
            },
        ],
        "systemInstruction": {"parts": [{"text": "Be brief."}]},
        "tools": [
            {
                "functionDeclarations": [
                    {"name": "f", "description": "what f does", "parametersJsonSchema": SCHEMA},
                    {"name": "g"},
                ]
            }
        ],
        "toolConfig": {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["f"]}},
        "generationConfig": {
            "maxOutputTokens": 99,
            "temperature": 0.5,
            "topP": 0.25,
            "stopSequences": ["a", "b"],
            "responseMimeType": "application/json",
            "responseJsonSchema": SCHEMA,
            "thinkingConfig": {"includeThoughts": True, "thinkingBudget": 512},
        },
    }


@pytest.mark.parametrize("stream", [True, False])
def test_a_server_reads_what_was_meant(stream: bool) -> None:
    """Encode and parse give the request again, model and streaming from the URL."""
    asked = replace(FULL, stream=stream)
    assert sent(asked) == asked


def test_paths() -> None:
    """The model is in the path; one that names its folder keeps it."""
    hi = ChatRequest(model="m 1", messages=(user("Hi"),))
    assert GEMINI.path(hi) == "/v1beta/models/m%201:generateContent"
    assert GEMINI.path(replace(hi, stream=True)) == "/v1beta/models/m%201:streamGenerateContent?alt=sse"
    assert GEMINI.path(replace(hi, model="tunedModels/x")) == "/v1beta/tunedModels/x:generateContent"
    assert sent(hi).model == "m 1"


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("/v1/models/m:generateContent", True), ("/v1beta/models/m:streamGenerateContent?alt=sse", True),
        ("/v1beta/tunedModels/m:generateContent", True), ("/models/m:generateContent", True),
        ("/v1/projects/p/locations/l/publishers/google/models/m:streamGenerateContent", True),
        ("/v1beta1/publishers/google/models/m:generateContent?key=k", True),
        ("/v1/projects/p/locations/l/endpoints/7:generateContent", True),
        ("/v1beta/models/m:countTokens", False), ("/v1beta/models/m:batchEmbedContents", False),
        ("/v1beta/models/m", False), ("/v1/projects/p/locations/l/publishers/anthropic/models/m:rawPredict", False),
        ("/v1beta/openai/chat/completions", False), ("://[", False),
    ],
)  # fmt: skip
def test_what_is_claimed(url: str, ours: bool) -> None:
    """Both versions, tuned models, Vertex AI; no other verb."""
    assert GEMINI.claims("POST", ORIGIN + url, (), {}) is ours
    assert not GEMINI.claims("GET", ORIGIN + url, (), {})


@pytest.mark.parametrize(
    "request_",
    [
        replace(FULL, parallel_tool_calls=False),
        replace(FULL, reasoning=Reasoning("low", 5)),
        replace(FULL, reasoning=Reasoning("frantic")),
        replace(FULL, messages=(user("a"), Message("system", (Text("b"),)))),
        replace(FULL, messages=(Message("user", (Image("https://x.example/a.png", detail="high"),)),)),
        replace(FULL, messages=(Message("tool", (ToolResult("nobody", ()),)),)),
        replace(FULL, messages=(Message("assistant", (ToolCall("1", "f", "[1]"),)),)),
        replace(FULL, messages=(Message("assistant", (Thinking("", None, "sealed elsewhere"),)),)),
        replace(FULL, tools=(Tool("f", strict=True), Tool("g"))),
        replace(FULL, tools=(Tool("f", strict=True),), tool_choice=ToolChoice("required")),
    ],
)
def test_what_cannot_be_said_is_refused_aloud(request_: ChatRequest) -> None:
    """Nothing is dropped in silence."""
    with pytest.raises(UnsupportedError, match=r"gemini|image"):
        body(request_)


def test_unknown_quirks_are_refused() -> None:
    """A quirk that is none is a mistake of the caller."""
    with pytest.raises(UsageError, match="no quirk 'x'"):
        body(FULL, x=1)


def test_quirks() -> None:
    """Older servers know the OpenAPI subset only; thoughts may be left unshown."""
    said = body(FULL, tool_schema_field="parameters", answer_schema_field="responseSchema", include_thoughts=False)
    assert said["tools"][0]["functionDeclarations"][0]["parameters"] == SCHEMA
    assert said["generationConfig"]["responseSchema"] == SCHEMA
    assert said["generationConfig"]["thinkingConfig"] == {"thinkingBudget": 512}


@pytest.mark.parametrize(
    ("model", "wanted"), [("gemini-3.5-flash", "skip_thought_signature_validator"), ("gemini-2.5-pro", None)]
)
def test_calls_that_no_gemini_made(model: str, wanted: str | None) -> None:
    """Gemini 3 wants a signature on the first call of a step; for a foreign one Google documents a stand-in."""
    calls = Message("assistant", (ToolCall("a", "f", "{}"), ToolCall("b", "f", "{}")))
    results = Message("tool", (ToolResult("a", ()), ToolResult("b", ())))
    asked = ChatRequest(model=model, messages=(user("Hi"), calls, results))
    first, second = body(asked)["contents"][1]["parts"]
    assert (first.get("thoughtSignature"), second.get("thoughtSignature")) == (wanted, None)
    assert sent(asked).messages == asked.messages


def test_ids_made_here_stay_here() -> None:
    """A call that came without an id goes back without one, and so does its result."""
    asked = ChatRequest(
        model="m",
        messages=(
            user("Hi"),
            Message("assistant", (ToolCall("unnamed:r:0", "f", "{}"),)),
            Message("tool", (ToolResult("unnamed:r:0", (Text("ok"),)),)),
        ),
    )
    said = body(asked)["contents"]
    assert said[1]["parts"] == [{"functionCall": {"name": "f", "args": {}}}]
    assert said[2]["parts"] == [{"functionResponse": {"name": "f", "response": {"output": "ok"}}}]


def test_strict_tools_are_validated() -> None:
    """VALIDATED keeps to the schemas: what strict asks for, both ways."""
    asked = ChatRequest(model="m", messages=(user("Hi"),), tools=(Tool("f", "", SCHEMA, strict=True),))
    assert body(asked)["toolConfig"] == {"functionCallingConfig": {"mode": "VALIDATED"}}
    assert sent(asked) == asked


SNAKE = {
    "contents": [
        {"role": "user", "parts": [{"inline_data": {"mime_type": "image/png", "data": "-_8="}}]},
        {
            "role": "model",
            "parts": [{"function_call": {"name": "f", "args": {"mime_type": 1}}, "thought_signature": "YQ"}],
        },
        {"parts": [{"function_response": {"name": "f", "response": {"result": {"file_uri": 1}}}}]},
    ],
    "system_instruction": {"parts": [{"text": "Be brief."}]},
    "tools": [{"function_declarations": [{"name": "f", "parameters_json_schema": SCHEMA}]}],
    "tool_config": {"function_calling_config": {"mode": "ANY", "allowed_function_names": ["f"]}},
    "generation_config": {
        "max_output_tokens": 7, "thinking_config": {"include_thoughts": True, "thinking_level": "LOW"}, "top_k": 3,
    },
}  # fmt: skip


def test_snake_case_is_read_too() -> None:
    """Proto JSON takes both spellings; the user's own JSON keeps its keys."""
    read = GEMINI.server.parse(SNAKE)
    assert read.system == "Be brief."
    assert read.messages[0].parts == (Image(data="-_8=", media_type="image/png"),)
    assert read.messages[1].parts == (ToolCall("unnamed::0", "f", '{"mime_type":1}', "YQ"),)
    assert read.messages[2].parts == (ToolResult("unnamed::0", (Text('{"result":{"file_uri":1}}'),)),)
    assert (read.max_tokens, read.tool_choice, read.tools[0].parameters) == (7, ToolChoice("tool", "f"), SCHEMA)
    assert read.reasoning == Reasoning("low")
    assert read.extra["generationConfig"]["topK"] == 3
    assert GEMINI.tool_schemas(SNAKE) == [SCHEMA]


USER = {"role": "user", "parts": [{"text": "Hi"}]}
BOTH = {"thinkingBudget": 1, "thinkingLevel": "LOW"}
TWICE = {"name": "a", "parameters": {}, "parametersJsonSchema": {}}
PICKED = {"mode": "AUTO", "allowedFunctionNames": ["f"]}
CALL = {"role": "model", "parts": [{"functionCall": {"name": "f", "id": "1"}}]}


@pytest.mark.parametrize(
    ("broken", "word"),
    [
        ([], "expected"), ({}, "contents"), ({"contents": []}, "contents"), ({"contents": "Hi"}, "contents"),
        ({"contents": [{"role": "assistant", "parts": [{"text": "a"}]}]}, "valid role"),
        ({"contents": [{"role": "system", "parts": [{"text": "a"}]}]}, "valid role"),
        ({"contents": [{"parts": [{"text": "a", "fileData": {"fileUri": "x"}}]}]}, "one initialized"),
        ({"contents": [{"parts": [{}]}]}, "one initialized"),
        ({"contents": [USER, CALL]}, None),
        ({"contents": [USER, CALL, USER]}, "number of function response"),
        ({"contents": [{"parts": [{"functionResponse": {"name": "f", "response": {}}}]}]}, "name"),
        ({"contents": [USER], "generationConfig": {"maxOutputTokens": -1}}, "maxOutputTokens"),
        ({"contents": [USER], "generationConfig": {"responseSchema": {}}}, "mime type"),
        ({"contents": [USER], "generationConfig": {"thinkingConfig": BOTH}}, "one of"),
        ({"contents": [USER], "tools": [{"functionDeclarations": [{"name": "a b"}]}]}, "function name"),
        ({"contents": [USER], "tools": [{"functionDeclarations": [TWICE]}]}, "only one"),
        ({"contents": [USER], "toolConfig": {"functionCallingConfig": PICKED}}, "ANY"),
    ],
)  # fmt: skip
def test_what_a_server_refuses(broken: Any, word: str | None) -> None:
    """Each fault of a request is an invalid_request that names it."""
    if word is None:
        GEMINI.server.parse(broken)
        return
    with pytest.raises(Refusal) as refused:
        GEMINI.server.parse(broken)
    assert refused.value.error.kind == "invalid_request"
    assert word.lower() in refused.value.error.message.lower()


WORDS = st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=8)
SEALS = st.none() | st.sampled_from(["c2ln", "YQ=="])
SPOKEN = st.one_of(
    st.builds(Text, WORDS, SEALS),
    st.builds(Thinking, WORDS, SEALS, st.none()),
    st.builds(Image, st.none(), st.just("AA==")),
)


@st.composite
def histories(draw: st.DrawFn) -> tuple[Message, ...]:
    turns: list[Message] = [user(draw(WORDS))]
    for step in range(draw(st.integers(0, 3))):
        said = draw(st.lists(SPOKEN, min_size=1, max_size=3))
        names = draw(st.lists(st.sampled_from("fg"), max_size=2))
        calls = [ToolCall(f"{step}.{n}", name, '{"a":1}', draw(SEALS)) for n, name in enumerate(names)]
        turns.append(Message("assistant", (*said, *calls)))
        results = [ToolResult(call.id, (Text(draw(WORDS)),), draw(st.booleans())) for call in calls]
        turns.append(Message("tool", tuple(results)) if results else user(draw(WORDS)))
    return tuple(turns)


@given(
    st.builds(
        ChatRequest,
        model=st.sampled_from(["gemini-2.5-pro", "virtual-model"]),
        messages=histories(),
        system=st.none() | WORDS,
        tools=st.sampled_from([(), (Tool("f", "d", SCHEMA), Tool("g"))]),
        max_tokens=st.none() | st.integers(1, 9),
        temperature=st.none() | st.sampled_from([0.0, 1.5]),
        stop=st.sampled_from([(), ("x",)]),
        response_format=st.sampled_from([None, ResponseFormat(), ResponseFormat(SCHEMA)]),
        reasoning=st.sampled_from([None, Reasoning("none"), Reasoning("high"), Reasoning(budget_tokens=9)]),
        stream=st.booleans(),
        extra=st.sampled_from([{}, {"cachedContent": "c"}, {"generationConfig": {"topK": 3}}]),
    )
)
def test_any_request_comes_back(request_: ChatRequest) -> None:
    """Encode, send, parse: the same request."""
    assert sent(request_) == request_
