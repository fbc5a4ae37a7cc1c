"""A body with checksums cannot be masked: a recording that would have to be is refused."""

from __future__ import annotations

import pytest

from conformance.errors import SecretLeak
from conformance.tape.gate import check_sealed

SEALED = "application/vnd.amazon.eventstream"


def test_a_masked_event_stream_is_not_kept() -> None:
    with pytest.raises(SecretLeak, match="checksums"):
        check_sealed(SEALED, b"sk-1234", b"sk-****", "x.json")


@pytest.mark.parametrize(("label", "kept"), [(SEALED, b"a"), ("application/json", b"*"), (None, b"*")])
def test_all_else_is(label: str | None, kept: bytes) -> None:
    check_sealed(label, b"a", kept, "x.json")
