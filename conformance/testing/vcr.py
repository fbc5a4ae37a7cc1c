"""A client that answers from a cassette made in the test: any status, any headers, any pieces, even broken bytes.

Rule of the file: the cassette is a real one, written and played as all others are, and labelled `edited`.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.errors import UsageError
from conformance.model import JSON

if TYPE_CHECKING:
    import httpx

Headers = Mapping[str, str] | Sequence[tuple[str, str]]


def vcr_client(
    name: str, url: str, request_body: JSON, status: int, headers: Headers, chunks: Sequence[str]
) -> tuple[httpx.Client, Path]:
    """A client that answers one POST of this very body, and the folder of its cassette.

    The folder lives as long as the client does: nothing else need be kept. A request that differs is a
    `CassetteMiss` that names the JSON paths in which it differs; `body_for` builds what an adapter sends.

    >>> url = "https://a.example/v1"
    >>> client, folder = vcr_client("hello", url, {"q": 1}, 200, {"content-type": "text/plain"}, ["hi"])
    >>> client.post(url, json={"q": 1}).text
    'hi'
    """
    if wrong := [piece for piece in chunks if not isinstance(piece, str)]:
        raise UsageError(f"a chunk is not text: {wrong[0]!r}", "use vcr_client_bytes, which keeps raw bytes as base64")
    return vcr_client_bytes(name, url, request_body, status, headers, [piece.encode() for piece in chunks])


def vcr_client_bytes(
    name: str, url: str, request_body: JSON, status: int, headers: Headers, chunks: Sequence[bytes]
) -> tuple[httpx.Client, Path]:
    """`vcr_client` for raw bytes, invalid UTF-8 among them: such pieces stand as base64 in the cassette.

    >>> client, folder = vcr_client_bytes("odd", "https://a.example/v1", {}, 200, {}, [b"\\xff"])
    >>> '{"base64": "/w=="}' in (folder / "odd.json").read_text().replace("\\n", "").replace("  ", "")
    True
    """
    import httpx

    from conformance.tape import open_tape

    if Path(name).name != name or not name:
        raise UsageError(f"a cassette cannot be named {name!r}", "give a plain file name without its suffix")
    if wrong := [piece for piece in chunks if not isinstance(piece, bytes)]:
        raise UsageError(f"a chunk is not bytes: {wrong[0]!r}", "use vcr_client for text")
    folder = Path(tempfile.mkdtemp(prefix="conformance-vcr-"))
    path = folder / f"{name}.json"
    path.write_text(_cassette(url, request_body, status, headers, chunks), encoding="utf-8")
    # Nobody leaves this block: it holds no file, and under VCR_STRICT an answer not yet used would be a fault.
    tape = open_tape(path, mode="playback").__enter__()
    client = httpx.Client(transport=tape.transport())
    weakref.finalize(client, shutil.rmtree, folder, ignore_errors=True)
    return client, folder


def _cassette(url: str, request_body: JSON, status: int, headers: Headers, chunks: Sequence[bytes]) -> str:
    import json

    from conformance.tape.form import Provenance, body_fields, piece_of, render

    lists: dict[str, list[str]] = {}
    for key, value in headers.items() if isinstance(headers, Mapping) else headers:
        lists.setdefault(key, []).append(value)
    sent = json.dumps(request_body, ensure_ascii=False).encode()
    asked = {"method": "POST", "uri": url, "headers": {"content-type": ["application/json"]}, **body_fields(sent)}
    body = {"chunks": [piece_of(chunk) for chunk in chunks], "end": "eof"}
    told = {"status": {"code": status, "message": ""}, "headers": lists, "body": body}
    return render(Provenance(source="edited", tool="conformance.testing"), [{"request": asked, "response": told}])
