"""Where a recording comes from, as far as the recorder can tell by itself.

Rule of the file: guesses are marked as such: a host on this machine is nobody's vendor, hence `unknown`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from conformance.tape.form import Provenance


def tool() -> str:
    """This program, with its version."""
    from importlib.metadata import PackageNotFoundError, version  # its import costs more than a replay

    try:
        return f"provider-conformance {version('provider-conformance')}"
    except PackageNotFoundError:
        return "provider-conformance"


def now() -> str:
    """The time of day in UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def completed(known: Provenance | None, path: Path, first: Any) -> Provenance:
    """What is known of an earlier recording, or what name and first request tell; of what is recorded now the time."""
    if known is not None:
        return known
    parts = urlsplit(first.uri)
    local = (parts.hostname or "") in ("localhost", "127.0.0.1", "::1")
    provider, scenario = named(path)
    return Provenance(
        source="unknown" if local else "live",
        recorded_at=now(),
        tool=tool(),
        base_url=f"{parts.scheme}://{parts.netloc}",
        provider=provider,
        scenario=scenario,
    )


def named(path: Path) -> tuple[str | None, str | None]:
    """Provider and scenario by a cassette's file name; the provider is the part up to the next underscore."""
    found = re.fullmatch(r"verify_([^_]+)_(.+)\.json", path.name)
    return (found[1], found[2]) if found else (None, None)


def stamped(provenance: Provenance) -> Provenance:
    """The provenance with time and tool filled in where they are empty."""
    return msgspec.structs.replace(
        provenance, recorded_at=provenance.recorded_at or now(), tool=provenance.tool or tool()
    )
