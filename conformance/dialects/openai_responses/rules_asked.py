"""Rules that hold a finished response against what only this language can ask for, or what no answer may leave out.

Rule of the file: an answer that was cut, filtered or refused owes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.dialects.demands import forced_calls, written_calls
from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK, finals, inside, objects
from .words import ENCRYPTED, LOGPROBS


@BOOK.rule(
    "OR-A01",
    "MUST",
    Scope.ANSWER,
    "OpenAPI: tool_choice required or named",
    good='"tool_choice":"required", one function_call',
    bad='"tool_choice":"required", a message',
    why="structured output by forced call fails without an error",
)
def forced_calls_come(reading: Reading) -> Iterator[Violation]:
    """An answer to a tool choice that demands a call holds one, unless it was cut, filtered or refused."""
    yield from forced_calls(reading, "$.output")


@BOOK.rule(
    "OR-A02",
    "SHOULD",
    Scope.ANSWER,
    "OpenAPI: CreateResponse.include, top_logprobs",
    good='"include":["message.output_text.logprobs"], "logprobs":[{"token":"Hi",…}]',
    bad='"include":["message.output_text.logprobs"], "logprobs":[]',
    why="programs that weigh an answer by its likelihood fail, or take it for certain",
)
def logprobs_come(reading: Reading) -> Iterator[Violation]:
    """Where logprobs are asked for, the finished texts have them."""
    if LOGPROBS not in (reading.asked.get("include") or ()):
        return
    for path, frame, response in finals(reading):
        for at, item in objects(response, "output"):
            for place, part in objects(item, "content"):
                if part.get("type") == "output_text" and part.get("text") and not part.get("logprobs"):
                    where = f"{path}.output[{at}].content[{place}].logprobs"
                    yield Violation("logprobs were asked for", where, frame, "a list of tokens", part.get("logprobs"))


@BOOK.rule(
    "OR-A03",
    "MUST",
    Scope.ANSWER,
    "OpenAPI: CreateResponse.include; SDK docs: ResponseReasoningItem.encrypted_content",
    good='"include":["reasoning.encrypted_content"], {"type":"reasoning",…,"encrypted_content":"…"}',
    bad='"include":["reasoning.encrypted_content"], {"type":"reasoning",…} without it',
    why="a client that keeps nothing on the server cannot send the reasoning back",
)
def sealed_reasoning_comes(reading: Reading) -> Iterator[Violation]:
    """Where encrypted content is asked for, every reasoning item of the finished response has it."""
    if ENCRYPTED not in (reading.asked.get("include") or ()):
        return
    for path, frame, response in finals(reading):
        for at, item in objects(response, "output"):
            if item.get("type") == "reasoning" and not inside(item, "encrypted_content"):
                yield Violation(
                    "the reasoning is not sealed", f"{path}.output[{at}].encrypted_content", frame, "a string"
                )


@BOOK.rule(
    "OR-A04",
    "SHOULD",
    Scope.ANSWER,
    "OpenAPI: Response; official server",
    good='asked {"temperature":0.2}, answered "temperature":0.2',
    bad='asked {"temperature":0.2}, answered "temperature":1.0',
    why="what was asked for was dropped on the way, and the program that looks sees it only here",
)
def settings_are_told(reading: Reading) -> Iterator[Violation]:
    """The response repeats what was asked: instructions, limit, temperature, top_p, parallel calls, tools."""
    for path, frame, response in finals(reading):
        for key in ("instructions", "max_output_tokens", "temperature", "top_p", "parallel_tool_calls"):
            asked = reading.asked.get(key)
            if asked not in (None, "") and key in response and response[key] != asked:
                yield Violation(f"{key} is another than was asked for", f"{path}.{key}", frame, asked, response[key])
        told = [one.get("name") for _, one in objects(response, "tools")]
        lost = [one["name"] for _, one in objects(reading.asked, "tools") if "name" in one and one["name"] not in told]
        if lost and isinstance(response.get("tools"), list):
            yield Violation("a tool that was offered is not told", f"{path}.tools", frame, lost, told)


@BOOK.rule(
    "OR-A05",
    "SHOULD",
    Scope.ANSWER,
    "OpenAPI: FunctionToolCall; a model may write so too, hence no MUST",
    good='{"type":"function_call",…}',
    bad='{"type":"output_text","text":"<tool_call>{…}</tool_call>"}',
    why="the call is shown to the user instead of being made",
)
def calls_are_no_text(reading: Reading) -> Iterator[Violation]:
    """A call is a call, not markup in the text."""
    yield from written_calls(reading, "$.output")
