"""Every way in which a call fails, as exceptions that middleware can tell apart, and the one table that maps to them.

    ServiceError                a call failed; the base of all
    ├── CallTimeout             its time is over (also a `TimeoutError`)
    ├── PolicyError             it may not be made: a capability is missing; nothing was sent
    ├── CircuitOpen             the circuit breaker holds it back; nothing was sent
    ├── TransportError          the answer cannot be read: `status_code` says under which status it came
    ├── RetryableError          the same call may well succeed later
    │   └── RateLimitError      too many calls; `retry_after` says how many seconds to wait, where the server told
    └── NonRetryableError       the same call would fail again

Rule of the file: `failure_of` decides by the kind of the canonical error, and nothing else in the kit decides it anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from msgspec.structs import replace

from conformance.calls.faults import is_transport_fault, said
from conformance.errors import ConformanceError
from conformance.exchange import Exchange, Headers, retry_after
from conformance.model import Error, ErrorKind, error

_READER = "openai-chat"
"""The language whose reader of errors also takes the shapes of other servers, proxies and gateways."""
_PREVIEW = 500
"""Characters of what a server said that stand in a message; `.error` holds all of it."""


class ServiceError(ConformanceError):
    """A call failed."""

    error: Error | None = None
    """The same in the words of the canonical model, where a server or the network said it."""
    exchange: Exchange | None = None
    """What went over the wire, where an answer came."""


class CallTimeout(ServiceError, TimeoutError):
    """The time that the call had, or the time between two pieces of its answer, is over."""


class PolicyError(ServiceError):
    """A capability that the call needs was not granted; nothing was sent."""


class CircuitOpen(ServiceError):
    """The circuit breaker holds the call back; nothing was sent."""


class TransportError(ServiceError):
    """The answer is none that can be read."""

    def __init__(self, message: str, hint: str = "", *, status_code: int | None = None) -> None:
        super().__init__(message, hint)
        self.status_code = status_code


class RetryableError(ServiceError):
    """The same call may well succeed later."""


class RateLimitError(RetryableError):
    """Too many calls: come back later."""

    def __init__(self, message: str, hint: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(message, hint)
        self.retry_after = retry_after


class NonRetryableError(ServiceError):
    """The same call would fail again."""


_CLASSES: Mapping[ErrorKind, type[ServiceError]] = {
    "invalid_request": NonRetryableError,
    "auth": NonRetryableError,
    "permission": NonRetryableError,
    "not_found": NonRetryableError,
    "too_large": NonRetryableError,
    "quota": NonRetryableError,
    "content_filter": NonRetryableError,
    "conflict": RetryableError,
    "rate_limit": RateLimitError,
    "timeout": CallTimeout,
    "server": RetryableError,
    "overloaded": RetryableError,
    "truncated": RetryableError,
    "proxy_error": RetryableError,
    "protocol": TransportError,
    "cancelled": ServiceError,
}

RETRYABLE = (RetryableError, CallTimeout)
"""After these the same call may be made again."""


def failure_of(found: Error | BaseException | int, where: str = "the server") -> ServiceError:
    """The failure that a canonical error, an exception of an HTTP library or of a vendor's SDK, or a status means.

    A failure is returned as it is. `where` names the server in what is said of an exception.
    """
    if isinstance(found, ServiceError):
        return found
    told = found if isinstance(found, Error) else _told(found, where)
    chosen = _class_of(told)
    message = told.message if len(told.message) <= _PREVIEW else f"{told.message[:_PREVIEW]}…"
    failure: ServiceError
    if issubclass(chosen, RateLimitError):
        failure = chosen(message, retry_after=told.retry_after)
    elif issubclass(chosen, TransportError):
        failure = chosen(message, status_code=told.status)
    else:
        failure = chosen(message)
    failure.error = told
    if isinstance(found, BaseException):
        failure.__cause__ = found
    return failure


def status_error(status: int, headers: Headers = (), body: bytes = b"") -> Error:
    """What an answer of status >= 300 says, whoever sent it: its own words as far as they can be read."""
    from conformance.dialects import dialect

    if 300 <= status < 400:
        return error("protocol", f"HTTP {status}: neither an answer nor an error", status=status)
    return timed(dialect(_READER).error(status, headers, body), headers)


def timed(found: Error, headers: Headers) -> Error:
    """The error of an answer that came just now: a date without another to count from counts from now."""
    if found.retry_after is not None:
        return found
    return replace(found, retry_after=retry_after(headers, datetime.now(UTC)))


def _class_of(told: Error) -> type[ServiceError]:
    """By kind; of an HTTP error by its status too: 5xx and 429 pass, what another 4xx refuses it refuses again."""
    chosen, status = _CLASSES[told.kind], told.status or 0
    if status < 400:
        return chosen if told.retryable or not issubclass(chosen, RETRYABLE) else NonRetryableError
    if not told.retryable or (status < 500 and status != 429):
        return NonRetryableError
    return RateLimitError if status == 429 or chosen is RateLimitError else RetryableError


def _told(found: BaseException | int, where: str) -> Error:
    if isinstance(found, int):
        return status_error(found)
    response = getattr(found, "response", None)
    if isinstance(status := getattr(response, "status_code", None), int):
        headers = tuple(response.headers.multi_items())  # type: ignore[union-attr]
        return status_error(status, headers, response.content)  # type: ignore[union-attr]
    if is_transport_fault(found):
        return said(found, where)
    if isinstance(found, TimeoutError):
        return error("timeout", f"{where} gave no answer in time: {found or 'no reason given'}")
    return error("cancelled", f"the call failed: {type(found).__name__}: {found}", retryable=False)
