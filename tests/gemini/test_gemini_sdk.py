"""Google's own SDK as judge: pointed at the virtual provider it gets text, streams, tools, results and errors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from conformance.decoding import decode
from conformance.dialects import dialect
from conformance.model import Done
from conformance.scenarios import SCENARIOS
from conformance.tape import cassette_path, read_cassette
from conformance.virtual import VIRTUAL_KEY, VirtualProvider

genai = pytest.importorskip("google.genai", reason="the SDK is an extra: pip install provider-conformance[oracles]")
MODEL = "gemini-3.5-flash"
WEATHER = {
    "name": "get_weather",
    "description": "Tell the weather.",
    "parametersJsonSchema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


@pytest.fixture(scope="module")
def virtual() -> Iterator[VirtualProvider]:
    with VirtualProvider() as running:
        yield running


@pytest.fixture(params=["v1", "v1beta"])
def client(virtual: VirtualProvider, request: pytest.FixtureRequest) -> Iterator[Any]:
    virtual.clear()
    options = genai.types.HttpOptions(base_url=virtual.base_url("gemini"), api_version=request.param)
    with genai.Client(api_key=VIRTUAL_KEY, vertexai=False, http_options=options) as made:
        yield made


def test_text(client: Any, virtual: VirtualProvider) -> None:
    """A whole answer and a streamed one are the same text, with usage and a reason."""
    whole = client.models.generate_content(model=MODEL, contents="Hi")
    chunks = list(client.models.generate_content_stream(model=MODEL, contents="Hi"))
    assert whole.text
    assert "".join(chunk.text for chunk in chunks) == whole.text
    assert len(chunks) > 1
    assert chunks[-1].usage_metadata == whole.usage_metadata
    assert whole.candidates[0].finish_reason == chunks[-1].candidates[0].finish_reason == "STOP"
    assert virtual.requests[-1].url.endswith(":streamGenerateContent?alt=sse")
    assert virtual.requests[-1].header("x-goog-api-key") == VIRTUAL_KEY


@pytest.mark.parametrize("streamed", [False, True])
def test_tools(client: Any, streamed: bool) -> None:
    """A call comes, its result goes back with id and signature untouched, and an answer is made of it."""
    types = genai.types
    config = types.GenerateContentConfig(tools=[{"function_declarations": [WEATHER]}])
    said: list[Any] = [types.Content(role="user", parts=[types.Part(text="What is the weather?")])]
    ask = {"model": MODEL, "contents": said, "config": config}
    if streamed:
        content = next(iter(client.models.generate_content_stream(**ask))).candidates[0].content
    else:
        content = client.models.generate_content(**ask).candidates[0].content
    call = content.parts[0].function_call
    assert (call.name, bool(call.id), bool(content.parts[0].thought_signature)) == ("get_weather", True, True)
    result = types.Part(function_response={"name": call.name, "id": call.id, "response": {"output": "sleet"}})
    said += [content, types.Content(role="user", parts=[result])]
    assert "sleet" in client.models.generate_content(**ask).text


def test_the_sdk_runs_functions_by_itself(client: Any) -> None:
    """Automatic function calling goes through, though it echoes no ids."""

    def get_weather(city: str) -> str:
        """Tell the weather."""
        return f"sleet in {city}"

    config = genai.types.GenerateContentConfig(tools=[get_weather])
    assert "sleet in" in client.chats.create(model=MODEL, config=config).send_message("Weather?").text


def test_schemas_and_thinking(client: Any) -> None:
    """Structured output parses, thoughts are apart from the answer."""
    config = genai.types.GenerateContentConfig(
        response_mime_type="application/json",
        response_json_schema={"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]},
        thinking_config={"include_thoughts": True, "thinking_level": "LOW"},
    )
    found = client.models.generate_content(model=MODEL, contents="A number", config=config)
    assert isinstance(json.loads(found.text)["n"], int)
    thoughts = client.models.generate_content(
        model=MODEL, contents="Why?", config={"thinking_config": {"include_thoughts": True, "thinking_level": "LOW"}}
    )
    assert [bool(part.thought) for part in thoughts.candidates[0].content.parts] == [True, False]


def test_counts_and_lists(client: Any) -> None:
    """Tokens are counted, models listed and looked up, in Google's forms."""
    assert client.models.count_tokens(model=MODEL, contents="one two three").total_tokens > 2
    assert f"models/{MODEL}" in [one.name for one in client.models.list()]
    assert client.models.get(model=MODEL).name == f"models/{MODEL}"


