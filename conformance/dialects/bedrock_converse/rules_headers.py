"""Rules of bedrock-converse about the address, the credential and error replies.

Rule of the file: recorders drop headers, so an absent one is judged only where it cannot have been dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import unquote, urlsplit

from conformance.exchange import header_of
from conformance.reading import Reading
from conformance.rulebook import Rulebook, Scope, Violation

from .failures import message_of, name_of
from .words import EXCEPTIONS, object_of

BOOK = Rulebook("bedrock-converse: headers and errors")

_PATH = re.compile(r"(?:/[^/]+)*?/model/([^/]+)/converse(?:-stream)?")
_SCOPE = re.compile(r"Credential=([^/,]+)/(\d{8})/([^/,]+)/([^/,]+)/aws4_request")
_MARKS = ("x-amz-date", "x-amz-security-token", "x-amz-content-sha256")
_SKEW = 300.0


@BOOK.rule(
    "BR-H01",
    "MUST",
    Scope.HEADERS,
    "bedrock-runtime 2023-09-30: requestUri /model/{modelId}/converse",
    good="/model/anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse",
    bad="/model/arn:aws:bedrock:us-east-1:1:inference-profile/p/converse",
    why="a slash in the model cuts the path: the service answers that there is no such operation",
)
def one_segment(reading: Reading) -> Iterator[Violation]:
    """The path is /model/{id}/converse or /converse-stream, the id percent-encoded as one segment."""
    hit = _PATH.fullmatch(reading.path)
    if hit is None:
        yield Violation(
            "the path is not /model/{id}/converse[-stream]", expected="/model/{id}/converse", got=reading.path
        )
    elif reading.exchange.source in ("live", "virtual") and ":" in hit[1]:  # recorders and proxies decode the path
        yield Violation("the model id is not percent-encoded", expected="%3A in place of :", got=unquote(hit[1]))


@BOOK.rule(
    "BR-H02",
    "MUST",
    Scope.HEADERS,
    "botocore: auth.SigV4Auth; AWS General Reference, Signature Version 4",
    good="Credential=AKID/20261121/us-east-1/bedrock/aws4_request, SignedHeaders=host;x-amz-date",
    bad="Credential=AKID/20261121/us-west-2/bedrock-runtime/aws4_request",
    why="the service answers 403: the signature is of another service, region or time",
)
def signature_scope(reading: Reading) -> Iterator[Violation]:
    """A signature is for the service `bedrock`, the host's region and a time within five minutes; host is signed."""
    told = reading.exchange.request.header("authorization") or ""
    hit = _SCOPE.search(told)
    if hit is None:
        return
    if hit[4] != "bedrock":
        yield Violation("the signature is for another service", expected="bedrock", got=hit[4])
    regions = re.findall(r"(?:^|\.)([a-z]{2}(?:-[a-z]+)+-\d)(?:\.|$)", _host(reading))
    if regions and hit[3] not in regions:
        yield Violation("the signature is for another region than the host's", expected=regions[0], got=hit[3])
    signed = re.search(r"SignedHeaders=([^,\s]+)", told)
    if signed and "host" not in signed[1].split(";"):
        yield Violation("the host is not signed", expected="host", got=signed[1])
    sent, came = (
        _stamp(reading.exchange.request.header("x-amz-date")),
        _date(header_of(reading.exchange.response.headers, "date")),
    )
    if sent and came and abs((came - sent).total_seconds()) > _SKEW:
        yield Violation("X-Amz-Date is more than five minutes off", expected=came.isoformat(), got=sent.isoformat())


