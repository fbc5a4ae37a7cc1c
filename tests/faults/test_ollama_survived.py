"""What a rule of ollama says is survived, the ollama SDK does survive: it tells the same answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from conformance.virtual import VIRTUAL_KEY

ollama = pytest.importorskip("ollama", reason="the extra `oracles` is not installed")


def gathered(lines: list[Any]) -> tuple[Any, ...]:
    """What a program reads of an answer, whole or line by line; it knows a call by its number, or by its place."""
    calls = [call for line in lines for call in line.message.tool_calls or ()]
    return (
        "".join(line.message.content or "" for line in lines),
        "".join(line.message.thinking or "" for line in lines),
        [(call.function.name, dict(call.function.arguments)) for call in calls],
        [line.done for line in lines][-1:],
        [line.done_reason for line in lines if line.done_reason],
    )


def test_what_is_said_to_be_survived_is(survives: Callable[..., None]) -> None:
    with httpx.HTTPTransport(verify=False) as inner:

        def ask(base_url: str, body: dict[str, Any], streamed: bool) -> tuple[Any, ...]:
            client = ollama.Client(base_url, headers={"authorization": f"Bearer {VIRTUAL_KEY}"}, transport=inner)
            body = {key: value for key, value in body.items() if key != "stream"}
            came = client.chat(**body, stream=streamed)
            return gathered(list(came) if streamed else [came])

        survives("ollama", ask)
