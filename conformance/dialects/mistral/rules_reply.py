"""Rules on whole answers that openai-chat does not have, or has otherwise.

Rule of the file: a key that is unknown is never a violation.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.dialects.openai_chat.book import inside, is_choice_number, objects, whole
from conformance.dialects.openai_chat.rules_reply import choices, is_reply
from conformance.dialects.openai_chat.rules_usage import COUNTS
from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK
from .rules_request import is_thoughts

FINISH = ("stop", "length", "model_length", "tool_calls", "error")


def content_faults(content: JSON, path: str, frame: int | None = None) -> Iterator[Violation]:
    """What is wrong with a content; a type that nobody knows yet is nothing wrong."""
    if content is not None and not isinstance(content, str | list):
        yield Violation("content is neither a string, null nor a list", path, frame, got=content)
    for at, part in enumerate(content if isinstance(content, list) else ()):
        kind = inside(part, "type")
        if not isinstance(kind, str):
            yield Violation("a part has no type", f"{path}[{at}]", frame, got=part)
        elif kind == "text" and not isinstance(part.get("text"), str):
            yield Violation("a text part has no text", f"{path}[{at}].text", frame, got=part.get("text"))
        elif kind == "thinking" and not is_thoughts(part.get("thinking")):
            yield Violation("thinking is no list of parts", f"{path}[{at}].thinking", frame, got=part.get("thinking"))


@BOOK.rule(
    "MI-R01",
    "MUST",
    Scope.REPLY,
    "SDK types: AssistantMessage",
    good='"content":[{"type":"thinking","thinking":[{"type":"text","text":"Hm."}]},{"type":"text","text":"hi"}]',
    bad='"content":{"text":"hi"}',
    why="the SDK refuses the whole answer",
)
def content_shape(reading: Reading) -> Iterator[Violation]:
    """A message is the assistant's; its content is a string, null or a list of typed parts."""
    for where, choice in choices(reading):
        message = choice.get("message")
        if not isinstance(message, dict):
            continue
        if message.get("role") not in ("assistant", None):
            yield Violation("role is wrong", f"{where}.message.role", None, "assistant", message["role"])
        yield from content_faults(message.get("content"), f"{where}.message.content")


@BOOK.rule(
    "MI-R02",
    "MUST",
    Scope.REPLY,
    "OpenAPI: ChatCompletionResponse.usage is required",
    good='"usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7}',
    bad="no usage",
    why="the SDK refuses the whole answer",
)
def usage_is_there(reading: Reading) -> Iterator[Violation]:
    """A whole answer has its usage: three counts, the total their sum, but for prompts of audio."""
    if is_reply(reading):
        yield from usage_faults(reading.reply.get("usage"))


def usage_faults(usage: JSON, frame: int | None = None) -> Iterator[Violation]:
    """What is wrong with a usage. The vendor counts audio in the total alone."""
    if not isinstance(usage, dict):
        yield Violation("usage is missing", "$.usage", frame, got=usage)
        return
    wrong = [key for key in COUNTS if not whole(usage.get(key)) or usage[key] < 0]
    for key in wrong:
        yield Violation(f"{key} is no count", f"$.usage.{key}", frame, got=usage.get(key))
    if not wrong and "prompt_audio_seconds" not in usage:
        due = usage["prompt_tokens"] + usage["completion_tokens"]
        if usage["total_tokens"] != due:
            yield Violation("the total is not the sum", "$.usage.total_tokens", frame, due, usage["total_tokens"])


@BOOK.rule(
    "MI-R03",
    "MUST",
    Scope.REPLY,
    "OpenAPI: ChatCompletionChoice",
    good='{"index":0,"message":{…},"finish_reason":"model_length"}',
    bad='{"index":0,"message":{…},"finish_reason":null}',
    why="agents wait for a reason that never comes, or take an unknown one for an error",
)
def choice_shape(reading: Reading) -> Iterator[Violation]:
    """Each choice has an index below n, a message and one of the five finish reasons."""
    for where, choice in choices(reading):
        index = choice.get("index")
        if not is_choice_number(index, reading.asked):
            yield Violation("index is no number of a choice", f"{where}.index", None, "0 up to n", index)
        if not isinstance(choice.get("message"), dict) and not isinstance(choice.get("messages"), list):
            yield Violation("message is no object", f"{where}.message", got=choice.get("message"))
        if choice.get("finish_reason") not in FINISH:
            got = choice.get("finish_reason")
            yield Violation("finish_reason is none of the five", f"{where}.finish_reason", None, FINISH, got)


@BOOK.rule(
    "MI-R04",
    "MUST",
    Scope.REPLY,
    "SDK types: ToolCall, FunctionCall",
    good='{"id":"gSIMJiOkT","function":{"name":"f","arguments":"{}"},"index":0}',
    bad='{"function":{"name":"f"}}',
    why="the SDK refuses the answer, or the result cannot be sent back",
)
def call_shape(reading: Reading) -> Iterator[Violation]:
    """A call has an id, a name, and arguments as a string or an object."""
    for where, choice in choices(reading):
        for at, call in objects(choice.get("message"), "tool_calls"):
            here = f"{where}.message.tool_calls[{at}]"
            if not isinstance(call.get("id"), str) or call["id"] in ("", "null"):
                yield Violation("a call has no id", f"{here}.id", got=call.get("id"))
            name, arguments = inside(call, "function", "name"), inside(call, "function", "arguments")
            if not isinstance(name, str) or not name:
                yield Violation("a call has no name", f"{here}.function.name", got=name)
            if not isinstance(arguments, str | dict):
                yield Violation("a call has no arguments", f"{here}.function.arguments", got=arguments)
