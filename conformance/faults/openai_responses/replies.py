"""Faults of whole answers and of their usage.

Rule of the file: one key, one value at a time.
"""

from __future__ import annotations

from conformance.faults import kit
from conformance.faults.every.telling import Teller
from conformance.faults.openai_responses.changing import NAME

_top, _message = Teller(NAME, "reply", "simple_text_whole"), Teller(NAME, "message", "simple_text_whole")


_MESSAGE = {"role": "assistant", "content": "Hello, dear reader, and welcome!", "refusal": None}
_CHOICE = {"index": 0, "message": _MESSAGE, "finish_reason": "stop", "logprobs": None}
_OF_CHAT = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "m", "choices": [_CHOICE]}
_OVERLOADED = {"message": "Overloaded", "type": "server_error", "param": None, "code": None}

FAULTS = (
    _top.fault("object-chat", "OR-R01", "The object is chat.completion.", kit.whole_set("", object="chat.completion")),
    _top.fault("object-missing", "OR-R01", "There is no object.", kit.whole_drop("", "object")),
    _top.fault(
        "of-chat",
        "OR-R01",
        "A whole answer of openai-chat comes.",
        kit.whole(kit.become(_OF_CHAT)),
    ),
    _top.fault(
        "nested",
        "OR-R01",
        "The response stands under `response`.",
        kit.whole(lambda told: kit.become({"response": dict(told)})(told)),
    ),
    _top.fault("id-missing", "OR-R01", "The response has no id.", kit.whole_drop("", "id")),
    _top.fault("id-empty", "JS-R", "The id is empty.", kit.whole_set("", id="")),
    _top.fault("id-number", "JS-R", "The id is a number.", kit.whole_set("", id=7)),
    _top.fault("model-missing", "OR-R01", "The response names no model.", kit.whole_drop("", "model")),
    _top.fault("model-null", "JS-R", "The model is null.", kit.whole_set("", model=None)),
    _top.fault(
        "created-missing",
        "OR-R01",
        "There is no created_at, but `created`.",
        kit.whole(kit.rename_at("", "created_at", "created")),
    ),
    _top.fault("created-string", "JS-R", "created_at is a string.", kit.whole_set("", created_at="1790000000")),
    _top.fault(
        "created-milliseconds", "OR-R06", "created_at is in milliseconds.", kit.whole_set("", created_at=1790000000000)
    ),
    _top.fault(
        "nulls-missing",
        "OR-R01",
        "Keys that are null are left out.",
        kit.whole_drop("", "error", "incomplete_details"),
    ),
    _top.fault(
        "settings-missing",
        "OR-R01",
        "The settings are not repeated.",
        kit.whole_drop("", "tools", "tool_choice", "temperature", "top_p", "parallel_tool_calls"),
    ),
    _top.fault("tools-null", "JS-R", "tools is null.", kit.whole_set("", tools=None)),
    _top.fault(
        "output-missing",
        "OR-R01",
        "There is no output, but output_text.",
        kit.whole(kit.rename_at("", "output", "output_text")),
    ),
    _top.fault("output-null", "JS-R", "output is null.", kit.whole_set("", output=None)),
    _top.fault(
        "output-object", "JS-R", "output is an object.", kit.whole(kit.swap_at("", "output", lambda items: items[0]))
    ),
    _top.fault(
        "output-string", "JS-R", "output is a string.", kit.whole_set("", output="Hello, dear reader, and welcome!")
    ),
    _top.fault("output-empty", "OR-R07", "The output is empty.", kit.whole_set("", output=[])),
    _top.fault("status-unknown", "OR-R02", "The status is `success`.", kit.whole_set("", status="success")),
    _top.fault("status-of-chat", "OR-R02", "The status is `stop`.", kit.whole_set("", status="stop")),
    _top.fault("status-running", "OR-R09", "A whole answer says in_progress.", kit.whole_set("", status="in_progress")),
    _top.fault(
        "status-incomplete",
        "OR-R03",
        "A complete answer says incomplete, and not why.",
        kit.whole_set("", status="incomplete"),
    ),
    _top.fault(
        "no-reason",
        "OR-R03",
        "An incomplete answer gives no reason.",
        kit.whole_set("", incomplete_details=None),
        on="max_tokens_whole",
    ),
    _top.fault("failed-silently", "OR-R03", "A failed answer has no error.", kit.whole_set("", status="failed")),
    _top.fault(
        "error-under-200",
        "JS-R",
        "An error comes with the status 200.",
        kit.whole(kit.become({"error": _OVERLOADED})),
    ),
    _top.fault("error-string", "JS-R", "The error is a string.", kit.whole_set("", error="overloaded")),
    _message.fault(
        "content-string",
        "OR-R04",
        "The content of a message is a string.",
        kit.whole_set("output[]", content="Hello, dear reader, and welcome!"),
    ),
    _message.fault(
        "content-null",
        "OR-R04",
        "The content of a message is null.",
        kit.whole_set("output[]", content=None),
        also=frozenset({"OR-R07"}),
    ),
    _message.fault(
        "content-empty", "OR-R07", "The content of a message is empty.", kit.whole_set("output[]", content=[])
    ),
    _message.fault(
        "text-empty", "OR-R07", "The text of a message is empty.", kit.whole_set("output[].content[]", text="")
    ),
    _message.fault(
        "text-null",
        "OR-R04",
        "The text of a part is null.",
        kit.whole_set("output[].content[]", text=None),
        also=frozenset({"OR-R07"}),
    ),
    _message.fault(
        "text-object",
        "OR-R04",
        "The text of a part is an object.",
        kit.whole(kit.swap_at("output[].content[]", "text", lambda text: {"value": text, "annotations": []})),
    ),
    _message.fault(
        "annotations-missing",
        "OR-R04",
        "A part has no annotations.",
        kit.whole_drop("output[].content[]", "annotations"),
    ),
    _message.fault(
        "annotations-null",
        "OR-R04",
        "The annotations of a part are null.",
        kit.whole_set("output[].content[]", annotations=None),
    ),
    _message.fault("part-untyped", "JS-R", "A part has no type.", kit.whole_drop("output[].content[]", "type")),
    _message.fault("role-missing", "OR-R04", "A message has no role.", kit.whole_drop("output[]", "role")),
    _message.fault(
        "role-model", "OR-R04", "The role of a message is `model`.", kit.whole_set("output[]", role="model")
    ),
    _message.fault("id-missing", "OR-R04", "A message has no id.", kit.whole_drop("output[]", "id")),
    _message.fault("status-missing", "OR-R04", "A message has no status.", kit.whole_drop("output[]", "status")),
    _message.fault("type-missing", "JS-R", "An item has no type.", kit.whole_drop("output[]", "type")),
    _message.fault(
        "refusal-bare",
        "OR-R04",
        "A refusal holds its words in `text`.",
        kit.whole(kit.rename_at("output[].content[]", "refusal", "text")),
        on="refusal_whole",
    ),
    _message.fault(
        "part-role",
        "OR-R04",
        "A streamed message has no role.",
        kit.chunks(kit.drop_at("response.output[]", "role")),
        on="simple_text",
    ),
)
