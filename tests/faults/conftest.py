"""What the vendors' SDKs make of a fault: each is asked with the fault in the answer, and without it.

Rule of the file: nothing is asserted here; a test says which SDK reads a dialect, and what must come of it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from conformance.dialects import dialect
from conformance.faults import Fault, faults
from conformance.selftest import asked, speaker
from conformance.virtual import VIRTUAL_KEY, VirtualProvider

Ask = Callable[[str, dict[str, Any], bool], Any]
"""(base URL, body of the request, whether to stream) -> what the SDK reads: text, calls, why it ended. It may raise."""


@pytest.fixture(scope="module")
def virtual() -> Iterator[VirtualProvider]:
    with VirtualProvider() as running:
        yield running


def by_servers(name: str, *, said: bool = True) -> list[Fault]:
    """The faults of answers that break a MUST of the dialect's own, one that is said to be survived, or any."""
    own = {rule.id for rule in dialect(name).rules if rule.level == "MUST" and (rule.survived or not said)}
    return [one for one in faults(name) if one.rule in own and not one.by_client and not one.on.startswith("error_")]


@pytest.fixture
def broken_by(virtual: VirtualProvider) -> Callable[[str, Ask], dict[str, list[str]]]:
    """For each rule that is said to be survived the faults of which the SDK makes something else, or nothing."""
    return lambda name, ask, said=True: tried(virtual, name, ask, said)


def tried(virtual: VirtualProvider, name: str, ask: Ask, said: bool = True) -> dict[str, list[str]]:
    """Each rule with the faults that its SDK does not survive."""
    found: dict[str, list[str]] = defaultdict(list)
    sound: dict[str, Any] = {}
    for one in by_servers(name, said=said):
        body, streamed = _body(one), not one.on.endswith("_whole")
        key = json.dumps([body, streamed])
        if key not in sound:
            sound[key] = ask(virtual.base_url(name), json.loads(json.dumps(body)), streamed)
        found[one.rule] += [one.id] if _made(ask, virtual.base_url(name, one.id), body, streamed) != sound[key] else []
    return dict(found)


def _body(one: Fault) -> dict[str, Any]:
    request = asked(speaker(one.dialect), one.on, VIRTUAL_KEY)
    found: dict[str, Any] = (one.asks(request) if one.asks else request).json()
    return found


def _made(ask: Ask, base_url: str, body: dict[str, Any], streamed: bool) -> Any:
    """What the SDK makes of it; whatever it raises, it did not survive."""
    try:
        return ask(base_url, body, streamed)
    except Exception as failure:
        return type(failure).__name__
