"""The one table of failures: by kind, by status, by exception; and `Retry-After` in all its forms."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import get_args

import httpx
import openai
import pytest

from conformance.calls.failures import (
    CallTimeout,
    NonRetryableError,
    RateLimitError,
    RetryableError,
    ServiceError,
    TransportError,
    failure_of,
    status_error,
)
from conformance.errors import ConformanceError
from conformance.exchange import retry_after
from conformance.model import ErrorKind, error

STATUSES = [
    (302, TransportError),
    *((status, NonRetryableError) for status in (400, 401, 403, 404, 408, 409, 413, 422)),
    (429, RateLimitError),
    *((status, RetryableError) for status in (500, 502, 503, 504, 529)),
]


@pytest.mark.parametrize(("status", "kind"), STATUSES)
def test_by_status(status: int, kind: type[ServiceError]) -> None:
    assert type(failure_of(status)) is kind


@pytest.mark.parametrize("kind", get_args(ErrorKind))
def test_every_kind_has_its_class_and_keeps_its_error(kind: ErrorKind) -> None:
    told = error(kind, "why")
    failure = failure_of(told)
    assert isinstance(failure, ConformanceError)
    assert (str(failure), failure.error) == ("why", told)
    assert isinstance(failure, RetryableError | CallTimeout) is told.retryable


def test_the_tree() -> None:
    assert issubclass(CallTimeout, TimeoutError)
    assert issubclass(RateLimitError, RetryableError)
    assert failure_of(error("rate_limit", "slow", status=429, retry_after=7.0)).retry_after == 7.0
    assert failure_of(error("protocol", "odd", status=200)).status_code == 200
    already = NonRetryableError("no")
    assert failure_of(already) is already


def test_what_may_not_be_retried_is_not() -> None:
    assert type(failure_of(error("server", "no", status=500, retryable=False))) is NonRetryableError
    assert type(failure_of(error("quota", "no money", status=429))) is NonRetryableError


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (httpx.ConnectError("no"), RetryableError),
        (httpx.ReadError("cut"), RetryableError),
        (httpx.RemoteProtocolError("cut"), RetryableError),
        (httpx.ReadTimeout("slow"), CallTimeout),
        (httpx.ConnectTimeout("slow"), CallTimeout),
        (httpx.DecodingError("odd"), TransportError),
        (httpx.TooManyRedirects("round and round"), TransportError),
        (httpx.UnsupportedProtocol("ftp"), NonRetryableError),
        (TimeoutError(), CallTimeout),
        (ValueError("a bug"), ServiceError),
    ],
)
def test_by_exception(fault: Exception, kind: type[ServiceError]) -> None:
    assert type(failure_of(fault)) is kind


def test_by_exception_of_an_sdk() -> None:
    asked = httpx.Request("POST", "http://x/y")
    busy = httpx.Response(429, headers={"retry-after": "3"}, request=asked)
    assert failure_of(openai.RateLimitError("slow", response=busy, body=None)).retry_after == 3.0
    bad = httpx.Response(400, request=asked)
    assert type(failure_of(openai.BadRequestError("bad", response=bad, body=None))) is NonRetryableError
    assert type(failure_of(openai.APITimeoutError(asked))) is CallTimeout
    assert type(failure_of(openai.APIConnectionError(request=asked))) is RetryableError


def test_a_long_body_is_quoted_in_part() -> None:
    failure = failure_of(status_error(500, (), b"x" * 5000))
    assert len(str(failure)) == 501
    assert len(failure.error.message) > 1000


NOW = datetime(2026, 11, 21, 10, 0, 0, tzinfo=UTC)
LATER = "Sat, 21 Nov 2026 10:00:30 GMT"


@pytest.mark.parametrize(
    ("headers", "now", "seconds"),
    [
        ((("Retry-After", "7"),), None, 7.0),
        ((("retry-after-ms", "1500"), ("retry-after", "9")), None, 1.5),
        ((("retry-after", LATER), ("date", "Sat, 21 Nov 2026 10:00:20 GMT")), NOW, 10.0),
        ((("retry-after", LATER),), NOW, 30.0),
        ((("retry-after", LATER),), None, None),
        ((("retry-after", "Sat, 21 Nov 2020 10:00:30 GMT"),), NOW, 0.0),
        ((("retry-after", "Sat, 99 Nov 2026 10:00:30 GMT"),), NOW, None),
        ((("retry-after", "soon"),), NOW, None),
        ((("retry-after", "-1"),), NOW, None),
        ((("retry-after", "inf"),), NOW, None),
        ((), NOW, None),
    ],
)
def test_retry_after(headers, now, seconds) -> None:
    assert retry_after(headers, now) == seconds


def test_a_live_call_counts_a_date_from_now() -> None:
    found = status_error(429, (("retry-after", "Sat, 21 Nov 2999 10:00:30 GMT"),))
    assert found.retry_after > 1e9
