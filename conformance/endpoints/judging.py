"""One live exchange judged by the rules of its dialect: what the server owes, not what we sent.

Rule of the file: the rules are the rulebook's own. Only whom they speak of is decided here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from conformance.dialects import dialect
from conformance.endpoints.performed import Performed
from conformance.endpoints.promises import broken
from conformance.judging import Judgement, judge_reading, rules_for
from conformance.reading import Reading
from conformance.rulebook import Finding, Rule, Rulebook, Scope
from conformance.rules.failing import AN_ERROR

OF_THE_REQUEST = frozenset({"OC-H01", "AM-H01", "AM-H02", "GM-H01", "GM-H02", "BR-H01", "BR-H02", "BR-H03", "BR-H04"})
"""Rules on headers that judge what the client sent: our own, which the adapters' tests hold to them."""
TOLD_HERE = frozenset({"GN-36"})
"""What is a MUST where the questions are ours: none of them asks for an error (EP-03)."""
OF_RECORDINGS = frozenset({"GN-14", "GN-15"})
"""Duties of who records. Where a vendor names its requests, its dialect has a rule of its own."""


OF_DECODERS = frozenset({"GN-04", "GN-12"})
"""What our own decoder owes, whatever a server sends; its tests hold it to that."""
_OTHERS = OF_DECODERS | OF_THE_REQUEST | OF_RECORDINGS | TOLD_HERE


@cache
def _the_servers(name: str, host: Rulebook | None) -> list[Rule]:
    """The rules on what a server sends."""
    known = rules_for(dialect(name), host)
    return [rule for rule in known if rule.scope is not Scope.REQUEST and rule.id not in _OTHERS]


def judged(found: Performed) -> Judgement:
    """The findings of all rules that hold for the server's side of an exchange, and of its text."""
    endpoint = found.endpoint
    rules = _the_servers(endpoint.dialect.name, endpoint.host_rules)
    told = judge_reading(Reading(found.exchange, endpoint.dialect), rules, endpoint.judged_as)
    return replace(told, findings=(*told.findings, *_of_text(found)))


def _of_text(found: Performed) -> Iterator[Finding]:
    """An error that is told as an answer."""
    reply = found.reply
    if reply and not reply.tool_calls and AN_ERROR.match(reply.text) and not _asked_for_json(found):
        yield broken("EP-03", "the answer is an error that was put where the text belongs", got=reply.text[:200])


def _asked_for_json(found: Performed) -> bool:
    return bool(found.ask.request and found.ask.request.response_format)


def failed(found: Performed) -> Finding:
    """An error where the answer was due: a stream that has begun can tell it by no status, a body can."""
    if found.ask.streamed and found.error and found.error.kind != "protocol":
        return broken("EP-04", f"the answer to a valid request failed: {found.said}")
    return broken("EP-03", f"a valid request got an error under {found.status}: {found.said}")
