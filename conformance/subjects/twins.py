"""Twins in recorded traffic: one question that was asked twice, for a stream and for a whole answer.

Rule of the file: a vendor asked twice may answer anew. Only answers that are the same but for a little are held against
each other; that little is told, and does not fail: a live vendor may have said it anew.
"""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import cache

from conformance.decoding import decode
from conformance.dialects import Dialect, dialect, dialect_names
from conformance.exchange import Exchange
from conformance.model import Done, Reply
from conformance.rulebook import Finding, shorten

RULE = "GN-13"
_ASKS_FOR_STREAMS = ("stream", "stream_options", "streamOptions")
_VERB = re.compile(r"(?<=:)(streamGenerateContent|streamRawPredict)|/converse-stream|[?&]alt=sse")
_WHOLE = {"streamGenerateContent": "generateContent", "streamRawPredict": "rawPredict", "/converse-stream": "/converse"}
_KEPT = 200
_SHORTEST, _LONGEST, _ALIKE = 30, 4_000, 0.97
"""Short texts may be alike by chance, long ones cost; of the others, so much is the same only if little was lost."""


class Twins:
    """The answered questions of one recording, as long as their twins may still come; only the last ones are kept."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[tuple[str, str, bool], Exchange] = OrderedDict()

    def of(self, one: Exchange) -> Exchange | None:
        """The twin of an exchange among those before it; else the exchange waits for its own."""
        key = _key(one)
        if key is None:
            return None
        place, asked, streams = key
        if twin := self._waiting.pop((place, asked, not streams), None):
            return twin
        self._waiting[key] = one
        if len(self._waiting) > _KEPT:
            self._waiting.popitem(last=False)
        return None


@cache
def known_dialects() -> frozenset[str]:
    """The names of all dialects, looked up once: listing a folder for each exchange would cost."""
    return frozenset(dialect_names())


def _key(one: Exchange) -> tuple[str, str, bool] | None:
    """Where and what was asked, and whether for a stream; None when the exchange can have no twin."""
    if not 200 <= one.response.status < 300 or one.lacks or one.dialect not in known_dialects():
        return None
    body = one.request.json()
    if not isinstance(body, dict):
        return None
    asked = json.dumps({k: v for k, v in body.items() if k not in _ASKS_FOR_STREAMS}, sort_keys=True)
    place = _VERB.sub(lambda hit: _WHOLE.get(hit[0], ""), one.request.url)
    return place, asked, dialect(one.dialect or "").streams(one.request.url, body)


def twin_findings(one: Exchange, twin: Exchange, language: Dialect) -> Iterator[Finding] | None:
    """What is wrong between twins; None when they are no twins after all, since the answers have nothing in common."""
    from conformance.rules.pairs import twins_differ

    streams = language.streams(one.request.url, one.request.json())
    streamed, whole = (one, twin) if streams else (twin, one)
    if not _comparable(streamed, whole, language):
        return None
    return (
        Finding(
            RULE, "SHOULD", f"{told.message} ({twin.origin})", None, None, shorten(told.expected), shorten(told.got)
        )
        for told in twins_differ(streamed, whole, usage=_asks_for_usage(streamed))
    )


def _asks_for_usage(streamed: Exchange) -> bool:
    body = streamed.request.json()
    options = body.get("stream_options") if isinstance(body, dict) else None
    return isinstance(options, dict) and options.get("include_usage") is True


def _comparable(streamed: Exchange, whole: Exchange, language: Dialect) -> bool:
    """Do both tell an answer, and nearly the same one?"""
    one, other = decode(streamed, language)[-1], decode(whole, language)[-1]
    if not isinstance(one, Done) or not isinstance(other, Done):
        return False
    told, expected = _content(one.reply), _content(other.reply)
    if told == expected:
        return bool(told)
    if not _SHORTEST <= min(len(told), len(expected)) <= max(len(told), len(expected)) <= _LONGEST:
        return False
    likeness = SequenceMatcher(None, told, expected, autojunk=False)
    return likeness.quick_ratio() >= _ALIKE and likeness.ratio() >= _ALIKE


def _content(reply: Reply) -> str:
    text, thinking, calls, _ = reply.says()
    return f"{text}{thinking}" + (json.dumps(calls, default=repr) if calls else "")