@BOOK.rule(
    "BR-H03",
    "MUST",
    Scope.HEADERS,
    "botocore: auth.BearerAuth, sent over TLS only",
    good="Authorization: Bearer …",
    bad="Authorization: Bearer … and X-Amz-Date, X-Amz-Security-Token; or the same over http",
    why="two credentials in one request: which is charged depends on the server; without TLS the key is public",
)
def one_credential(reading: Reading) -> Iterator[Violation]:
    """A bearer key travels alone, without marks of a signature, and over https only."""
    request = reading.exchange.request
    if not (request.header("authorization") or "").startswith("Bearer"):
        return
    if marks := [
        name for name in ("x-amz-date", "x-amz-security-token", "x-amz-content-sha256") if request.header(name)
    ]:
        yield Violation("a bearer key and marks of a signature in one request", expected="one of them", got=marks)
    host = _host(reading)
    if request.url.startswith("http://") and host not in ("localhost", "127.0.0.1", "::1"):
        yield Violation("a bearer key over http", expected="https", got=host)


@BOOK.rule(
    "BR-H04",
    "SHOULD",
    Scope.HEADERS,
    "AWS IAM: ids of temporary credentials begin with ASIA",
    good="Credential=ASIA… with X-Amz-Security-Token",
    bad="Credential=ASIA… alone",
    why="the service answers 403: temporary credentials are nothing without their token",
)
def temporary_token(reading: Reading) -> Iterator[Violation]:
    """A signature with temporary credentials comes with `X-Amz-Security-Token`."""
    request = reading.exchange.request
    hit = _SCOPE.search(request.header("authorization") or "")
    if hit and hit[1].startswith("ASIA") and request.header("x-amz-security-token") is None:
        yield Violation("temporary credentials without x-amz-security-token", expected="x-amz-security-token")


@BOOK.rule(
    "BR-E01",
    "MUST",
    Scope.ERROR,
    "botocore: parsers.RestJSONParser, error code from x-amzn-errortype",
    good='x-amzn-ErrorType: ThrottlingException, {"message": "…"}',
    bad='{"error": {"message": "…"}}',
    why="SDKs name the exception by the header: without it every failure is an unknown ClientError",
)
def error_shape(reading: Reading) -> Iterator[Violation]:
    """An error reply names its exception in `x-amzn-ErrorType` and tells it in `message`."""
    body = reading.reply
    if not isinstance(body, dict):
        return  # no object at all: GN-08 tells of it
    if message_of(body) is None:
        yield Violation("the error body has no message", "$.message", expected="a string", got=body)
    headers = reading.exchange.response.headers
    kept = any(name.lower().startswith("x-amzn-") for name, _ in headers) or reading.exchange.source != "unknown"
    if kept and not name_of(headers, body):
        yield Violation(
            "the reply has no x-amzn-ErrorType", expected="x-amzn-ErrorType", got=[name for name, _ in headers]
        )


@BOOK.rule(
    "BR-E04",
    "SHOULD",
    Scope.ERROR,
    "bedrock-runtime 2023-09-30: httpStatusCode of each exception",
    good="429 with ThrottlingException",
    bad="400 with ThrottlingException",
    why="SDKs retry by the status, programs by the name: they must say the same",
)
def name_fits_status(reading: Reading) -> Iterator[Violation]:
    """The exception that an error reply names is one of those that belong to its HTTP status."""
    name = name_of(reading.exchange.response.headers, object_of(reading.reply))
    known = EXCEPTIONS.get(name) if isinstance(name, str) else None
    if known is not None and known.status != reading.status and reading.status in {one.status for one in _NAMED}:
        yield Violation(f"{name} goes with status {known.status}", None, None, known.status, reading.status)


_NAMED = tuple(EXCEPTIONS.values())


def _host(reading: Reading) -> str:
    try:
        return urlsplit(reading.exchange.request.url).hostname or ""
    except ValueError:
        return ""


def _stamp(text: str | None) -> datetime | None:
    try:
        return datetime.strptime(text or "", "%Y%m%dT%H%M%S%z")
    except ValueError:
        return None


def _date(text: str | None) -> datetime | None:
    from email.utils import parsedate_to_datetime  # slow to import, and seldom needed

    try:
        found = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else None
