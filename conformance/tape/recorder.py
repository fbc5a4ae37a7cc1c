"""Recording through explicit transports: vcrpy's Cassette in mode `all`, nothing patched.

Rule of the file: the old file is not even read; it is replaced when the block has ended well, by the vault.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from vcr.cassette import Cassette
from vcr.matchers import method, uri
from vcr.persisters.filesystem import CassetteNotFoundError
from vcr.record_mode import RecordMode

from conformance.tape.form import Provenance
from conformance.tape.vault import Vault
from conformance.tape.vcrdeck import VcrDeck
from conformance.tape.vcrform import JsonForm
from conformance.tape.wiring import json_body

logging.getLogger("vcr.cassette").addFilter(lambda record: record.levelno > logging.INFO)
"""vcrpy writes whole answers to its log as they came, before anything is masked in them."""


class _Blank:
    """A loader that finds nothing: a corrupt old cassette must not stand in the way of a new one."""

    @staticmethod
    def load_cassette(path: Any, serializer: Any) -> Any:
        raise CassetteNotFoundError(path)


@contextmanager
def recording_deck(path: Path, provenance: Provenance | None) -> Iterator[VcrDeck]:
    """A deck that records everything; saves when the block ends without an exception."""
    cassette = Cassette.load(
        path=str(path),
        serializer=JsonForm,
        persister=Vault(_Blank, provenance=provenance),
        record_mode=RecordMode.ALL,
        match_on=(method, uri, json_body),
        drop_unused_requests=True,
    )
    yield VcrDeck.of(cassette)
    cassette._save()
