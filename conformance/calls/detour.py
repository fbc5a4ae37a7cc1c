"""A detour: requests for a vendor's address go to another server, and whoever looks from above sees the vendor's.

Rule of the file: only scheme, host, port and the base path change; everything else is passed on as it is.
"""

from __future__ import annotations

import httpx

from conformance.errors import UsageError


class Detour(httpx.BaseTransport):
    """Below a tape: the tape keeps the vendor's URL, the bytes come from `towards`."""

    def __init__(self, vendor: str, towards: str, inner: httpx.BaseTransport | None = None) -> None:
        self._vendor, self._towards = vendor.rstrip("/"), towards.rstrip("/")
        self._inner = inner or httpx.HTTPTransport(verify=False)  # loopback without TLS: no need to load certificates

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        asked = str(request.url)
        if not asked.startswith(self._vendor):
            raise UsageError(f"a request for {asked} does not belong to {self._vendor}")
        url = httpx.URL(self._towards + asked[len(self._vendor) :])
        others = [line for line in request.headers.raw if line[0].lower() != b"host"]
        headers = [(b"Host", url.netloc), *others]
        return self._inner.handle_request(
            httpx.Request(request.method, url, headers=headers, stream=request.stream, extensions=request.extensions)
        )

    def close(self) -> None:
        self._inner.close()