def test_errors(client: Any, virtual: VirtualProvider) -> None:
    """Errors are the SDK's own, with code, status and message."""
    with pytest.raises(genai.errors.ClientError) as missing:
        client.models.generate_content(model="no-such-model", contents="Hi")
    assert (missing.value.code, missing.value.status) == (404, "NOT_FOUND")
    with pytest.raises(genai.errors.ClientError) as stream:
        list(client.models.generate_content_stream(model="no-such-model", contents="Hi"))
    assert stream.value.code == 404
    with pytest.raises(genai.errors.ClientError) as invalid:
        client.models.generate_content(model=MODEL, contents="Hi", config={"max_output_tokens": -1})
    assert (invalid.value.code, invalid.value.status) == (400, "INVALID_ARGUMENT")
    options = genai.types.HttpOptions(base_url=virtual.base_url("gemini"))
    stranger = genai.Client(api_key="wrong", vertexai=False, http_options=options)
    with stranger, pytest.raises(genai.errors.ClientError) as refused:
        stranger.models.generate_content(model=MODEL, contents="Hi")
    assert (refused.value.code, refused.value.status) == (401, "UNAUTHENTICATED")


def test_the_array_form(virtual: VirtualProvider) -> None:
    """Without alt=sse a stream is one JSON array, cut as real clients cut it; its key may stand in the query."""
    url = f"{virtual.url}/v1beta/models/{MODEL}:streamGenerateContent?key={VIRTUAL_KEY}"
    reply = httpx.post(url, json={"contents": [{"parts": [{"text": "Hi"}]}]})
    assert reply.headers["content-type"] == "application/json"
    assert reply.content.startswith(b"[{")
    assert reply.content.endswith(b"}\n]")
    assert len(reply.content.split(b"\n,\r\n")) == len(reply.json()) > 1
    decoder = dialect("gemini").decoder()
    last = [*decoder.feed(reply.content), *decoder.close()][-1]
    assert isinstance(last, Done)
    assert last.reply.text == "".join(one["candidates"][0]["content"]["parts"][0]["text"] for one in reply.json())


@pytest.mark.parametrize(
    ("headers", "query", "key"),
    [({"x-goog-api-key": VIRTUAL_KEY}, "", "models"), ({}, f"?key={VIRTUAL_KEY}", "models"),
     ({"authorization": f"Bearer {VIRTUAL_KEY}"}, "", "data"),
     ({"x-api-key": VIRTUAL_KEY, "anthropic-version": "2023-06-01"}, "", "has_more")],
)  # fmt: skip
def test_one_path_lists_for_all(virtual: VirtualProvider, headers: dict[str, str], query: str, key: str) -> None:
    """GET /v1/models answers each vendor's clients in their form."""
    assert key in httpx.get(f"{virtual.url}/v1/models{query}", headers=headers).json()


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_cassettes_parse_with_the_sdk(name: str) -> None:
    """What was recorded is what the SDK understands."""
    path = cassette_path("gemini", name)
    if not path.exists():
        assert name.startswith("refusal"), "only what the adapter does not claim has no cassette"
        return
    exchange = read_cassette(path).exchanges[0]
    found = decode(exchange)[-1]
    if not isinstance(found, Done):
        assert exchange.response.status >= 400
        return
    chunks = [exchange.response.json()]
    if chunks[0] is None:
        chunks = [json.loads(line[6:]) for line in exchange.response.body.splitlines() if line.startswith(b"data: ")]
    read = [genai.types.GenerateContentResponse.model_validate(one) for one in chunks]
    parts = [part for one in read for part in one.candidates[0].content.parts]
    assert "".join(part.text for part in parts if part.text and not part.thought) == found.reply.text
    assert [one.function_call.name for one in parts if one.function_call] == [c.name for c in found.reply.tool_calls]
