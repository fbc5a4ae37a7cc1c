"""Health and documentation: what an operator looks at first. Where a server has neither, nothing is judged.

Rule of the file: these stand at the origin, or below the base URL where a gateway puts them.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.cases import NotJudged
from conformance.endpoints.asking import Ask
from conformance.endpoints.case import EndpointCase
from conformance.endpoints.endpoint import Endpoint
from conformance.endpoints.promises import broken
from conformance.endpoints.session import Found, Session

_WELL = frozenset({"ok", "healthy", "up", "pass", "ready", "alive", "running", "green", "loading model"})

HEALTH = Ask(name="health", method="GET", path="origin:/health", patience="health")


def cases(endpoint: Endpoint) -> Iterator[EndpointCase]:
    """Two cases."""
    yield EndpointCase("health", "health", "the health check", _health)
    yield EndpointCase("health", "docs", "the documentation of the interface", _docs)


def _health(session: Session) -> Found:
    found = session.perform(HEALTH)
    if found.response is None or found.cut:
        yield broken("EP-80", f"the health check gives no answer: {found.failure or found.cut}")
        return
    if 400 <= found.status < 500 or found.status == 501 or 300 <= found.status < 400:
        raise NotJudged(f"no health check here: HTTP {found.status}")
    if found.status == 503:
        raise NotJudged("the health check says that the server is not ready: HTTP 503")
    if found.status >= 500:
        yield broken("EP-60", f"the health check answered {found.status}", expected="200 or 503", got=found.status)
        return
    body = found.response.json()
    status = body.get("status") if isinstance(body, dict) else None
    if isinstance(status, str) and status.lower() not in _WELL:
        yield broken("EP-60", "the health check says that all is not well", path="$.status", expected="ok", got=status)


def _docs(session: Session) -> Found:
    found = session.perform(Ask(name="docs", method="GET", path="origin:/docs", patience="health"))
    if found.response is None or found.status >= 500:
        yield broken("EP-80", f"the documentation gives no answer: {found.failure or f'HTTP {found.status}'}")
    elif found.status >= 300:
        raise NotJudged(f"no documentation here: HTTP {found.status}")
