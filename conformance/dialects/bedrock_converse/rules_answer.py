"""Rules of bedrock-converse on what an answer holds, whole or streamed: its blocks, its calls, its stopReason.

Rule of the file: words, blocks and members that came into use after this file are never held against a server.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from conformance.dialects.elsewhere import foreign
from conformance.dialects.openai_chat.rules_asked import MARKUP
from conformance.dialects.repeating import doubled
from conformance.model import JSON, Done
from conformance.reading import Reading
from conformance.rulebook import Rulebook, Scope, Violation

from .story import story
from .words import STOP_REASONS, list_of, object_of

BOOK = Rulebook("bedrock-converse: answer")

_OWN_MARKUP = re.compile(r"<(?:function_calls|invoke name=|tool_use>)")
_ENDED = ("end_turn", "tool_use", "stop_sequence")
_CALL: Mapping[str, type] = {"toolUseId": str, "name": str, "input": dict}


def stop_reason(reading: Reading) -> JSON:
    """Why the answer stopped; None where it does not say, or has not come to its end."""
    return story(reading).stop_reason if reading.streamed else object_of(reading.reply).get("stopReason")


def calls_of(reading: Reading) -> list[dict[str, JSON]]:
    """What begins each call of a streamed answer, or is one of a whole one."""
    if reading.streamed:
        return [object_of(block.call) for block in story(reading).blocks if block.is_call]
    return [object_of(block["toolUse"]) for _, block in _blocks(reading) if "toolUse" in block]


def _blocks(reading: Reading) -> Iterator[tuple[int, dict[str, JSON]]]:
    """The blocks of a whole answer."""
    message = object_of(object_of(object_of(reading.reply).get("output")).get("message"))
    for at, block in enumerate(list_of(message.get("content"))):
        yield at, object_of(block)


@BOOK.rule(
    "BR-R03",
    "MUST",
    Scope.ANSWER,
    "docs.aws.amazon.com/bedrock, Use a tool: a toolResult names one toolUse",
    good="two calls, t1 and t2",
    bad="two calls, both t1",
    why="a result names its call by the id: one of the two is never answered, and the next request is refused",
)
def call_ids_differ(reading: Reading) -> Iterator[Violation]:
    """No two calls of an answer share a toolUseId."""
    for path, word in doubled(("$.toolUse.toolUseId", call.get("toolUseId")) for call in calls_of(reading)):
        yield Violation("two calls have the same id", path, got=word)


@BOOK.rule(
    "BR-R04",
    "SHOULD",
    Scope.ANSWER,
    "bedrock-runtime 2023-09-30: StopReason",
    good='stopReason "end_turn", or a word that is new',
    bad='stopReason "stop" or "tool_calls"',
    why="programs compare with this language's words: what a gateway passes on of another's is not understood",
)
def no_foreign_stop_word(reading: Reading) -> Iterator[Violation]:
    """`stopReason` is no word of another language, and it is a word."""
    reason = stop_reason(reading)
    if isinstance(reason, str) and (not reason or foreign(reason, STOP_REASONS)):
        yield Violation("stopReason is no word of this language", "$.stopReason", None, sorted(STOP_REASONS), reason)


@BOOK.rule(
    "BR-R05",
    "MUST",
    Scope.REPLY,
    "bedrock-runtime 2023-09-30: Message, ContentBlock (a union), ToolUseBlock",
    good='{"role": "assistant", "content": [{"toolUse": {"toolUseId": "t1", "name": "f", "input": {}}}]}',
    bad='{"role": "assistant", "content": [{"toolUse": {"name": "f", "input": "{}"}}]}',
    why="SDKs drop the block or raise; a call without an id cannot be answered",
)
def blocks_are_complete(reading: Reading) -> Iterator[Violation]:
    """The message is the assistant's; each block of it has one key, text is a string, a call is complete."""
    message = object_of(object_of(reading.reply).get("output")).get("message")
    if not isinstance(message, dict):
        return
    path = "$.output.message"
    if message.get("role") != "assistant":
        yield Violation("the message is not the assistant's", f"{path}.role", None, "assistant", message.get("role"))
    content = message.get("content")
    if not isinstance(content, list):
        yield Violation("the content is no list", f"{path}.content", None, "a list of blocks", content)
    for at, block in enumerate(list_of(content)):
        yield from _incomplete(block, f"{path}.content[{at}]")


