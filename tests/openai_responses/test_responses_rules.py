"""Every rule of the language finds what breaks it, and leaves alone what is legal."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from conformance.dialects import dialect
from conformance.exchange import Chunk, Exchange, Request, Response
from conformance.model import ChatRequest, Reply, Text, Thinking, ToolCall, Usage
from conformance.reading import Reading
from conformance.rulebook import Finding
from conformance.wire import frames_of

RESPONSES = dialect("openai-responses")
ASKED = {"model": "m", "input": "Hi"}
CALL = {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}"}
RESULT = {"type": "function_call_output", "call_id": "c1", "output": "ok"}
THOUGHT = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "sealed"}
USER = {"role": "user", "content": "Hi"}
TOOL = {"type": "function", "name": "f", "parameters": {"type": "object"}, "strict": None}
ANSWER = Reply(
    id="resp_1",
    model="m",
    parts=(Thinking("Hm.", "sealed"), Text("Hello you"), ToolCall("c1", "f", '{"a": 1}')),
    stop="tool_use",
    usage=Usage(input=5, output=7, cache_read=1, cache_write=0, reasoning=3),
)
REFUSAL = Reply(id="resp_1", model="m", parts=(Text("I will not"),), stop="refusal")

Step = dict[str, Any]


def exchange(asked: Any = ASKED, body: bytes = b"", kind: str = "application/json", **more: Any) -> Exchange:
    answered = Response(200, (("content-type", kind),), (Chunk(0.0, body),), more.pop("end", "eof"))
    request = Request("POST", "https://x.example/v1/responses", (), json.dumps(asked).encode())
    return Exchange(id="x", request=request, response=answered, dialect="openai-responses", **more)


def asks(**fields: Any) -> Exchange:
    return exchange(ASKED | fields)


def items(*given: Any, **fields: Any) -> Exchange:
    return asks(input=list(given), **fields)


def part(role: str, part: Any) -> Exchange:
    return items({"role": role, "content": [part]})


def reply(of: Reply = ANSWER, drop: str = "", **fields: Any) -> Exchange:
    """A whole answer as the official server gives it, but for what is given otherwise."""
    whole = json.loads(RESPONSES.server.whole(of, ChatRequest(model="m", messages=()), {}))
    value = {key: one for key, one in (whole | fields).items() if key != drop}
    return exchange(body=json.dumps(value).encode())


def answered(asked: dict[str, Any], of: Reply = ANSWER, **fields: Any) -> Exchange:
    """A whole answer to a request that asks for more."""
    told = {"tools": asked["tools"]} if "tools" in asked else {}
    return exchange(ASKED | asked, reply(of, **(told | fields)).response.body)


def item(at: int = 1, **fields: Any) -> Exchange:
    """A whole answer with one item changed; None removes a key."""
    output = json.loads(reply().response.body)["output"]
    output[at] = {key: one for key, one in (output[at] | fields).items() if one is not None}
    return reply(output=output)


def usage(**fields: Any) -> Exchange:
    counts = json.loads(reply().response.body)["usage"] | fields
    return reply(usage={key: one for key, one in counts.items() if one is not None})


def steps(of: Reply = ANSWER) -> list[Step]:
    """The events of a stream as the official server sends it, not yet numbered."""
    frames = b"".join(RESPONSES.server.stream(of, ChatRequest(model="m", messages=()), {}))
    told = [json.loads(data) for _, data in frames_of("sse", frames)]
    return [{key: one for key, one in step.items() if key != "sequence_number"} for step in told]


def stream(told: list[Step] | None = None, *, tail: bytes = b"", lines: bool = True, **more: Any) -> Exchange:
    """A stream of these events, numbered unless they say a number themselves (None: without one)."""
    body = b""
    for number, step in enumerate(steps() if told is None else told):
        data = {"sequence_number": number} | step
        if data["sequence_number"] is None:
            del data["sequence_number"]
        body += f"event: {step['type']}\n".encode() * lines + b"data: " + json.dumps(data).encode() + b"\n\n"
    return exchange(ASKED | {"stream": True}, body + tail, "text/event-stream", **more)


Change = Callable[[list[Step]], object]


def bent(change: Change, of: Reply = ANSWER) -> Exchange:
    """The stream after a change of its events."""
    told = steps(of)
    change(told)
    return stream(told)


def first(told: list[Step], kind: str, at: int | None = None) -> Step:
    return next(step for step in told if step["type"] == f"response.{kind}" and at in (None, step.get("output_index")))


def put(kind: str, *path: Any, value: Any, at: int | None = None) -> Exchange:
    """The stream with one value of one event changed."""

    def change(told: list[Step]) -> None:
        inner: Any = first(told, kind, at)
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] = value

    return bent(change)


def cut(kind: str, at: int | None = None, key: str = "") -> Exchange:
    """The stream without one event, or without one key of it."""

    def change(told: list[Step]) -> None:
        step = first(told, kind, at)
        if key:
            del step[key]
        else:
            told.remove(step)

    return bent(change)


def moved(kind: str, before: str, at: int | None = None) -> Exchange:
    """The stream with one event before another."""

    def change(told: list[Step]) -> None:
        step = first(told, kind, at)
        told.remove(step)
        told.insert(told.index(first(told, before, at)), step)

    return bent(change)


def doubled(kind: str, at: int | None = None) -> Exchange:
    def change(told: list[Step]) -> None:
        step = first(told, kind, at)
        told.insert(told.index(step) + 1, dict(step))

    return bent(change)


def failed(**error: Any) -> Exchange:
    response = json.loads(reply().response.body) | {"status": "failed", "output": [], "error": error or None}
    return stream([steps()[0], {"type": "response.failed", "response": response}])


def failed_steps() -> list[Step]:
    """The end of a stream that failed."""
    failure = {"code": "server_error", "message": "busy"}
    response = json.loads(reply().response.body) | {"status": "failed", "output": [], "error": failure}
    return [{"type": "response.failed", "response": response}]


def told_error(**fields: Any) -> Exchange:
    return stream([*steps()[:3], {"type": "error", **fields}])


FINAL = steps()[-1]["response"]
SAID = Reply(id="resp_1", model="m", parts=(Text("Hello you"),), usage=Usage(input=5, output=7))
MARKUP = Reply(
    id="resp_1", model="m", parts=(Text('<tool_call>{"name": "f"}</tool_call>'),), usage=Usage(input=5, output=7)
)
LIKELY = {"include": ["message.output_text.logprobs"]}
SEALED = {"include": ["reasoning.encrypted_content"]}
BARE = [{"id": "rs_0", "type": "reasoning", "summary": []}, {"id": "rs_1", "type": "reasoning", "summary": []}]
OFFERED = {"tools": [TOOL]}
EARLY = 1_743_000_000

BREAKS: dict[str, list[Exchange]] = {
    "OR-Q01": [
        asks(input={"role": "user"}),
        items("Hi"),
        items({"role": "robot", "content": "Hi"}),
        items({"type": 1}),
        items({"type": "messages", "role": "user", "content": "Hi"}),
    ],
    "OR-Q02": [items(USER, RESULT), items(RESULT, CALL), items(CALL, {**RESULT, "type": "custom_tool_call_output"})],
    "OR-Q03": [
        items({"type": "function_call", "call_id": "c1", "function": {"name": "f", "arguments": "{}"}}, RESULT),
        items({**CALL, "arguments": {}}, RESULT),
    ],
    "OR-Q04": [
        asks(tools=[{"type": "function", "function": {"name": "f"}}]),
        asks(tools=[{"type": "function"}]),
        asks(tools=[{"type": "function", "name": "f", "parameters": "{}"}]),
    ],
    "OR-Q05": [asks(tool_choice={"type": "function", "function": {"name": "f"}}, tools=[TOOL]), asks(tool_choice=1)],
    "OR-Q06": [
        asks(response_format={"type": "json_object"}),
        asks(text={"format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {}}}}),
        asks(text={"format": {"type": "json_schema", "name": "n"}}),
    ],
    "OR-Q07": [
        asks(stop=["x"]),
        asks(n=2),
        asks(max_tokens=5),
        asks(messages=[]),
        asks(stream=True, stream_options={"include_usage": True}),
    ],
    "OR-Q08": [
        part("user", {"type": "input_image", "image_url": {"url": "https://x.example/a.png"}}),
        part("user", {"type": "input_image"}),
        items(CALL, {**RESULT, "output": [{"type": "input_image", "image_url": 1}]}),
    ],
    "OR-Q09": [
        part("assistant", {"type": "input_text", "text": "Hi"}),
        part("user", {"type": "output_text", "text": "Hi"}),
        part("system", {"type": "text", "text": "Hi"}),
    ],
    "OR-Q10": [asks(conversation="conv_1", previous_response_id="resp_0")],
    "OR-Q11": [items({**THOUGHT, "encrypted_content": None}, CALL, RESULT, store=False)],
    "OR-Q12": [items(USER, THOUGHT, USER), items(CALL, THOUGHT, RESULT)],
    "OR-R01": [reply(drop="error"), reply(object="chat.completion"), reply(drop="top_p")],
    "OR-R02": [reply(status="success"), reply(status=None)],
    "OR-R03": [
        reply(status="incomplete"),
        reply(status="incomplete", incomplete_details={}),
        put("completed", "response", value=FINAL | {"status": "failed"}),
    ],
    "OR-R04": [
        item(content="Hello"),
        item(id=None),
        item(status=None),
        item(role="user"),
        item(content=[{"type": "output_text", "text": "Hi"}]),
        item(content=[{"type": "refusal", "text": "no"}]),
        item(content=[{"type": "text", "text": "Hi", "annotations": []}]),
    ],
    "OR-R05": [item(2, call_id=None), item(2, arguments={"a": 1}), item(2, arguments='{"a": '), item(2, name=None)],
    "OR-S01": [
        cut("created"),
        put("created", "response", "status", value="completed"),
        moved("in_progress", "created"),
    ],
    "OR-S02": [
        stream(lines=False),
        stream(tail=b'event: response.created\ndata: {"type":"ping"}\n\n'),
    ],
    "OR-S03": [
        stream([{**step, "sequence_number": None} for step in steps()]),
        stream([{**step, "sequence_number": 0} for step in steps()]),
        stream([{**step, "sequence_number": 2 * at} for at, step in enumerate(steps())]),
    ],
    "OR-S04": [put("in_progress", "response", value=FINAL | {"id": "resp_2", "status": "in_progress", "usage": None})],
    "OR-S05": [
        cut("output_item.added", 1),
        doubled("output_item.added", 1),
        moved("output_item.added", "output_item.done", 1),
    ],
    "OR-S06": [
        put("output_text.delta", "item_id", value="msg_9"),
        put("function_call_arguments.done", "item_id", value=None),
    ],
    "OR-S07": [
        put("output_item.added", "item", "call_id", value="c9", at=2),
        put("output_item.added", "item", "id", value=None, at=1),
    ],
    "OR-S08": [cut("content_part.added"), moved("content_part.done", "output_text.done")],
    "OR-S09": [
        put("output_text.done", "text", value="Hello you!"),
        put("content_part.done", "part", "text", value="Hello"),
        put("output_text.delta", "delta", value="Hallo "),
        bent(lambda told: first(told, "refusal.done").update(refusal="I"), REFUSAL),
    ],
    "OR-S10": [
        put("output_item.added", "item", "arguments", value='{"a": 1}', at=2),
        put("function_call_arguments.delta", "delta", value="{"),
        put("function_call_arguments.done", "arguments", value="{}"),
        bent(
            lambda told: [told.remove(s) for s in list(told) if s["type"] == "response.function_call_arguments.delta"]
        ),
    ],
    "OR-S11": [
        cut("reasoning_summary_part.added"),
        moved("reasoning_summary_text.done", "reasoning_summary_text.delta"),
    ],
    "OR-S12": [
        bent(
            lambda told: (
                told.remove(first(told, "output_item.done", 1)),
                told[-1].update(response=FINAL | {"output": []}),
            )
        )
    ],
    "OR-S13": [
        stream(steps()[:-1]),
        stream([*steps(), steps()[-1]]),
        stream([*steps(), {"type": "response.in_progress", "response": FINAL}]),
    ],
    "OR-S14": [
        put("completed", "response", "status", value="in_progress"),
        put("completed", "response", "status", value="queued"),
    ],
    "OR-S15": [
        put("completed", "response", "output", value=[]),
        put("completed", "response", "output", value=FINAL["output"][::-1]),
        put("completed", "response", "output", 2, value=FINAL["output"][2] | {"arguments": "{}"}),
        put("completed", "response", "output", value=[*FINAL["output"], FINAL["output"][1]]),
    ],
    "OR-S16": [stream(tail=b"data: [DONE]\n\n")],
    "OR-S17": [cut("output_text.delta", key="content_index"), cut("reasoning_summary_text.delta", key="summary_index")],
    "OR-S18": [cut("output_text.delta", key="logprobs"), put("output_text.done", "logprobs", value=None)],
    "OR-U01": [reply(usage=None), put("completed", "response", "usage", value=None)],
    "OR-U02": [
        usage(total_tokens=99),
        usage(input_tokens="5"),
        usage(output_tokens_details=None),
        usage(input_tokens_details={"cached_tokens": 50, "cache_write_tokens": 0}),
    ],
    "OR-U03": [usage(input_tokens_details={"cached_tokens": 0})],
    "OR-E01": [told_error(), told_error(error={"code": "x"})],
    "OR-E02": [failed(), failed(code="", message="x"), failed(message="x")],
    "OR-A01": [
        answered(OFFERED | {"tool_choice": "required"}, SAID),
        answered(OFFERED | {"tool_choice": {"type": "function", "name": "f"}}, SAID),
    ],
    "OR-A02": [answered(LIKELY)],
    "OR-A03": [answered(SEALED, output=BARE[:1])],
    "OR-A04": [
        answered({"temperature": 0.2}),
        answered({"max_output_tokens": 5}),
        answered({"instructions": "Be brief."}),
        answered(OFFERED, tools=[]),
    ],
    "OR-A05": [answered(OFFERED, MARKUP)],
    "OR-R06": [
        reply(created_at=1_790_000_000_000),
        put("completed", "response", "created_at", value=1_790_000_000_000),
    ],
    "OR-R07": [reply(output=[]), reply(SAID, output=[{**FINAL["output"][1], "content": []}])],
    "OR-R08": [reply(output=BARE[:1] * 2), reply(output=[FINAL["output"][2], {**FINAL["output"][2], "id": "fc_9"}])],
    "OR-R09": [reply(status="in_progress"), reply(status="queued")],
    "OR-S20": [
        put("in_progress", "response", "created_at", value=1_790_000_001),
        put("completed", "response", "model", value="m-2"),
    ],
    "OR-S21": [bent(lambda told: told.insert(-1, {"type": "error", "message": "busy"}))],
    "OR-S22": [
        bent(
            lambda told: [step.update(output_index=step["output_index"] + 1) for step in told if "output_index" in step]
        ),
        bent(
            lambda told: [step.update(output_index=step["output_index"] * 2) for step in told if "output_index" in step]
        ),
    ],
    "OR-S23": [
        put("output_item.added", "item", "content", value=[{"type": "output_text", "text": "Hello"}], at=1),
        put("content_part.added", "part", "text", value="Hello"),
        put("reasoning_summary_part.added", "part", "text", value="Hm."),
    ],
    "OR-S24": [
        put("output_item.done", "item", "status", value="in_progress", at=1),
        put("completed", "response", "output", 2, "status", value="in_progress"),
    ],
    "OR-S25": [
        put("reasoning_summary_text.done", "text", value="Hmm."),
        put("reasoning_summary_part.done", "part", "text", value=""),
        put("output_item.done", "item", "summary", value=[], at=0),
    ],
    "OR-S26": [cut("output_text.done"), cut("function_call_arguments.done")],
}

ALSO: dict[str, set[str]] = {
    "OR-R03": {"OR-S14", "OR-E02"},  # a response that says it failed in response.completed
    "OR-R05": {"OR-S15"},
    "OR-S05": {"OR-S06", "OR-S07", "OR-S08"},
    "OR-S07": {"OR-S06"},
    "OR-S08": {"OR-S09"},
    "OR-S12": {"OR-S15"},
    "OR-S15": {"OR-R08"},
    "OR-R06": {"OR-S20"},
    "OR-S17": {"OR-S09", "OR-S11", "OR-S08"},  # a delta that says not where it belongs belongs nowhere
    "OR-E02": {"OR-R03"},  # both say that a failure has a code: one for all answers, one for the event
}
"""Rules that are broken along with another, because what breaks the one cannot leave the other whole."""

LEGAL: dict[str, list[Exchange]] = {
    "OR-Q01": [
        asks(),
        items({"type": "item_reference", "id": "x"}, {"type": "from_the_future"}, USER),
        exchange({"model": "m", "previous_response_id": "resp_0"}),
    ],
    "OR-Q02": [
        items(CALL, RESULT),
        items(RESULT, previous_response_id="resp_0"),
        items({"type": "item_reference", "id": "i"}, RESULT),
    ],
    "OR-Q03": [items({**CALL, "arguments": "not json"}, RESULT)],
    "OR-Q04": [asks(tools=[TOOL, {"type": "web_search"}, {"type": "function", "name": "f", "parameters": None}])],
    "OR-Q05": [
        asks(tool_choice={"type": "function", "name": "f"}, tools=[TOOL]),
        asks(tool_choice={"type": "file_search"}),
        asks(tool_choice="auto"),
    ],
    "OR-Q06": [
        asks(text={"format": {"type": "text"}, "verbosity": "low"}),
        asks(text={"format": {"type": "json_schema", "name": "n", "schema": {}}}),
    ],
    "OR-Q07": [asks(stream=True, stream_options={"include_obfuscation": False}, max_output_tokens=5)],
    "OR-Q08": [
        part("user", {"type": "input_image", "image_url": "data:image/png;base64,QUJD"}),
        part("user", {"type": "input_image", "file_id": "f", "image_url": None}),
    ],
    "OR-Q09": [
        part("assistant", {"type": "refusal", "refusal": "no"}),
        part("developer", {"type": "input_file", "file_id": "f"}),
        items({"role": "assistant", "content": "Hi"}),
    ],
    "OR-Q10": [asks(conversation=None, previous_response_id="resp_0")],
    "OR-Q11": [items(THOUGHT, CALL, RESULT, store=False), items({**THOUGHT, "encrypted_content": None}, CALL, RESULT)],
    "OR-Q12": [items(USER, THOUGHT, THOUGHT, CALL, RESULT), items(USER, THOUGHT)],
    "OR-R01": [reply(brand_new=1)],
    "OR-R02": [reply(status="queued", usage=None, output=[]), reply(drop="status")],
    "OR-R03": [reply(status="incomplete", incomplete_details={"reason": "new_reason"})],
    "OR-R04": [item(content=[{"type": "hologram"}], phase="final_answer"), reply(output=[{"type": "hologram"}])],
    "OR-R05": [item(2, status="incomplete", arguments='{"a": '), item(2, id=None)],
    "OR-S01": [put("created", "response", "status", value="queued"), stream([{"type": "keepalive"}, *steps()])],
    "OR-S02": [stream(tail=b": comment\n\n"), stream(lines=False, fidelity="reserialized")],
    "OR-S03": [
        stream([{**step, "sequence_number": at + 7} for at, step in enumerate(steps())]),
        stream(
            [
                *steps()[:4],
                *({**s, "sequence_number": at} for at, s in enumerate(steps()[4:], 4)),
                {"type": "ping", "sequence_number": None},
            ]
        ),
        stream(
            [
                {
                    **steps()[0],
                    "response": FINAL | {"status": "in_progress", "created_at": EARLY},
                    "sequence_number": None,
                },
                *({**s, "sequence_number": None} for s in steps()[1:]),
            ]
        ),
        told_error(message="busy", sequence_number=0),
    ],
    "OR-S04": [stream()],
    "OR-S05": [stream([*steps()[:2], {"type": "response.shell_call_command.delta"}, *steps()[2:]])],
    "OR-S06": [cut("output_text.delta", key="item_id")],
    "OR-S07": [put("output_item.added", "item", "encrypted_content", value="half", at=0)],
    "OR-S08": [
        bent(lambda told: None, REFUSAL),
        put("content_part.done", "part", "annotations", value=[{"type": "x"}]),
    ],
    "OR-S09": [
        bent(lambda told: None, REFUSAL),
        cut("output_text.done"),
        put("output_text.delta", "obfuscation", value="xyz"),
    ],
    "OR-S10": [stream()],
    "OR-S11": [stream([*steps()[:4]], end="closed")],
    "OR-S12": [cut("output_item.done", 1)],
    "OR-S13": [stream(steps()[:5], end="closed"), told_error(message="busy"), stream([*steps(), {"type": "ping"}])],
    "OR-S14": [failed(code="server_error", message="x")],
    "OR-S15": [
        put("completed", "response", "output", 0, value=FINAL["output"][0] | {"encrypted_content": "sealed anew"}),
        put("completed", "response", "output", 1, "content", 0, "annotations", value=[{"type": "x"}]),
        stream([{key: one for key, one in step.items() if key != "output_index"} for step in steps()]),
    ],
    "OR-S16": [stream(tail=b": bye\n\n")],
    "OR-S17": [stream([*steps()[:2], {"type": "response.audio.delta", "delta": "QUJD"}, *steps()[2:]])],
    "OR-S18": [put("output_text.delta", "logprobs", value=[{"token": "H"}])],
    "OR-U01": [reply(status="queued", usage=None)],
    "OR-U02": [usage(brand_new=1), usage(input_tokens_details={"cached_tokens": 5, "cache_write_tokens": 0})],
    "OR-U03": [usage(input_tokens_details={"cached_tokens": 0, "cache_write_tokens": 5})],
    "OR-E01": [told_error(message="busy", code=None), told_error(error={"message": "busy"}), told_error(error="busy")],
    "OR-E02": [failed(code="a_new_code", message="x")],
    "OR-A01": [
        answered(OFFERED | {"tool_choice": "required"}),
        answered(OFFERED | {"tool_choice": "required"}, REFUSAL),
        answered(OFFERED | {"tool_choice": "required"}, SAID, status="incomplete", incomplete_details={"reason": "x"}),
        answered(OFFERED | {"tool_choice": "auto"}, SAID),
    ],
    "OR-A02": [
        answered({}),
        answered(LIKELY, REFUSAL),
        answered(
            LIKELY,
            SAID,
            output=[{**FINAL["output"][1], "content": [{"type": "output_text", "text": "H", "logprobs": [{}]}]}],
        ),
    ],
    "OR-A03": [answered(SEALED), answered({}, output=BARE)],
    "OR-A04": [
        answered({"instructions": "Be brief.", "temperature": 0.2}, instructions="Be brief.", temperature=0.2),
        answered({"temperature": None, "instructions": ""}),
        answered({"max_output_tokens": 5}, drop="max_output_tokens"),
    ],
    "OR-A05": [answered({}, MARKUP), answered(OFFERED, SAID)],
    "OR-R06": [reply(created_at=1_790_000_000.5), reply(created_at=0)],
    "OR-R07": [
        reply(output=BARE),
        reply(output=[], status="incomplete", incomplete_details={"reason": "x"}),
        reply(REFUSAL),
    ],
    "OR-R08": [reply(), reply(output=[{"type": "hologram"}, {"type": "hologram"}])],
    "OR-R09": [answered({"background": True}, status="queued", usage=None), reply(drop="status")],
    "OR-S20": [stream()],
    "OR-S21": [
        bent(lambda told: told.insert(-1, {"type": "response.rate_limits.updated", "error": None})),
        stream([*steps()[:3], {"type": "error", "message": "busy"}, *failed_steps()]),
    ],
    "OR-S22": [stream(), stream([*steps()[:2], {"type": "response.shell_call_command.delta"}, *steps()[2:]])],
    "OR-S23": [
        stream(),
        cut("output_item.added"),
    ],
    "OR-S24": [put("output_item.done", "item", "status", value="incomplete", at=1), stream()],
    "OR-S25": [cut("reasoning_summary_text.done"), stream([*steps()[:4]], end="closed")],
    "OR-S26": [stream([*steps()[:9]], end="closed"), cut("output_text.delta")],
}


def judged(one: Exchange) -> list[Finding]:
    return list(RESPONSES.rules.judge(Reading(one, RESPONSES)))


def cases(table: dict[str, list[Exchange]]) -> list[Any]:
    return [pytest.param(id, one, id=f"{id}-{at}") for id, many in table.items() for at, one in enumerate(many)]


def test_every_rule_is_in_both_tables() -> None:
    assert BREAKS.keys() == LEGAL.keys() == RESPONSES.rules.rules.keys()


@pytest.mark.parametrize(("id", "broken"), cases(BREAKS))
def test_a_broken_rule_is_found_and_only_it(id: str, broken: Exchange) -> None:
    found = {one.rule for one in judged(broken)}
    assert id in found
    assert found - {id} <= ALSO.get(id, set())


@pytest.mark.parametrize(("id", "legal"), cases(LEGAL))
def test_what_is_legal_is_left_alone(id: str, legal: Exchange) -> None:
    assert [one for one in judged(legal) if one.rule == id] == []


@pytest.mark.parametrize("one", [stream(), reply(), stream(steps(REFUSAL)), items(USER, THOUGHT, CALL, RESULT)])
def test_what_the_official_server_says_breaks_nothing(one: Exchange) -> None:
    assert judged(one) == []


def test_findings_say_where() -> None:
    (found,) = judged(put("output_text.done", "text", value="Hello you!"))
    assert (found.rule, found.path, found.expected, found.got) == ("OR-S09", "$.text", "Hello you", "Hello you!")
    assert found.frame is not None


def test_every_rule_says_what_is_good_what_is_bad_and_why() -> None:
    assert [rule.id for rule in RESPONSES.rules if not (rule.good and rule.bad and rule.why and rule.source)] == []


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b"data: [1]\n\n", b'data: {"type": 1, "response": 2, "item": 3}\n\n']
)
def test_no_rule_trips_over_rubbish(body: bytes) -> None:
    for asked in (None, [], {"input": [1, {"type": []}], "tools": 3, "tool_choice": [], "text": [], "stream": True}):
        judged(exchange(asked, body))
    junk = [
        {"type": kind, "output_index": [], "item": [], "response": [], "part": 1, "delta": {}, "sequence_number": "x"}
        for kind in (
            "response.created",
            "response.output_item.added",
            "response.output_text.delta",
            "response.completed",
        )
    ]
    judged(stream(junk))
    for kind in ("output_text.done", "content_part.done", "output_text.delta", "reasoning_summary_text.delta"):
        for key in ("content_index", "summary_index", "item_id", "output_index"):
            judged(put(kind, key, value={"a": []}))
    judged(reply(output=[1, {"type": "message", "content": [1]}, {"type": "function_call"}], usage=[]))
