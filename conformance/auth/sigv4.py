"""AWS Signature Version 4 as an `httpx.Auth` flow: botocore signs, httpx carries.

Rule of the file: the secret key never leaves it; botocore and httpx are imported when the first request is signed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from conformance.errors import MissingExtra, UsageError

if TYPE_CHECKING:
    import httpx

_REGION = re.compile(r"(?:^|\.)([a-z]{2}(?:-[a-z]+)+-\d)(?:\.|$)")
_SIGNED = ("content-type",)
"""Header lines that are signed beside those that botocore adds: proxies may change the others."""


class AwsKey(NamedTuple):
    """Credentials of AWS, as one text: `ACCESS:SECRET` or `ACCESS:SECRET:SESSION`."""

    access: str
    secret: str
    session: str | None = None


def aws_key(text: str) -> AwsKey:
    """Read credentials from their text. Raises `UsageError` for another form."""
    parts = text.split(":", 2)
    if len(parts) < 2 or not all(parts):
        raise UsageError("these are no AWS credentials", "write them as ACCESS:SECRET or ACCESS:SECRET:SESSION")
    return AwsKey(*parts)


def region_of(host: str, otherwise: str) -> str:
    """The region that a host names; `otherwise` for one that names none, as a gateway's."""
    found = _REGION.search(host)
    return found[1] if found else otherwise


def sigv4(text: str, service: str, region: str) -> httpx.Auth:
    """Sign each request with these credentials; `region` holds for hosts that name none themselves."""
    return _auth()(aws_key(text), service, region)


@cache
def _auth() -> Callable[[AwsKey, str, str], httpx.Auth]:
    import httpx

    class SigV4(httpx.Auth):
        """Signs the request as it will travel."""

        requires_request_body = True

        def __init__(self, key: AwsKey, service: str, region: str) -> None:
            self._key, self._service, self._region = key, service, region

        def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
            yield self(request)

        def __call__(self, request: httpx.Request) -> httpx.Request:
            region = region_of(request.url.host, self._region)
            kept = {name: request.headers[name] for name in _SIGNED if name in request.headers}
            signed = _signed(self._key, self._service, region, request.method, str(request.url), kept, request.content)
            for name, value in signed.items():
                request.headers[name] = value
            return request

        def __repr__(self) -> str:  # a secret must not show in a traceback or log
            return f"<{type(self).__name__} {self._service}>"

    return SigV4


def _signed(
    key: AwsKey, service: str, region: str, method: str, url: str, headers: dict[str, str], body: bytes
) -> dict[str, str]:
    """The header lines that carry the signature."""
    try:
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials
    except ImportError as fault:
        raise MissingExtra(
            "AWS signatures need botocore, which is not installed",
            "pip install 'provider-conformance[bedrock]', or use a Bedrock API key, which needs no signature",
        ) from fault
    request = AWSRequest(method=method, url=url, data=body, headers=headers)
    SigV4Auth(Credentials(*key), service, region).add_auth(request)
    return {name: value for name, value in request.headers.items() if name.lower() not in headers}
