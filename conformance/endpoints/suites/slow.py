"""Prompts that take long, or may send an agent off to work: only with `--slow`.

Rule of the file: what the answer says is told as information, for it is the model's; that one comes is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from conformance.endpoints.case import EndpointCase
from conformance.endpoints.endpoint import Endpoint
from conformance.endpoints.promises import broken
from conformance.endpoints.session import Found, Session
from conformance.endpoints.suites.asks import whole


class Task(NamedTuple):
    """What is asked, and words of which one is to be expected in the answer."""

    name: str
    prompt: str
    words: tuple[str, ...] = ()


_TASKS = (
    Task("code_generation", "Write a Python function that adds two numbers.", ("def", "function")),
    Task("script", "Write a Python script that prints Hello World.", ("print", "hello")),
    Task("date_query", "What is today's date?"),
    Task("arithmetic", "What is 2+2?", ("4", "four")),
    Task("capital", "What is the capital of France?", ("paris",)),
)
_GREETING = 10.0


def cases(endpoint: Endpoint) -> Iterator[EndpointCase]:
    """One case for each task, and how long a greeting takes."""
    for one in _TASKS:
        yield EndpointCase("slow", one.name, f"a long task: {one.prompt}", partial(_task, one))
    yield EndpointCase("slow", "greeting", "a greeting is answered at once", _greeting)


def _task(one: Task, session: Session) -> Found:
    found = yield from session.answer(whole(one.name, one.prompt, "complex"))
    text = found.reply.text.lower() if found.reply else ""
    if one.words and not any(word in text for word in one.words):
        yield broken(
            "EP-28",
            "the answer does not hold what was asked for",
            level="INFO",
            expected=list(one.words),
            got=text[:200],
        )


def _greeting(session: Session) -> Found:
    found = yield from session.answer(whole("greeting", "Hello!"))
    if found.took > _GREETING:
        yield broken("EP-28", f"a greeting took {found.took:.1f} s", expected=f"< {_GREETING:g} s", got=found.took)
