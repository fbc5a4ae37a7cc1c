"""What only many answers show together: ids of their own, times, the model's name, counts that grow, a picture seen.

Rule of the file: nothing is asked here; a session that asked too little is not judged.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator

from conformance.cases import NotJudged
from conformance.endpoints.case import EndpointCase
from conformance.endpoints.endpoint import Endpoint
from conformance.endpoints.performed import Performed
from conformance.endpoints.promises import broken
from conformance.endpoints.session import Found, Session
from conformance.model import ChatRequest, Reply, Text

_MADE = {"openai-chat": "created", "openai-responses": "created_at"}
_OPENED = 1_677_628_800  # 2023-03-01: no answer of these languages is older
_DAY = 86_400
_LONGER = 600
"""Bytes by which one prompt is longer than another, so that the tokens of both can be compared."""
_WORD = 30
"""No token of prose has so many bytes."""
_RED = re.compile(r"\b(?:red|crimson|scarlet|maroon|vermil+ion)\b", re.IGNORECASE)


def cases(endpoint: Endpoint) -> Iterator[EndpointCase]:
    """One case for each thing that is compared."""
    yield EndpointCase("across", "own_ids", "answers have ids of their own", _own_ids)
    if endpoint.dialect.name in _MADE:
        yield EndpointCase("across", "dated", "answers tell when they were made", _dated)
    yield EndpointCase("across", "named", "answers name the model", _named)
    yield EndpointCase("across", "prompts_counted", "a longer prompt has more tokens", _prompts_counted)
    yield EndpointCase("across", "picture", "what a picture shows is seen", _picture)


def _answers(session: Session) -> list[tuple[Performed, ChatRequest, Reply]]:
    """What was answered, with its question."""
    every = ((one, one.ask.request, one.reply) for one in session.done.values() if one.status < 300)
    found = [(one, asked, reply) for one, asked, reply in every if asked and reply]
    if not found:
        raise NotJudged("nothing was answered that could be compared")
    return found


def _own_ids(session: Session) -> Found:
    first: dict[str, tuple[Performed, ChatRequest]] = {}
    for one, asked, reply in _answers(session):
        known, prompt = first.setdefault(reply.id, (one, asked))
        if reply.id and (prompt.system, prompt.messages) != (asked.system, asked.messages):
            session.used += [known, one]
            told = f"{known.ask.name} and {one.ask.name}, two questions, are answered under one id"
            yield broken("EP-41", told, expected="an id of its own", got=reply.id)
            return


def _dated(session: Session) -> Found:
    key = _MADE[session.endpoint.dialect.name]
    for one, _, _ in _answers(session):
        made = _made(one, key)
        if made is not None and not _OPENED <= made <= time.time() + _DAY:
            session.used.append(one)
            yield broken("EP-42", f"{key} is not when the answer was made", path=f"$.{key}", expected="now", got=made)
            return


def _made(found: Performed, key: str) -> int | None:
    """When it was made, as the answer or a chunk of it tells; None when none tells a whole number."""
    body = found.response.body.decode("utf-8", "replace") if found.response else ""
    told = re.findall(rf'"{key}"\s*:\s*(-?\d+)\s*[,}}]', body)
    return max(map(int, told), default=None)  # chunks before the answer, as Azure's of its filter, tell 0


def _named(session: Session) -> Found:
    listed = session.done["models"].response if "models" in session.done else None
    asked = session.endpoint.model
    for one, _, reply in _answers(session):
        known = listed is not None and json.dumps(reply.model).encode() in listed.body
        if reply.model and not known and not _words(reply.model) & _words(asked):
            session.used.append(one)
            told = "the answer names a model that was neither asked for nor is listed"
            yield broken("EP-43", told, expected=asked, got=reply.model)
            return


def _words(name: str) -> set[str]:
    """The words and numbers of a model's name: a snapshot, a path or a tag shares some with its alias."""
    return set(re.findall(r"[a-z]+|\d+", name.lower()))


def _prompts_counted(session: Session) -> Found:
    """Whatever a server adds to each prompt drops out of the difference."""
    sized = [
        (_bytes(asked), reply.usage.input, one)
        for one, asked, reply in _answers(session)
        if reply.usage.input and not asked.tools and not asked.response_format and _is_prose(asked)
    ]
    short, long = min(sized, key=lambda one: one[0], default=None), max(sized, key=lambda one: one[0], default=None)
    if short is None or long is None or long[0] - short[0] < _LONGER:
        raise NotJudged("no two prompts differ enough in length, or their tokens are not counted")
    more, bytes_more = (long[1] or 0) - (short[1] or 0), long[0] - short[0]
    if not bytes_more // _WORD <= more <= bytes_more:
        session.used += [short[2], long[2]]
        told = f"a prompt that is {bytes_more} bytes longer counts {more} tokens more"
        yield broken("EP-44", told, expected=f"{bytes_more // _WORD} to {bytes_more}", got=more)


def _is_prose(asked: ChatRequest) -> bool:
    return all(isinstance(part, Text) and part.text.isascii() for one in asked.messages for part in one.parts)


def _bytes(asked: ChatRequest) -> int:
    said = sum(len(part.text) for one in asked.messages for part in one.parts if isinstance(part, Text))
    return said + len(asked.system or "")


def _picture(session: Session) -> Found:
    asked = [session.done[name] for name in ("image_input", "image_input_whole") if name in session.done]
    told = [(one, one.reply.text) for one in asked if one.reply and one.status < 300]
    if not told:
        raise NotJudged("no question about a picture was answered")
    others = {reply.text for one, _, reply in _answers(session) if one not in asked}
    if any(text in others for _, text in told):
        raise NotJudged("the model says the same to other questions: whether it sees cannot be told")
    for one, text in told:
        if not _RED.search(text):
            session.used.append(one)
            told_otherwise = f"{one.ask.name} shows a red square, and the answer does not say so"
            yield broken("EP-71", told_otherwise, expected="red", got=text[:200])
