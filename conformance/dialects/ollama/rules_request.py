"""Rules on requests.

Rule of the file: null means "not said", as the server reads it.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK, inside, objects, word_in
from .validity import is_base64
from .words import EFFORTS

SAMPLING = (
    "num_predict", "temperature", "top_p", "top_k", "min_p", "seed", "stop", "num_ctx", "repeat_penalty", "max_tokens",
)  # fmt: skip
"""What takes effect below `options` only, and what other languages call its parts."""
_TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")
"""The types that a JSON Schema knows."""


@BOOK.rule(
    "OL-Q01",
    "MUST",
    Scope.REQUEST,
    "API reference: stream, true by default",
    good='{"model":"m","messages":[…],"stream":false}',
    bad='{"model":"m","messages":[…]}',
    why="who says nothing gets a stream, and parses its first line as the whole answer",
)
def stream_is_said(reading: Reading) -> Iterator[Violation]:
    """A request says whether it wants a stream."""
    if not isinstance(reading.asked.get("stream"), bool):
        yield Violation(
            "stream is not said, so the answer will be a stream", "$.stream", got=reading.asked.get("stream")
        )


@BOOK.rule(
    "OL-Q02",
    "MUST",
    Scope.REQUEST,
    "server source: api.Message",
    good='{"role":"user","content":"What is this?","images":["iVBORw0KGgo…"]}',
    bad='{"role":"user","content":[{"type":"text","text":"…"}]}; "images":["data:image/png;base64,…"]',
    why="the server answers 400: it can read neither a list nor a data URL",
)
def content_is_a_string(reading: Reading) -> Iterator[Violation]:
    """The content of a message is a string; its images are base64 as it is, without the head of a data URL."""
    for at, said in objects(reading.asked, "messages"):
        if not isinstance(said.get("content", ""), str | None):
            yield Violation("the content is no string", f"$.messages[{at}].content", got=said["content"])
        images = said.get("images")
        for number, image in enumerate(images if isinstance(images, list) else ()):
            if not isinstance(image, str) or not is_base64(image):
                shown = image[:40] if isinstance(image, str) else image
                yield Violation("an image is no base64", f"$.messages[{at}].images[{number}]", got=shown)


@BOOK.rule(
    "OL-Q03",
    "MUST",
    Scope.REQUEST,
    "server source: api.ToolCallFunctionArguments",
    good='{"function":{"name":"f","arguments":{"a":1}}}',
    bad='{"function":{"name":"f","arguments":"{\\"a\\":1}"}}',
    why="the server answers 400",
)
def arguments_are_objects(reading: Reading) -> Iterator[Violation]:
    """The arguments of a replayed call are an object, not text."""
    for at, said in objects(reading.asked, "messages"):
        for number, call in objects(said, "tool_calls"):
            found = inside(call, "function", "arguments")
            if not isinstance(found, dict):
                yield Violation("no object", f"$.messages[{at}].tool_calls[{number}].function.arguments", got=found)


@BOOK.rule(
    "OL-Q04",
    "MUST",
    Scope.REQUEST,
    "API reference: options",
    good='{"options":{"num_predict":100,"temperature":0.5,"stop":["END"]}}',
    bad='{"temperature":0.5,"max_tokens":100}',
    why="the server ignores it in silence: the answer is as long and as random as ever",
)
def sampling_stands_in_options(reading: Reading) -> Iterator[Violation]:
    """Limits and sampling values stand below `options`, by their names there; stop is a list."""
    for name in SAMPLING:
        if reading.asked.get(name) is not None:
            yield Violation(f"{name} has no effect at the top level", f"$.{name}", got=reading.asked[name])
    options = reading.asked.get("options")
    if isinstance(options, dict) and options.get("max_tokens") is not None:
        yield Violation("the limit is num_predict here", "$.options.max_tokens", got=options["max_tokens"])
    stop = inside(options, "stop")
    if stop is not None and not (isinstance(stop, list) and all(isinstance(one, str) for one in stop)):
        yield Violation("stop is no list of texts", "$.options.stop", got=stop)


@BOOK.rule(
    "OL-Q05",
    "MUST",
    Scope.REQUEST,
    "API reference: format",
    good='"format":"json", or "format":{"type":"object",…}',
    bad='"response_format":{"type":"json_object"}; "format":{"type":"json_object"}; "format":"yaml"',
    why="the server answers 400, or ignores the wish",
)
def format_is_json_or_schema(reading: Reading) -> Iterator[Violation]:
    """The format is json or a JSON Schema, as it is."""
    wanted = reading.asked.get("format")
    if wanted not in (None, "", "json") and not isinstance(wanted, dict):
        yield Violation("neither json nor a schema", "$.format", got=wanted)
    elif isinstance(wanted, dict) and isinstance(kind := wanted.get("type"), str) and kind not in _TYPES:
        yield Violation("this is no schema: its type is none", "$.format.type", None, list(_TYPES), kind)
    if reading.asked.get("response_format") is not None:
        yield Violation("response_format has no effect here", "$.response_format", expected="format")


@BOOK.rule(
    "OL-Q06",
    "MUST",
    Scope.REQUEST,
    "API reference: think",
    good='"think":true; "think":"high"',
    bad='"think":"a lot"; "reasoning_effort":"high"',
    why="the server answers 400",
)
def think_is_known(reading: Reading) -> Iterator[Violation]:
    """Thinking is asked for by true or false, or by low, medium, high or max."""
    wish = reading.asked.get("think")
    if wish is not None and not isinstance(wish, bool) and not word_in(wish, EFFORTS):
        yield Violation("no way to ask for thinking", "$.think", expected=[True, False, *EFFORTS], got=wish)


@BOOK.rule(
    "OL-Q07",
    "MUST",
    Scope.REQUEST,
    "server source: api.ChatRequest has no such field",
    good='{"tools":[…]}',
    bad='{"tools":[…],"tool_choice":"required"}',
    why="the server ignores it in silence: no call is forced, none is forbidden",
)
def no_tool_choice(reading: Reading) -> Iterator[Violation]:
    """There is no tool_choice."""
    choice: JSON = reading.asked.get("tool_choice")
    if choice is not None:
        yield Violation("tool_choice has no effect here", "$.tool_choice", got=choice)
