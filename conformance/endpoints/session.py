"""A session with one endpoint: every question is asked once and judged once, however many cases look at it.

Rule of the file: it decides how long a bad server is put up with; what its answers mean is the suites' business.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conformance.cases import NotJudged
from conformance.endpoints.asking import Ask
from conformance.endpoints.judging import failed, judged
from conformance.endpoints.performed import Performed
from conformance.endpoints.promises import broken
from conformance.errors import UnsupportedError
from conformance.rulebook import Finding

if TYPE_CHECKING:
    from conformance.endpoints.caller import Caller
    from conformance.endpoints.endpoint import Endpoint

_BUSY = frozenset({429, 503, 529})
_PROPER = frozenset({400, 404, 405, 413, 415, 422, 501})
"""By these a server may say that it does not do what was asked."""
ONCE = frozenset({"OC-E04", "AM-H03"})
"""Rules on a header that a server sends always or never."""
_LOST, _HUNG = 3, 3
"""So many requests in a row without a response, and so many that were given up, are enough."""
_PATIENCE = 30.0
"""The longest wait that a busy server may ask for, in seconds; and in all that it gets."""

Answered = Generator[Finding, None, Performed]
Found = Iterator[Finding]


@dataclass
class Session:
    """The exchanges with one endpoint so far."""

    endpoint: Endpoint
    caller: Caller
    sleep: Callable[[float], None] = time.sleep
    rules: list[str] = field(default_factory=list)
    """Ids of the rules applied since `used` was emptied."""
    used: list[Performed] = field(default_factory=list)
    """What the case in work has looked at."""
    sent: int = 0
    throttled: list[Performed] = field(default_factory=list)
    """Answers that said: later."""
    done: dict[str, Performed] = field(default_factory=dict)
    older_name: Performed | None = None
    """What showed that only `max_tokens` is heeded, and not `max_completion_tokens`."""
    varies: bool = False
    """The same question was once answered otherwise: its model is free."""
    repeated: int = 0
    """Questions that were asked again to find that out."""
    _judged: set[str] = field(default_factory=set)
    _told: frozenset[str] = frozenset()
    _lost: int = 0
    _hung: int = 0
    _waited: float = 0.0

    def perform(self, ask: Ask) -> Performed:
        """The exchange of that name; sent when it is first asked for. Raises `NotJudged` where it cannot be asked."""
        if ask.name not in self.done:
            if self._lost >= _LOST:
                raise NotJudged("the server does not answer any more")
            if self._hung >= _HUNG:
                raise NotJudged("the server hangs: too many answers had to be given up")
            try:
                self.done[ask.name] = self._patiently(ask)
            except UnsupportedError as no:
                raise NotJudged(str(no)) from no
        found = self.done[ask.name]
        if found not in self.used:
            self.used.append(found)
        return found

    def _patiently(self, ask: Ask) -> Performed:
        """Send; where the server asks for time, give it some and send again."""
        while True:
            self.sent += 1
            found = self.caller.perform(ask, self._hurry())
            if found.dropped:  # a server may close a connection that waited: a fresh one has no such excuse
                self.sent += 1
                found = self.caller.perform(ask, self._hurry())
            self._lost = 0 if found.response else self._lost + 1
            self._hung += found.hung
            if found.status not in _BUSY or ask.request is None:  # a service may well say that it is not there
                return found
            self.throttled.append(found)
            wait = found.error.retry_after if found.error and found.error.retry_after is not None else 1.0
            if self._waited + wait > _PATIENCE or len(self.throttled) > 8:
                return found
            self._waited += wait
            self.sleep(wait)

    def _hurry(self) -> float | None:
        """A server that hung once gets less time from then on."""
        return max(10.0, 2 * self.endpoint.limits.gap) if self._hung else None

    # ------------------------------------------------------------------ what every answer is held to

    def look(self, found: Performed, *, shape: bool = True) -> Found:
        """What is wrong with an exchange by itself, told once: no response, a 5xx, the rules of its dialect."""
        if found.ask.name in self._judged:
            return
        self._judged.add(found.ask.name)
        if found.response is None:
            yield broken("EP-01", f"no response came: {found.failure}")
            return
        if found.status >= 500 and found.status != 501 and found.status not in _BUSY:
            yield broken("EP-02", f"the server answered {found.status}", expected="2xx or 4xx", got=found.said)
        if shape:
            judgement = judged(found)
            self.rules += judgement.judged
            yield from (one for one in judgement.findings if self._is_news(one))

    def _is_news(self, one: Finding) -> bool:
        """What is said of every answer alike is told once."""
        if one.rule not in ONCE:
            return True
        news, self._told = one.rule not in self._told, self._told | {one.rule}
        return news

    def answer(self, ask: Ask) -> Answered:
        """Ask for an answer. Raises `NotJudged` when there is none to judge; what is wrong has been told by then."""
        found = self.perform(ask)
        yield from self.look(found)
        if found.response is None or (found.status >= 500 and found.status not in (501, *_BUSY)):
            raise NotJudged("there is no answer to judge")
        if found.status in _BUSY:
            raise NotJudged(f"the server was busy: HTTP {found.status}")
        if found.status in _PROPER:
            raise Unsupported(f"unsupported: {found.said}")
        if found.status >= 300:
            yield broken("EP-04", f"a valid request was refused: {found.said}")
            raise NotJudged("there is no answer to judge")
        if found.reply is None:
            if not found.cut:
                yield failed(found)
            raise NotJudged("there is no answer to judge")
        return found


class Unsupported(NotJudged):
    """The server says, with a proper status, that it does not do this."""
