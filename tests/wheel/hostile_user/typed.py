"""Typed use of the public API, for type checkers; never run."""

from collections.abc import Iterator

import conformance
from conformance import Adapter, Done, Event, Exchange, Verdict


def text_of(path: str) -> str:
    exchanges: Iterator[Exchange] = iter(conformance.read_traffic(path))
    events: list[Event] = conformance.decode(next(exchanges))
    last = events[-1]
    return last.reply.text if isinstance(last, Done) else ""


def outcomes(name: str) -> list[str]:
    one: Adapter = conformance.adapter(name)
    verdicts: list[Verdict] = list(conformance.judge_all(conformance.plan([one.name])))
    return [verdict.outcome for verdict in verdicts]
