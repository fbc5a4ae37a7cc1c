"""Which name of the limit a server of openai-chat heeds: the present one, or only the older `max_tokens`.

Rule of the file: found out once, before anything else is asked; from then on the name that is heeded is sent.
"""

from __future__ import annotations

from conformance.endpoints.asking import Ask
from conformance.endpoints.session import Session
from conformance.endpoints.suites.limiting import too_long
from conformance.endpoints.suites.options import least

_OLD = "max_tokens_by_its_older_name"


def settle(session: Session) -> None:
    """Ask by the present name; where that changes nothing, by the older one."""
    endpoint = session.endpoint
    if endpoint.dialect.name != "openai-chat" or endpoint.profile:
        return
    _, ask = least(endpoint)
    if _heeded(session, ask):
        return
    older = endpoint.with_old_limit()
    session.caller.endpoint = older
    try:
        heeded = _heeded(session, Ask(name=_OLD, request=ask.request))
    finally:
        session.caller.endpoint = endpoint
    if heeded:
        session.endpoint = session.caller.endpoint = older
        session.older_name = session.done[ask.name] = session.done[_OLD]


def _heeded(session: Session, ask: Ask) -> bool:
    found = session.perform(ask)
    if found.response is None or found.status >= 500:
        return True  # nothing to learn here
    limit = ask.request.max_tokens if ask.request else None
    return found.reply is not None and limit is not None and not [*too_long(found.reply, limit)]
