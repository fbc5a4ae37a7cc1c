"""Rules on the finished response, whole or in the terminal event of a stream, and on its usage.

Rule of the file: unknown items, unknown parts and unknown statuses' details are legal.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK, finals, inside, objects
from .story import story
from .words import STATUSES

# fmt: off
REQUIRED = ("id", "object", "created_at", "error", "incomplete_details", "instructions", "model", "tools", "output",
            "parallel_tool_calls", "metadata", "tool_choice", "temperature", "top_p")
# fmt: on
MILLISECONDS = 100_000_000_000
"""Seconds reach this in the year 5138."""


@BOOK.rule(
    "OR-R01",
    "MUST",
    Scope.REPLY,
    "OpenAPI: Response, required",
    good='"object":"response", "error":null, "incomplete_details":null, …',
    bad="no key `error` in a response that did not fail",
    why="typed clients fail on the absent key",
)
def response_keys(reading: Reading) -> Iterator[Violation]:
    """A response says object:"response" and has all its keys, those that are null too."""
    for path, _, response in finals(reading):
        if response.get("object") != "response":
            yield Violation("object is wrong", f"{path}.object", expected="response", got=response.get("object"))
        for key in REQUIRED:
            if key not in response:
                yield Violation(f"the key {key} is missing", f"{path}.{key}")


@BOOK.rule(
    "OR-R02",
    "MUST",
    Scope.ANSWER,
    "SDK types: ResponseStatus",
    good='"status":"completed"',
    bad='"status":"success"',
    why="clients compare with the known words and never see the end",
)
def known_status(reading: Reading) -> Iterator[Violation]:
    """The status is one of completed, failed, in_progress, cancelled, queued, incomplete."""
    for path, frame, response in finals(reading):
        if "status" in response and response["status"] not in STATUSES:
            yield Violation("the status is unknown", f"{path}.status", frame, list(STATUSES), response["status"])


@BOOK.rule(
    "OR-R03",
    "MUST",
    Scope.ANSWER,
    "SDK types: Response.incomplete_details, ResponseError",
    good='"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"}',
    bad='"status":"incomplete","incomplete_details":null',
    why="a client cannot tell a full context from a filtered answer",
)
def status_explains_itself(reading: Reading) -> Iterator[Violation]:
    """An incomplete response says why in incomplete_details.reason, a failed one in error with code and message."""
    for path, frame, response in finals(reading):
        if response.get("status") == "incomplete" and not inside(response, "incomplete_details", "reason"):
            yield Violation(
                "no reason is given", f"{path}.incomplete_details", frame, got=response.get("incomplete_details")
            )
        if response.get("status") == "failed":
            for key in ("code", "message"):
                if not isinstance(inside(response, "error", key), str):
                    yield Violation(
                        f"error.{key} is no string", f"{path}.error.{key}", frame, got=response.get("error")
                    )


@BOOK.rule(
    "OR-R04",
    "MUST",
    Scope.ANSWER,
    "OpenAPI: OutputMessage",
    good='{"id":"msg_1","type":"message","role":"assistant","status":"completed","content":[…]}',
    bad='{"type":"message","content":"Hello"}',
    why="clients iterate over content and read the letters of a string as parts",
)
def message_items(reading: Reading) -> Iterator[Violation]:
    """A message has id, role assistant, status, and a list of output_text (text, annotations) and refusal parts."""
    for path, frame, item in _final_items(reading, "message"):
        for key in ("id", "status"):
            if not isinstance(item.get(key), str):
                yield Violation(f"{key} is no string", f"{path}.{key}", frame, "a string", item.get(key))
        if item.get("role") != "assistant":
            yield Violation("the role is wrong", f"{path}.role", frame, "assistant", item.get("role"))
        if not isinstance(item.get("content"), list):
            yield Violation("content is no list", f"{path}.content", frame, "a list", item.get("content"))
        for at, part in objects(item, "content"):
            if part.get("type") in _NO_OUTPUT:
                got = part.get("type")
                yield Violation(
                    "the part is none of an output", f"{path}.content[{at}].type", frame, "output_text", got
                )
            for key, kind in _PART_KEYS.get(str(part.get("type")), ()):
                if not isinstance(part.get(key), kind):
                    yield Violation(f"{key} is missing", f"{path}.content[{at}].{key}", frame, got=part.get(key))


_NO_OUTPUT = ("text", "input_text")
"""Parts of other languages and of requests; types that nobody knows yet may come."""
_PART_KEYS: dict[str, tuple[tuple[str, type], ...]] = {
    "output_text": (("text", str), ("annotations", list)),
    "refusal": (("refusal", str),),
}


@BOOK.rule(
    "OR-R05",
    "MUST",
    Scope.ANSWER,
    "OpenAPI: FunctionToolCall",
    good='{"type":"function_call","call_id":"c1","name":"f","arguments":"{}"}',
    bad='{"type":"function_call","id":"c1","name":"f","arguments":{}}',
    why="the result cannot be sent back without call_id; clients parse arguments as JSON text",
)
def call_items(reading: Reading) -> Iterator[Violation]:
    """A function_call has call_id, name and arguments, strings all; arguments are JSON once the call is completed."""
    for path, frame, item in _final_items(reading, "function_call"):
        for key in ("call_id", "name", "arguments"):
            if not isinstance(item.get(key), str):
                yield Violation(f"{key} is no string", f"{path}.{key}", frame, "a string", item.get(key))
        arguments = item.get("arguments")
        if item.get("status") == "completed" and isinstance(arguments, str) and not _is_json(arguments):
            yield Violation("arguments are not JSON", f"{path}.arguments", frame, got=arguments)


@BOOK.rule(
    "OR-R06",
    "MUST",
    Scope.ANSWER,
    "OpenAPI: Response.created_at, Unix timestamp in seconds",
    good='"created_at":1790000000',
    bad='"created_at":1790000000000',
    why="clients that show or sort by the time place the answer in the far future",
    survived="the SDK tells the same answer; only its time is wrong",
)
def created_in_seconds(reading: Reading) -> Iterator[Violation]:
    """created_at counts seconds, not milliseconds."""
    for path, frame, response in finals(reading):
        time = response.get("created_at")
        if isinstance(time, int | float) and time > MILLISECONDS:
            yield Violation("created_at is in milliseconds", f"{path}.created_at", frame, "seconds", time)


@BOOK.rule(
    "OR-R07",
    "SHOULD",
    Scope.ANSWER,
    "official server; a model may also have nothing to say, hence no MUST",
    good='"status":"completed","output":[{"type":"message",…}]',
    bad='"status":"completed","output":[]',
    why="the user sees nothing, and nothing says why",
)
def something_is_said(reading: Reading) -> Iterator[Violation]:
    """A completed response says or calls something: its output is not empty, nor are all its messages."""
    if reading.streamed and any(item.done for item in story(reading).items.values()):
        return  # it was said, and lost at the end: another rule's business
    for path, frame, response in finals(reading):
        items = [item for _, item in objects(response, "output")]
        empty = [item for item in items if item.get("type") == "message" and not _says(item)]
        if response.get("status") == "completed" and isinstance(response.get("output"), list) and empty == items:
            yield Violation("nothing is said", f"{path}.output", frame, got=response["output"])


def _says(item: dict[str, JSON]) -> bool:
    """A message says something; parts of unknown kinds count."""
    if not isinstance(item.get("content"), list):
        return bool(item.get("content"))
    parts = [part for _, part in objects(item, "content")]
    return any(part.get("text", part.get("refusal", part.get("type"))) for part in parts)


@BOOK.rule(
    "OR-R08",
    "MUST",
    Scope.ANSWER,
    "official server: results are matched by call_id",
    good='call_id "call_a", then "call_b"',
    bad='call_id "call_a" on both calls',
    why="both results are taken for those of one call",
)
def calls_have_own_ids(reading: Reading) -> Iterator[Violation]:
    """No two items of a response have the same id, and no two calls the same call_id."""
    for path, frame, response in finals(reading):
        for key in ("id", "call_id"):
            known: set[str] = set()
            for at, item in objects(response, "output"):
                id = item.get(key)
                if isinstance(id, str) and id in known:
                    yield Violation(f"{key} is taken", f"{path}.output[{at}].{key}", frame, "an id of its own", id)
                known |= {id} if isinstance(id, str) and id else set()


@BOOK.rule(
    "OR-R09",
    "MUST",
    Scope.REPLY,
    "SDK docs: background; official server",
    good='"status":"completed"',
    bad='"status":"in_progress" with all of the answer',
    why="clients poll for an end that has come",
)
def whole_answers_have_ended(reading: Reading) -> Iterator[Violation]:
    """A whole answer that was not asked for in the background is neither queued nor in progress."""
    for path, _, response in finals(reading):
        if not reading.asked.get("background") and response.get("status") in ("queued", "in_progress"):
            yield Violation("the answer has come, and goes on", f"{path}.status", None, "completed", response["status"])


def _final_items(reading: Reading, kind: str) -> Iterator[tuple[str, int | None, dict[str, JSON]]]:
    for path, frame, response in finals(reading):
        for at, item in objects(response, "output"):
            if item.get("type") == kind:
                yield f"{path}.output[{at}]", frame, item


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
