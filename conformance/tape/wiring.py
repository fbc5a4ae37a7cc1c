"""How our parts are wired into vcrpy: options for `use_cassette`, registrations, and a whole `use_cassette` of our own.

Rule of the file: only vcrpy's public extension points.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from vcr import VCR
from vcr.request import Request as VcrRequest

from conformance.tape.matching import same_body
from conformance.tape.modes import VCRPY_MODES, mode
from conformance.tape.patches import LIBRARIES, patches
from conformance.tape.scrub import scrubbed_request
from conformance.tape.vault import Vault
from conformance.tape.vcrdeck import request_of
from conformance.tape.vcrform import JsonForm


def json_body(sent: VcrRequest, recorded: VcrRequest) -> bool:
    """vcrpy matcher: the bodies are the same JSON, type-strict."""
    return same_body(request_of(sent).body, request_of(recorded).body)


def template_body(sent: VcrRequest, recorded: VcrRequest) -> bool:
    """vcrpy matcher: as `json_body`, but holes like `{{any}}` in the recorded body fit what varies."""
    return same_body(request_of(sent).body, request_of(recorded).body, "template")


def scrub_request(sent: VcrRequest) -> VcrRequest:
    """vcrpy hook `before_record_request`: what is matched and kept holds no secret."""
    clean = scrubbed_request(request_of(sent))
    return VcrRequest(clean.method, clean.url, clean.body or None, dict(clean.headers))


def vcr_options() -> dict[str, Any]:
    """Keyword arguments for `use_cassette`: what a `vcr_config` fixture returns. The mode is not among them."""
    return {
        "serializer": "json",
        "match_on": ("method", "uri", "json_body"),
        "before_record_request": scrub_request,
        "custom_patches": patches(),
        "skip_patchers": LIBRARIES,
    }


def register(vcr: VCR, refused: list[Exception] | None = None) -> VCR:
    """Give a VCR our form, matchers and vault: what a `pytest_recording_configure(config, vcr)` hook calls."""
    vcr.register_serializer("json", JsonForm)
    vcr.register_matcher("json_body", json_body)
    vcr.register_matcher("template_body", template_body)
    vcr.register_persister(Vault(vcr.persister, refused))
    return vcr


@contextlib.contextmanager
def use_cassette(path: Path | str, **overrides: Any) -> Iterator[Any]:
    """vcrpy's `use_cassette`, wired: patches httpx and httpx2 for the block. One at a time in a process."""
    vcr = register(VCR(path_transformer=VCR.ensure_suffix(".json")))
    options = {**vcr_options(), **VCRPY_MODES[mode()], "record_on_exception": False, **overrides}
    context = vcr.use_cassette(str(path), **options)
    cassette = context.__enter__()
    try:
        yield cassette
    except BaseException:
        context.__exit__(*sys.exc_info())
        raise
    try:
        context.__exit__(None, None, None)
    except BaseException:
        context.__exit__(*sys.exc_info())  # the save failed before vcrpy took its patches out: leave again, not saving
        raise
