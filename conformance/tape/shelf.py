"""The shelf: the folder where cassettes stand, and how they are named.

Rule of the file: names and paths only. What is in a cassette is `form`'s business.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from conformance.errors import UsageError


def shelf() -> Path:
    """The cassette folder: `VCR_CASSETTE_DIR`, or the one that the kit brings along."""
    if asked := os.environ.get("VCR_CASSETTE_DIR"):
        return Path(asked)
    import conformance  # its __path__ names the package and, in a checkout, the folder above it

    for place in conformance.__path__:
        if (folder := Path(place) / "cassettes").is_dir():
            return folder
    spec = find_spec("conformance.cassettes")
    if spec is None or not spec.submodule_search_locations:
        raise UsageError("the kit has no cassette folder here", "set VCR_CASSETTE_DIR")
    return Path(next(iter(spec.submodule_search_locations)))


def cassette_name(provider: str, scenario: str) -> str:
    """The file name of a provider's cassette for a scenario."""
    return f"verify_{provider}_{scenario}.json"


def cassette_path(provider: str, scenario: str, folder: Path | None = None) -> Path:
    """Where the cassette of a provider and scenario stands, whether or not it is there."""
    return (folder or shelf()) / cassette_name(provider, scenario)


def on_shelf(provider: str | None = None, folder: Path | None = None) -> Iterator[Path]:
    """The cassettes on a shelf, sorted; of one provider when given (by what they say inside, not by a prefix)."""
    from conformance.tape.recording import read_provenance

    for path in sorted((folder or shelf()).glob("verify_*.json")):
        if provider is None or (
            path.name.startswith(f"verify_{provider}_") and read_provenance(path).provider in (None, provider)
        ):
            yield path
