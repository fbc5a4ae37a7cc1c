"""Whatever is sent, the virtual provider answers or refuses: a mangled request never makes it fail itself."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from conformance import adapter
from conformance.dialects import dialect
from conformance.exchange import Request
from conformance.scenarios import SCENARIOS, fits, for_model
from conformance.virtual import VIRTUAL_KEY, Captured
from conformance.virtual.desk import Desk, Given

HEADERS = (
    ("authorization", f"Bearer {VIRTUAL_KEY}"),
    ("content-type", "application/json"),
    ("anthropic-version", "2026-10-21"),
)
SPEAKERS = {"openai-chat": "openai", "anthropic-messages": "anthropic"}
GONE = object()
ODD: list[Any] = [
    *(None, True, 0, -1, 1.5, 10**30, 1e400, "", "x", "\ud800", [], {}, [None], [[]], ["x"], {"type": "x"}, GONE),
    *(
        {"$ref": "#"},
        {"type": ["x"]},
        {"enum": 5},
        {"anyOf": [1]},
        {"anyOf": [True]},
        {"type": "object", "required": [1]},
    ),
    *(
        {"type": "integer", "minimum": 1.5},
        {"type": "string", "minLength": 10**9},
        {"type": "array", "minItems": 10**9},
    ),
]


def ask(name: str, body: bytes) -> Given:
    given = Desk(Captured()).answer(dialect(name), Request("POST", "http://127.0.0.1/", HEADERS, body))
    if given.pieces is None:
        return given
    return given._replace(body=b"".join(piece.data for piece in given.pieces))


def places(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON value but the root."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield (*above, key)
        yield from places(inner, (*above, key))


def mangled(body: Any, dice: random.Random) -> bytes:
    """The body with something odd in one or two of its places."""
    copy = json.loads(json.dumps(body))
    for _ in range(dice.choice((1, 1, 2))):
        *path, last = dice.choice(list(places(copy)))
        inner = copy
        for step in path:
            inner = inner[step]
        odd = dice.choice(ODD)
        if odd is GONE:
            del inner[last]
        else:
            inner[last] = json.loads(json.dumps(odd))
    return json.dumps(copy).encode()


@pytest.mark.parametrize("name", SPEAKERS)
def test_mangled_requests_are_answered_or_refused(name: str) -> None:
    speaker, dice = adapter(SPEAKERS[name]), random.Random(20261121)
    bodies = [speaker.body(for_model(one, speaker.model)) for one in SCENARIOS.values() if fits(one, speaker) is None]
    statuses = Counter(ask(name, mangled(dice.choice(bodies), dice)).status for _ in range(400))
    assert statuses.keys() <= {200, 400, 401, 404, 429}
    assert statuses[200] > 5
    assert statuses[400] > 200


@pytest.mark.parametrize("name", SPEAKERS)
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"model": "\ud800"}, "not valid JSON"),
        ({"temperature": float("nan")}, "NaN is not JSON"),
        ({"tools": "BAD"}, "the schema of tool 0 is no JSON Schema"),
    ],
)
def test_what_no_vendor_would_take(name: str, change: dict[str, Any], words: str) -> None:
    body = {"model": "virtual-a", "max_tokens": 9, "messages": [{"role": "user", "content": "Hi"}], **change}
    if change.get("tools"):
        schema = {"type": "object", "properties": {"a": {"type": "strin"}}}
        chat = {"type": "function", "function": {"name": "f", "parameters": schema}}
        body["tools"] = [chat if name == "openai-chat" else {"name": "f", "input_schema": schema}]
    given = ask(name, json.dumps(body).encode())
    assert given.status == 400
    assert words in json.loads(given.body)["error"]["message"]


@pytest.mark.parametrize("name", SPEAKERS)
def test_deep_nesting_is_no_trap(name: str) -> None:
    for depth in (200, 800, 5000, 100_000):
        nested = b'{"a":' * depth + b"1" + b"}" * depth
        body = (
            b'{"model":"virtual-a","max_tokens":9,"messages":[{"role":"user","content":"Hi"}],"metadata":'
            + nested
            + b"}"
        )
        assert ask(name, body).status in (200, 400)
