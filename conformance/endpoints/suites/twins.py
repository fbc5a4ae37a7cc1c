"""Twins: the same question streamed and whole. What differs is the server's fault only where its model is not free.

Rule of the file: an endpoint that repeats itself word by word, asked twice each way, has no freedom to hide behind.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.cases import NotJudged
from conformance.endpoints.asking import ask_of
from conformance.endpoints.performed import Performed
from conformance.endpoints.promises import broken
from conformance.endpoints.session import Found, Session
from conformance.model import JSON, Reply, Usage
from conformance.rulebook import Finding
from conformance.scenarios import SCENARIOS

_MOST = 6
"""Extra requests at most, to find out whether an endpoint repeats itself."""
_SAID = ("text", "thinking", "tool calls", "stop reason")


def differ(name: str, session: Session) -> Found:
    """What the streamed and the whole answer to a scenario do not tell alike."""
    streamed, whole = (session.perform(ask_of(SCENARIOS[one])) for one in (name, f"{name}_whole"))
    if not (streamed.response and whole.response) or streamed.cut or whole.cut:
        raise NotJudged("a twin got no whole response; its own case tells")
    one, other = streamed.reply, whole.reply
    if one is None or other is None:
        yield from _one_failed(streamed, whole)
        return
    if (one.stop == "length") != (other.stop == "length") and _kinds(one) == _kinds(other) and one.text == other.text:
        yield _other("the stop reason", one.stop, other.stop)
    if _settled(one) != _settled(other) and _repeats(name, session):
        yield from _say_otherwise(one, other)
    yield from _count_otherwise(one, other)


def _one_failed(streamed: Performed, whole: Performed) -> Found:
    if bool(streamed.reply) == bool(whole.reply):
        raise NotJudged("neither twin got an answer; their own cases tell")
    failed, fine = ("streamed", "whole") if streamed.reply is None else ("whole", "streamed")
    found = streamed if streamed.reply is None else whole
    if found.status in (429, 503, 529):
        raise NotJudged("the server was busy")
    told = found.error.message[:200] if found.error else f"HTTP {found.status}"
    yield broken("EP-40", f"the {fine} question is answered, the {failed} one is not: {told}")


def _kinds(reply: Reply) -> set[str]:
    return {type(part).__name__ for part in reply.parts}


def _settled(reply: Reply) -> tuple[JSON, ...]:
    """What is said, but for white space at its ends."""
    text, thinking, calls, stop = reply.says()
    return text.strip(), thinking.strip(), calls, stop


def _say_otherwise(one: Reply, other: Reply) -> Iterator[Finding]:
    for what, got, expected in zip(_SAID, _settled(one), _settled(other), strict=True):
        if got != expected and not (what == "thinking" and not (got and expected)):
            yield _other(f"the {what}", got, expected)


def _other(what: str, got: JSON, expected: JSON) -> Finding:
    return broken("EP-40", f"{what} of the streamed answer is not that of the whole one", expected=expected, got=got)


def _count_otherwise(one: Reply, other: Reply) -> Iterator[Finding]:
    """Usage that only one twin reports; numbers where both said the same."""
    if one.usage == Usage() or other.usage == Usage():
        if one.usage != other.usage:
            lacking = "streamed" if one.usage == Usage() else "whole"
            yield broken("EP-40", f"the {lacking} answer reports no usage, its twin does", level="SHOULD")
        return
    if one.says() == other.says() and one.usage.input != other.usage.input:
        told = "the tokens of the prompt are counted otherwise when the answer is streamed"
        yield broken("EP-40", told, level="SHOULD", expected=other.usage.input, got=one.usage.input)


def _repeats(name: str, session: Session) -> bool:
    """Does the endpoint say the same again, each way? Asked only while it has not been found to vary."""
    from dataclasses import replace

    if session.varies or session.repeated + 2 > _MOST:
        return False
    for which in (name, f"{name}_whole"):
        ask = ask_of(SCENARIOS[which])
        session.repeated += 1
        again = session.perform(replace(ask, name=f"{which}_again"))
        first = session.perform(ask)
        if again.reply is None or first.reply is None or _settled(again.reply) != _settled(first.reply):
            session.varies = True
            return False
    return True
