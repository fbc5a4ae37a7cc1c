"""The form of a scenario: what to ask, what that needs, what is answered, what must hold of the answer.

Rule of the file: data and its types. What is asked stands in `asking`, `ending`, `tooling` and `failing`; what must
hold in `expectations` and `fitting`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from conformance.exchange import Source
from conformance.model import ChatRequest, Done, Error, Event, Reply
from conformance.rulebook import Violation

CAPABILITIES: dict[str, str] = {
    "text": "answers in text",
    "tools": "calls the tools that it is offered, and reads what came of a call",
    "parallel_tools": "asks for several calls in one answer",
    "thinking": "reasons before it answers, and shows that or counts it",
    "structured_output": "answers in JSON that fits a given schema",
    "images": "looks at an image in the question",
    "stop_sequences": "stops where a given text would come",
    "refusal": "says that it refuses apart from saying so in text",
    "content_filter": "says that a filter cut the answer",
    "prompt_cache": "counts the tokens that it read from its cache",
}
"""What an adapter may claim and a scenario may need, each with its meaning."""


@dataclass(frozen=True)
class Seen:
    """What an expectation looks at: one scenario as it was performed."""

    scenario: Scenario
    events: tuple[Event, ...]
    source: Source

    @property
    def reply(self) -> Reply | None:
        """The finished answer; None when it failed."""
        last = self.events[-1] if self.events else None
        return last.reply if isinstance(last, Done) else None

    @property
    def error(self) -> Error | None:
        last = self.events[-1] if self.events else None
        return last if isinstance(last, Error) else None

    @property
    def scripted(self) -> Reply | None:
        """The very answer that must have come: known only of the virtual provider."""
        wanted = self.scenario.answer
        return wanted if self.source == "virtual" and isinstance(wanted, Reply) else None


Expectation: TypeAlias = Callable[[Seen], Iterable[Violation]]


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One question with what must hold of its answer. Exactly one exchange: earlier turns are canned."""

    name: str
    title: str
    request: ChatRequest
    """`model` is "" for the adapter's own."""
    answer: Reply | Error
    """What the virtual provider answers."""
    expect: tuple[Expectation, ...]
    needs: frozenset[str] = frozenset({"text"})
    key: Literal["good", "wrong"] = "good"
    sends: Literal["valid", "invalid"] = "valid"
    """`invalid`: the request breaks the language on purpose; its request is not to be judged."""
    live: bool = True
    """False: a real vendor cannot be made to answer like this; only the virtual provider plays it."""