def _incomplete(block: JSON, path: str) -> Iterator[Violation]:
    """What a block of a whole answer lacks."""
    if not isinstance(block, dict) or len(block) != 1:
        yield Violation("a block has not exactly one key", path, expected="one key", got=block)
    found = object_of(block)
    if "text" in found and not isinstance(found["text"], str):
        yield Violation("the text is no string", f"{path}.text", expected="a string", got=found["text"])
    for key, wanted in _CALL.items() if "toolUse" in found else ():
        got = object_of(found["toolUse"]).get(key)
        if not isinstance(got, wanted) or (wanted is str and not got):
            text = f"{key} of the call is missing, empty or of a wrong type"
            yield Violation(text, f"{path}.toolUse.{key}", expected=wanted.__name__, got=got)


@BOOK.rule(
    "BR-R06",
    "MUST",
    Scope.REPLY,
    "bedrock-runtime 2023-09-30: StopReason tool_use",
    good='a toolUse block, stopReason "tool_use"',
    bad='a toolUse block, stopReason "end_turn"',
    why="an agent loop that goes by the stop reason drops the call, or waits for one that never came",
)
def whole_stop_fits_calls(reading: Reading) -> Iterator[Violation]:
    """The stopReason of a whole answer is tool_use exactly when it holds a call of a tool of the client."""
    reason = stop_reason(reading)
    calls = [call for call in calls_of(reading) if call.get("type") != "server_tool_use"]
    if reason == "tool_use" and not calls:
        yield Violation("tool_use, and there is no call", "$.stopReason", None, "a toolUse block", reason)
    elif calls and reason in ("end_turn", "stop_sequence"):
        yield Violation("there are calls, it is no tool_use", "$.stopReason", None, "tool_use", reason)


@BOOK.rule(
    "BR-A01",
    "MUST",
    Scope.ANSWER,
    "bedrock-runtime 2023-09-30: ToolChoice any, tool",
    good="toolChoice {any: {}}, a toolUse block",
    bad="toolChoice {any: {}}, text and stopReason end_turn",
    why="structured output by a forced call fails without an error",
)
def forced_calls_come(reading: Reading) -> Iterator[Violation]:
    """An answer to a toolChoice that demands a call holds one, unless it was cut or filtered."""
    choice = object_of(object_of(reading.asked.get("toolConfig")).get("toolChoice"))
    if choice.keys() & {"any", "tool"} and stop_reason(reading) in _ENDED and not calls_of(reading):
        yield Violation("a call was demanded, and none came", None, None, choice, stop_reason(reading))


@BOOK.rule(
    "BR-A02",
    "SHOULD",
    Scope.ANSWER,
    "docs.aws.amazon.com/bedrock, Use a tool: a call is a block",
    good="a call in a toolUse block",
    bad='<tool_call>{"name": "f"}</tool_call> in the text',
    why="the call is shown to the user instead of being made",
)
def calls_are_no_text(reading: Reading) -> Iterator[Violation]:
    """A call is a block, not markup in the text."""
    last = reading.events[-1] if reading.events else None
    if not isinstance(last, Done) or last.reply.tool_calls or "toolConfig" not in reading.asked:
        return
    text = last.reply.text
    if found := MARKUP.search(text) or _OWN_MARKUP.search(text):
        yield Violation("the text holds a call as markup", got=text[found.start() : found.start() + 80])


@BOOK.rule(
    "BR-H05",
    "SHOULD",
    Scope.ANSWER,
    "botocore: ResponseMetadata.RequestId is read from this header",
    good="x-amzn-RequestId: 0b5c…",
    bad="no x-amzn-RequestId",
    why="the user cannot name the request to the vendor's support",
)
def request_id(reading: Reading) -> Iterator[Violation]:
    """An answer carries an `x-amzn-RequestId`."""
    if reading.heads_kept and reading.exchange.response.header("x-amzn-requestid") is None:
        yield Violation("the answer has no x-amzn-RequestId", expected="x-amzn-RequestId")
