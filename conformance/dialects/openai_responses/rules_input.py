"""Rules on the items of `input`: messages, calls, results, reasoning.

Rule of the file: an item of an unknown type is legal, and what the server keeps from earlier turns is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK, items, objects

ROLES = ("user", "assistant", "system", "developer")
HISTORIES = ("previous_response_id", "conversation", "prompt")
"""With one of these the server knows more of the conversation than the request says."""
CALLS = {"function_call_output": "function_call", "custom_tool_call_output": "custom_tool_call"}


def _is_message(item: dict[str, object]) -> bool:
    return item.get("type", "message") == "message"


@BOOK.rule(
    "OR-Q01",
    "MUST",
    Scope.REQUEST,
    "OpenAPI: CreateResponse.input",
    good='"input":[{"role":"user","content":"Hi"}]',
    bad='"input":{"role":"user","content":"Hi"}',
    why="the official server answers 400",
)
def input_items(reading: Reading) -> Iterator[Violation]:
    """`input` is a string or a list of items, each with a type, or a message with role and content."""
    given = reading.asked.get("input")
    if given is None and any(reading.asked.get(name) for name in HISTORIES):
        return
    if not isinstance(given, str | list):
        yield Violation("input is neither a string nor a list", "$.input", got=given)
        return
    for at, item in enumerate(given if isinstance(given, list) else ()):
        if not isinstance(item, dict):
            yield Violation("the item is no object", f"$.input[{at}]", got=item)
        elif not _is_message(item):
            if not isinstance(kind := item["type"], str):
                yield Violation("the item's type is no string", f"$.input[{at}].type", got=kind)
            elif item.get("role") in ROLES and "content" in item:
                yield Violation("what is said is no item `message`", f"$.input[{at}].type", None, "message", kind)
        elif item.get("role") not in ROLES:
            yield Violation("the role is unknown", f"$.input[{at}].role", None, list(ROLES), item.get("role"))
        elif not isinstance(item.get("content"), str | list):
            yield Violation("content is neither a string nor a list", f"$.input[{at}].content", got=item.get("content"))


@BOOK.rule(
    "OR-Q02",
    "MUST",
    Scope.REQUEST,
    "official server: No tool call found for function call output",
    good='{"type":"function_call","call_id":"c1",…}, {"type":"function_call_output","call_id":"c1",…}',
    bad='{"type":"function_call_output","call_id":"c2",…} without a call c2',
    why="the official server answers 400",
)
def results_answer_calls(reading: Reading) -> Iterator[Violation]:
    """A function_call_output names the call_id of an earlier function_call."""
    known = list(items(reading))
    if any(reading.asked.get(name) for name in HISTORIES) or any(i.get("type") == "item_reference" for _, i in known):
        return
    for at, item in known:
        if wanted := CALLS.get(str(item.get("type"))):
            calls = [one.get("call_id") for before, one in known if before < at and one.get("type") == wanted]
            if item.get("call_id") not in calls:
                yield Violation(
                    "no earlier call has this id", f"$.input[{at}].call_id", None, calls, item.get("call_id")
                )


@BOOK.rule(
    "OR-Q03",
    "MUST",
    Scope.REQUEST,
    "SDK types: ResponseFunctionToolCallParam",
    good='{"type":"function_call","call_id":"c1","name":"f","arguments":"{}"}',
    bad='{"type":"function_call","call_id":"c1","function":{"name":"f","arguments":{}}}',
    why="the official server answers 400",
)
def call_fields(reading: Reading) -> Iterator[Violation]:
    """A function_call item carries call_id, name and arguments at its top level, all strings."""
    for at, item in items(reading):
        for key in ("call_id", "name", "arguments") if item.get("type") == "function_call" else ():
            if not isinstance(item.get(key), str):
                yield Violation(f"{key} is no string", f"$.input[{at}].{key}", None, "a string", item.get(key))


@BOOK.rule(
    "OR-Q08",
    "MUST",
    Scope.REQUEST,
    "SDK types: ResponseInputImage",
    good='{"type":"input_image","image_url":"https://…","detail":"auto"}',
    bad='{"type":"input_image","image_url":{"url":"https://…"}}',
    why="the official server answers 400: it expects an image URL, but got an object",
)
def image_url_is_a_string(reading: Reading) -> Iterator[Violation]:
    """The image_url of an input_image is a string; without it there is a file_id."""
    for at, item in items(reading):
        for key in ("content", "output"):
            for place, part in objects(item, key):
                url = part.get("image_url")
                if part.get("type") == "input_image" and not isinstance(url, str) and (url or not part.get("file_id")):
                    yield Violation(
                        "image_url is no string", f"$.input[{at}].{key}[{place}].image_url", None, "a string", url
                    )


@BOOK.rule(
    "OR-Q09",
    "MUST",
    Scope.REQUEST,
    "SDK types: ResponseInputContent, ResponseOutputMessageParam",
    good='{"role":"assistant","content":[{"type":"output_text","text":"Hi"}]}',
    bad='{"role":"assistant","content":[{"type":"input_text","text":"Hi"}]}',
    why="the official server answers 400 and names the values that it takes",
)
def text_parts_fit_the_role(reading: Reading) -> Iterator[Violation]:
    """What the assistant said is output_text or refusal, what it was told is input_text."""
    for at, item in items(reading):
        if not _is_message(item):
            continue
        said = item.get("role") == "assistant"
        wrong = ("input_text", "text") if said else ("output_text", "refusal", "text")
        for place, part in objects(item, "content"):
            if part.get("type") in wrong:
                wanted = "output_text or refusal" if said else "input_text"
                yield Violation(
                    "the part is of the other side", f"$.input[{at}].content[{place}].type", None, wanted, part["type"]
                )


@BOOK.rule(
    "OR-Q11",
    "SHOULD",
    Scope.REQUEST,
    "SDK docs: ResponseReasoningItem.encrypted_content",
    good='"store":false, … {"type":"reasoning","summary":[],"encrypted_content":"…"}',
    bad='"store":false, … {"type":"reasoning","id":"rs_1","summary":[]}',
    why="the server kept nothing: the model starts without its earlier thoughts, or the call fails with 404",
)
def sealed_reasoning(reading: Reading) -> Iterator[Violation]:
    """With store:false reasoning items are sent back with their encrypted_content."""
    for at, item in items(reading) if reading.asked.get("store") is False else ():
        if item.get("type") == "reasoning" and not item.get("encrypted_content"):
            yield Violation("the reasoning is not sealed", f"$.input[{at}].encrypted_content")


@BOOK.rule(
    "OR-Q12",
    "SHOULD",
    Scope.REQUEST,
    "SDK docs: reasoning items in manual context",
    good='{"type":"reasoning",…}, {"type":"function_call",…}',
    bad='{"type":"reasoning",…}, {"type":"function_call_output",…}',
    why="the official server answers 400: reasoning without its required following item",
)
def reasoning_before_its_item(reading: Reading) -> Iterator[Violation]:
    """A reasoning item directly precedes the item that came of it."""
    for (at, item), (_, after) in pairwise(items(reading)):
        if item.get("type") != "reasoning":
            continue
        asked = _is_message(after) and after.get("role") != "assistant"
        if asked or str(after.get("type")).endswith("_output"):
            got = after.get("type") or after.get("role")
            yield Violation("nothing of the assistant follows", f"$.input[{at}]", got=got)
