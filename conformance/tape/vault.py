"""The vault: scrub, gate, atomic write. The single way of a recording to the disk.

Rule of the file: whoever saves, saves through here. A failure leaves the old file as it was.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from vcr.request import Request as VcrRequest
from vcr.serialize import serialize

from conformance.errors import ConformanceError
from conformance.tape.credentials import environment_secrets
from conformance.tape.form import Provenance
from conformance.tape.gate import check_bodies, check_sealed, check_text
from conformance.tape.origin import completed
from conformance.tape.scrub import scrubbed_answer_headers, scrubbed_body, scrubbed_chunks, scrubbed_request
from conformance.tape.streams import Reel
from conformance.tape.vcrdeck import reel_in, request_of

Kept = dict[str, Any]


class Vault:
    """A vcrpy persister around another one, which only loads.

    vcrpy leaves its patches installed when a save raises; so under pytest faults go to `refused`, and the plugin
    raises them once the cassette has been left.
    """

    def __init__(
        self, loader: Any, refused: list[Exception] | None = None, provenance: Provenance | None = None
    ) -> None:
        self.loader, self.refused, self.provenance = loader, refused, provenance

    def load_cassette(self, path: Any, serializer: Any) -> Any:
        return self.loader.load_cassette(path, serializer)

    def save_cassette(self, path: Any, cassette_dict: Kept, serializer: Any) -> None:
        try:
            self.save(Path(path), cassette_dict, serializer)
        except Exception as fault:
            if self.refused is None:
                raise
            self.refused.append(fault)

    def save(self, path: Path, kept: Kept, serializer: Any) -> None:
        """Write a cassette, or raise and leave the file alone."""
        reels = [reel_in(one) for one in kept["responses"]]
        secrets = environment_secrets().union(*(reel.secrets for reel in reels))
        requests = [_clean_request(one, secrets) for one in kept["requests"]]
        responses = [_clean_response(one, secrets) for one in kept["responses"]]
        clean = [reel_in(one) for one in responses]
        if clean:
            clean[0].provenance = self.provenance or completed(reels[0].provenance, path, requests[0])
        for one, reel, masked in zip(responses, reels, clean, strict=True):
            check_sealed(_header(one, "content-type"), reel.body, masked.body, str(path))
        check_bodies(
            [(_header(one, "content-encoding"), reel.body) for one, reel in zip(responses, clean, strict=True)],
            secrets,
            str(path),
        )
        text = serialize({**kept, "requests": requests, "responses": responses}, serializer)
        check_text(text.encode(), secrets, str(path))
        write(path, text)


def _clean_request(one: Any, secrets: frozenset[str]) -> VcrRequest:
    clean = scrubbed_request(request_of(one), secrets)
    return VcrRequest(clean.method, clean.url, clean.body or None, dict(clean.headers))


def _clean_response(one: Kept, secrets: frozenset[str]) -> Kept:
    reel = reel_in(one)
    clean = Reel(scrubbed_chunks(reel, secrets))
    clean.end, clean.provenance, clean.secrets = reel.ended, reel.provenance, reel.secrets
    headers: dict[str, list[str]] = {}
    lines = tuple((name, value) for name, values in one["headers"].items() for value in values)
    for name, value in scrubbed_answer_headers(lines, secrets):
        headers.setdefault(name, []).append(value)
    message = one["status"].get("message")
    status = {**one["status"], "message": scrubbed_body((message or "").encode(), secrets).decode()}
    body = {"chunks": clean} if "chunks" in one["body"] else {"string": clean.body}
    return {**one, "status": status, "headers": headers, "body": body}


def _header(one: Kept, wanted: str) -> str | None:
    return next((", ".join(v) for name, v in one["headers"].items() if name.lower() == wanted), None)


def write(path: Path, text: str) -> None:
    """Replace a file at once: a reader sees the old one or the new one, never half."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as fault:
        raise ConformanceError(
            f"{path} cannot be written: {fault.strerror}", "check the folder and its rights"
        ) from fault
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(draft, 0o644)  # mkstemp made it readable for its owner alone
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise
