"""Conversations: what was said earlier is known later. A model may forget; a server may not drop the history.

Rule of the file: an endpoint that says one thing to everything recalls nothing, and is not judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from conformance.cases import NotJudged
from conformance.endpoints.asking import Ask
from conformance.endpoints.case import EndpointCase
from conformance.endpoints.endpoint import Endpoint
from conformance.endpoints.promises import broken
from conformance.endpoints.session import Found, Session
from conformance.endpoints.suites.asks import whole
from conformance.model import Message, Text, user

_NAME = "Alice"


def cases(endpoint: Endpoint) -> Iterator[EndpointCase]:
    """Two turns; the second needs the first."""
    yield EndpointCase("conversation", "recall", "a name told two turns ago", _recall)


def _recall(session: Session) -> Found:
    first = yield from session.answer(whole("recall_first", f"My name is {_NAME}. Please remember it."))
    said = (first.reply.text if first.reply else "").strip() or "I will remember it."
    asked = whole("recall", "What is my name?")
    assert asked.request is not None
    turns = (
        user(f"My name is {_NAME}. Please remember it."),
        Message("assistant", (Text(said),)),
        *asked.request.messages,
    )
    ask = Ask(name="recall", request=replace(asked.request, messages=turns))
    second = yield from session.answer(ask)
    told = second.reply.text if second.reply else ""
    if _NAME.lower() in told.lower():
        return
    if told.strip() in {one.reply.text.strip() for one in session.done.values() if one.reply and one is not second}:
        raise NotJudged("the model says the same to other questions: whether it recalls cannot be told")
    yield broken("EP-70", f"asked for the name, the model does not say {_NAME}", expected=_NAME, got=told[:200])
