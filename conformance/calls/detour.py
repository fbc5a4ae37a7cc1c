"""A detour: requests for a vendor's address go to another server, and whoever looks from above sees the vendor's.

Rule of the file: only scheme, host, port and the base path change; everything else is passed on as it is.
"""

from __future__ import annotations

from collections.abc import Mapping

import httpx

from conformance.errors import UsageError


class Detour(httpx.BaseTransport):
    """Below a tape, which keeps the vendor's URL; the bytes come from elsewhere. `ways`: base URL -> in its place."""

    def __init__(self, ways: Mapping[str, str], inner: httpx.BaseTransport | None = None) -> None:
        self._ways = {vendor.rstrip("/"): towards.rstrip("/") for vendor, towards in ways.items()}
        self._inner = inner or httpx.HTTPTransport(verify=False)  # loopback without TLS: no need to load certificates

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        asked = str(request.url)
        vendor = next((base for base in self._ways if asked.startswith(base)), None)
        if vendor is None:
            raise UsageError(f"a request for {asked} does not belong to {' or '.join(self._ways)}")
        url = httpx.URL(self._ways[vendor] + asked[len(vendor) :])
        others = [line for line in request.headers.raw if line[0].lower() != b"host"]
        headers = [(b"Host", url.netloc), *others]
        return self._inner.handle_request(
            httpx.Request(request.method, url, headers=headers, stream=request.stream, extensions=request.extensions)
        )

    def close(self) -> None:
        self._inner.close()
