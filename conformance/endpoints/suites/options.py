"""Options that are promises of the server, whatever its model says: stop, max_tokens, n, tool choices, usage.

Rule of the file: each is asked so that the answer alone shows whether it was heeded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from conformance.endpoints.asking import Ask
from conformance.endpoints.case import EndpointCase
from conformance.endpoints.endpoint import Endpoint
from conformance.endpoints.performed import Performed
from conformance.endpoints.promises import broken
from conformance.endpoints.session import Found, Session
from conformance.endpoints.suites.asks import TOOLS, both, whole
from conformance.endpoints.suites.counting import counts
from conformance.endpoints.suites.limiting import too_long
from conformance.model import JSON, Reply, ToolChoice

_STORY = "Write a story of five hundred words about an old lighthouse keeper."
_CITY = "Describe the city of Turin as a JSON object."
_WEATHER = "Tell me about the weather in Oslo."
_FEWEST = {"openai-responses": 16}
"""The smallest limit that a language takes, where it is not 1."""
_LETTERS = ("e", "a", "o", "i")

_ASKED: Mapping[str, tuple[str, str, Mapping[str, Mapping[str, JSON]]]] = {
    "n_two": (
        "Name one river.",
        "two answers at once",
        {"openai-chat": {"n": 2}, "mistral": {"n": 2}, "gemini": {"generationConfig": {"candidateCount": 2}}},
    ),
    "logprobs": (
        "Name one town.",
        "log probabilities",
        {
            "openai-chat": {"logprobs": True, "top_logprobs": 2},
            "openai-responses": {"include": ["message.output_text.logprobs"], "top_logprobs": 2},
            "gemini": {"generationConfig": {"responseLogprobs": True, "logprobs": 2}},
            "ollama": {"logprobs": True, "top_logprobs": 2},
        },
    ),
}
"""What a language has words of its own for: case -> prompt, title, those words. Its rules tell what was heeded."""

Check = Callable[[Performed], Found]


def cases(endpoint: Endpoint) -> Iterator[EndpointCase]:
    """Streamed and whole wherever a server has two ways to get it wrong."""
    limit = _FEWEST.get(endpoint.dialect.name, 1)
    yield from _pair(least(endpoint), "the smallest limit", partial(_limited, limit))
    for stream in (True, False):
        name = "stop_at_a_letter" + ("" if stream else "_whole")
        yield EndpointCase("options", name, f"an answer stopped at a letter{_how(stream)}", partial(_stopped, stream))
    if endpoint.dialect.name == "openai-chat":
        yield EndpointCase("options", "max_tokens_name", "the limit by its present name", _present_name)
        alone = both("usage_unasked", "Name one mountain.")[0]
        yield _case(_unasked(alone), "a stream without include_usage", lambda found: iter(()))
        object_of_json = {"response_format": {"type": "json_object"}}
        yield _case(whole("json_object", _CITY, extra=object_of_json), "an answer in JSON of any form", counts)
        older = whole("max_tokens_older", "Write five hundred words about the sea.", extra={"max_tokens": 1})
        yield _case(older, "the limit by its older name", partial(_limited, 1))
    for name, (prompt, title, extras) in _ASKED.items():
        if extra := extras.get(endpoint.dialect.name):
            yield from _pair(both(name, prompt, extra=extra), title, counts)
    required = both("tool_choice_required", "Say hello in one word.", tools=TOOLS, tool_choice=ToolChoice("required"))
    yield from _pair(required, "a demanded call", counts)
    named = ToolChoice("tool", "get_time")
    yield from _pair(both("tool_choice_named", _WEATHER, tools=TOOLS, tool_choice=named), "a named call", counts)
    none = whole("tool_choice_none", _WEATHER, tools=TOOLS, tool_choice=ToolChoice("none"))
    yield _case(none, "tools that must not be called", counts)
    alone = whole(
        "parallel_off", "Look up the weather in Lagos and in Lima.", tools=TOOLS[:1], parallel_tool_calls=False
    )
    yield _case(alone, "one call at a time", counts)
    yield _case(whole("temperature_0", "Name one lake.", temperature=0.0), "temperature 0", counts)


def least(endpoint: Endpoint) -> tuple[Ask, Ask]:
    """A long task under the smallest limit that the language takes, streamed and whole."""
    return both("max_tokens_least", _STORY, max_tokens=_FEWEST.get(endpoint.dialect.name, 1))


def _present_name(session: Session) -> Found:
    """Told of servers that heed only the older name; see `naming`."""
    if session.older_name is None:
        return
    session.used.append(session.older_name)
    yield broken("EP-15", "max_completion_tokens is not heeded, max_tokens is", expected=1)


def _how(stream: bool) -> str:
    return "" if stream else ", not streamed"


def _unasked(ask: Ask) -> Ask:
    from dataclasses import replace

    return replace(ask, without_usage=True)


def _pair(asks: tuple[Ask, Ask], title: str, check: Check) -> Iterator[EndpointCase]:
    for ask in asks:
        yield _case(ask, f"{title}{_how(ask.streamed)}", check)


def _case(ask: Ask, title: str, check: Check) -> EndpointCase:
    def work(session: Session) -> Found:
        found = yield from session.answer(ask)
        yield from check(found)

    return EndpointCase("options", ask.name, title, work)


def _reply(found: Performed) -> Reply:
    assert found.reply is not None, "an answer was judged before"
    return found.reply


# ------------------------------------------------------------------ limits


def _limited(limit: int, found: Performed) -> Found:
    yield from too_long(_reply(found), limit)


def _stopped(stream: bool, session: Session) -> Found:
    """The letters are so common that no answer goes on without one: whatever holds one was not stopped."""
    letters = _letters(session)
    ask = both("stop_at_a_letter", "Describe a garden in spring.", stop=letters)[0 if stream else 1]
    found = yield from session.answer(ask)
    reply = _reply(found)
    if any(letter in reply.text for letter in letters):
        return  # GN-22 tells that the sequence was not heeded
    if reply.stop not in ("stop", "tool_use") and reply.text.strip():
        yield broken(
            "EP-20", "an answer that a stop sequence ended gives another reason", expected="stop", got=reply.stop
        )
    elif found.endpoint.dialect.name == "anthropic-messages" and reply.stop_sequence is None and reply.text.strip():
        yield broken("EP-20", "the answer does not say which stop sequence ended it", expected=list(letters), got=None)


def _letters(session: Session) -> tuple[str, ...]:
    """Letters that stand in an answer of this endpoint: the common ones, or one from its middle."""
    known = session.done.get("simple_text")
    text = known.reply.text.strip() if known and known.reply else ""
    if not text or any(letter in text for letter in _LETTERS):
        return _LETTERS
    return (text[len(text) // 2],)
