"""What moved around the bodies: status, headers, content type, framing, the address, the client's headers.

Rule of the file: names of headers are shape, their values are content; only the content type is looked into.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.drift.outline import Outline
from conformance.drift.values import Change, Severity, Side
from conformance.exchange import Headers, header_of

# fmt: off
VOLATILE = frozenset({
    "accept-encoding", "accept-language", "age", "alt-svc", "cf-cache-status", "cf-ray", "connection",
    "content-encoding", "content-length", "content-type", "cookie", "date", "etag", "expires", "host", "keep-alive",
    "last-modified", "nel", "priority", "report-to", "server-timing", "set-cookie", "traceparent", "tracestate",
    "transfer-encoding", "user-agent", "vary", "via", "x-cache", "x-served-by", "x-timer",
})
"""Headers that come and go with the way, the load and the client's library."""
_VOLATILE_STEMS = ("x-stainless-", "cf-", "x-envoy-", "x-amz-cf-", "x-goog-api-client", "x-b3-", "amz-sdk-", "sec-")
_PROMISED = frozenset({"retry-after", "x-request-id", "request-id", "www-authenticate", "authorization"})
# fmt: on


def head_changes(old: Outline, new: Outline) -> Iterator[Change]:
    """Everything but the bodies' own shapes."""
    yield from _request_head(old, new)
    was, now = old.exchange.response, new.exchange.response
    if was.status != now.status:
        severity: Severity = "breaking" if was.status // 100 != now.status // 100 else "notable"
        yield _moved("status", severity, "response", "status", str(was.status), str(now.status))
    yield from _content_type(was.header("content-type"), now.header("content-type"), "response")
    yield from _names(was.headers, now.headers, "response")
    yield from _framing(old, new)


def _request_head(old: Outline, new: Outline) -> Iterator[Change]:
    was, now = old.exchange.request, new.exchange.request
    if was.method != now.method:
        yield _moved("address", "breaking", "request", "method", was.method, now.method)
    if old.address != new.address:
        yield _moved("address", "notable", "request", "path", old.address, new.address)
    yield from _content_type(was.header("content-type"), now.header("content-type"), "request")
    yield from _names(was.headers, now.headers, "request")


def _content_type(was: str | None, now: str | None, side: Side) -> Iterator[Change]:
    """A changed label is breaking; a changed parameter of it (a charset) is what some parsers trip over."""
    kinds = [(one or "").partition(";")[0].strip().lower() for one in (was, now)]
    if kinds[0] != kinds[1]:
        lost = "breaking" if was else "additive"
        severity: Severity = lost if side == "response" or now else "notable"  # type: ignore[assignment]
        yield _moved("header", severity, side, "content-type", was, now)
    elif _parameters(was) != _parameters(now):
        yield _moved("header", "notable", side, "content-type", was, now)


def _parameters(label: str | None) -> list[str]:
    return sorted(one.strip().lower().replace('"', "") for one in (label or "").split(";")[1:])


def _names(was: Headers, now: Headers, side: Side) -> Iterator[Change]:
    before, after = _telling(was), _telling(now)
    for name in sorted(before - after):
        yield _moved("header", "notable" if name in _PROMISED else "additive", side, name, header_of(was, name), None)
    for name in sorted(after - before):
        yield _moved("header", "additive", side, name, None, header_of(now, name))


def _telling(headers: Headers) -> set[str]:
    names = {name.lower() for name, _ in headers} - VOLATILE
    return {name for name in names if not name.startswith(_VOLATILE_STEMS)}


def _framing(old: Outline, new: Outline) -> Iterator[Change]:
    forms = [one.reading.framing if one.reading.streamed else "whole" for one in (old, new)]
    if forms[0] != forms[1]:
        yield _moved("framing", "breaking", "response", "framing", *forms)
    elif "whole" not in forms and old.named != new.named and old.reading.framing == "sse":
        severity: Severity = "notable" if old.named else "additive"
        names = ["events are named" if one.named else "events have no names" for one in (old, new)]
        yield _moved("framing", severity, "response", "event: lines", *names)


def _moved(kind: str, severity: str, side: Side, where: str, was: str | None, now: str | None) -> Change:
    if was is None:
        message = f"{where} is new"
    elif now is None:
        message = f"{where} is lost"
    else:
        message = f"{where} changed"
    return Change(kind=kind, severity=severity, side=side, where=where, message=message, old=was, new=now)  # type: ignore[arg-type]
