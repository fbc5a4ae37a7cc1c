"""What is sent to an endpoint: a canonical question, or a request that is spoilt on purpose, as a value with a name.

Rule of the file: data. The name is the identity: two cases that ask by the same name share one exchange.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from conformance.model import ChatRequest
from conformance.scenarios import Scenario

Key: TypeAlias = Literal["good", "wrong"]
Patience: TypeAlias = Literal["health", "simple", "complex", "streaming"]
Spoil: TypeAlias = Callable[[dict[str, Any]], bytes]
"""Makes of a body in order the bytes that are sent in its place."""


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One request. Without `request` it is a plain one to `path`."""

    name: str
    request: ChatRequest | None = None
    """`model` is "" for the endpoint's own."""
    scenario: str = ""
    key: Key = "good"
    spoil: Spoil | None = None
    label: str = "application/json"
    without_usage: bool = False
    """The language's way to ask for usage in a stream is left out."""
    method: str = "POST"
    path: str = ""
    """Below the base URL; where it begins with `origin:`, below the origin. After a `request`: in place of its path."""
    body: bytes = b""
    patience: Patience = "simple"
    head_only: bool = False
    """Only the head is waited for: the body may never end."""

    @property
    def streamed(self) -> bool:
        return bool(self.request and self.request.stream)


def ask_of(one: Scenario) -> Ask:
    """The request of a scenario."""
    patience: Patience = "streaming" if one.request.stream else "simple"
    return Ask(name=one.name, request=one.request, scenario=one.name, key=one.key, patience=patience)
