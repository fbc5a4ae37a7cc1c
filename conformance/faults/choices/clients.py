"""Faults of clients: where a request goes, its messages, its schemas.

Rule of the file: one thing at a time is wrong; a server of either language refuses it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from conformance.exchange import Request
from conformance.faults import kit
from conformance.faults.every.telling import Teller
from conformance.faults.form import NOTHING, Fault

RESULT, IMAGE, FORMAT = "tool_result", "image_input", "structured_output"


def at_client(told: Teller, id: str, rule: str, sentence: str, change: kit.Change, on: str = "", *also: str) -> Fault:
    """What a client says in a body that is not as it should be."""
    return told.fault(id, rule, sentence, NOTHING, on=on, asks=kit.asking(change), also=frozenset(also))


def clients(told: Teller) -> Iterator[Fault]:
    """What clients of either language get wrong."""
    yield from _places(told)
    for id, rule, sentence, change, on in BODIES:
        yield at_client(told, id, rule, sentence, change, on)


def _places(told: Teller) -> Iterator[Fault]:
    other_path = kit.asking_url(lambda path, query: (path.replace("/chat", ""), query))
    for id, sentence, asks in (
        ("path-other", "The path is that of completions.", other_path),
        ("key-of-anthropic", "The key stands in x-api-key.", _other_key),
        ("key-missing", "No key is sent.", kit.asking_header("authorization", None)),
        ("key-bare", "The key is sent without the word Bearer.", kit.asking_header("authorization", "sk-secret")),
        ("key-basic", "The key is sent as Basic.", kit.asking_header("authorization", "Basic c2s=")),
        ("key-empty", "The word Bearer is sent without a key.", kit.asking_header("authorization", "Bearer ")),
        ("method-other", "The method is PUT.", lambda request: replace(request, method="PUT")),
    ):
        yield told.fault(id, "OC-H01", sentence, NOTHING, asks=asks)


def _other_key(request: Request) -> Request:
    return kit.asking_header("x-api-key", "k")(kit.asking_header("authorization", None)(request))


def message(at: int, **keys: Any) -> kit.Change:
    """A message with other keys."""
    return lambda body: body["messages"][at].update(keys)


def _before(**said: Any) -> kit.Change:
    """One more message stands first."""
    return lambda body: body["messages"].insert(0, said)


def _image(url: str) -> kit.Change:
    parts = "messages[].content[]"
    return lambda body: [one.update(image_url={"url": url}) for one in kit.at(body, parts) if "image_url" in one]


_EARLIER = {"role": "user", "content": "And?"}

BODIES: tuple[tuple[str, str, str, kit.Change, str], ...] = (
    ("model-missing", "OC-Q01", "No model is named.", kit.drop_at("", "model"), ""),
    ("model-empty", "OC-Q01", "The name of the model is empty.", kit.set_at("", model=""), ""),
    ("messages-missing", "OC-Q01", "The request has no messages.", kit.drop_at("", "messages"), ""),
    ("messages-empty", "OC-Q01", "There are no messages.", kit.set_at("", messages=[]), ""),
    ("messages-text", "OC-Q01", "The messages are a string.", kit.set_at("", messages="Hello"), ""),
    ("role-unknown", "OC-Q02", "A message has the role `human`.", message(-1, role="human"), ""),
    ("role-model", "OC-Q02", "A message has the role `model`.", message(-1, role="model"), ""),
    ("role-missing", "OC-Q02", "A message has no role.", kit.drop_at("messages[]", "role"), ""),
    (
        "assistant-empty",
        "OC-Q05",
        "The assistant said nothing, and called nothing.",
        _before(role="assistant", content=None),
        "",
    ),
    (
        "result-without-call",
        "OC-Q07",
        "A result names a call that was not made.",
        message(-1, tool_call_id="otherid01"),
        RESULT,
    ),
    (
        "result-lost",
        "OC-Q07",
        "A call has no result.",
        lambda body: body["messages"].__setitem__(-1, _EARLIER),
        RESULT,
    ),
    (
        "result-late",
        "OC-Q07",
        "A call is answered after another turn.",
        lambda body: body["messages"].insert(-1, _EARLIER),
        RESULT,
    ),
    (
        "result-twice",
        "OC-Q07",
        "A call is answered twice.",
        lambda body: body["messages"].append(dict(body["messages"][-1])),
        RESULT,
    ),
    (
        "schema-unnamed",
        "OC-Q13",
        "The schema of the answer has no name.",
        kit.drop_at("response_format.json_schema", "name"),
        FORMAT,
    ),
    (
        "schema-name-blank",
        "OC-Q13",
        "The name of the schema holds a blank.",
        kit.set_at("response_format.json_schema", name="my city"),
        FORMAT,
    ),
    ("format-unknown", "OC-Q13", "The format is yaml.", kit.set_at("", response_format={"type": "yaml"}), ""),
    (
        "effort-unknown",
        "OC-Q14",
        "The effort of reasoning is no word that is known.",
        kit.set_at("", reasoning_effort="a lot"),
        "",
    ),
    ("image-no-base64", "OC-Q15", "A data URL holds no base64.", _image("data:image/png;base64,not base64!"), IMAGE),
    ("image-untyped", "OC-Q15", "A data URL names no type.", _image("data:;base64,iVBORw0KGgo="), IMAGE),
    ("image-plain", "OC-Q15", "A data URL does not say base64.", _image("data:image/png,iVBORw0KGgo="), IMAGE),
)
"""Id, rule, sentence, change, scenario."""
