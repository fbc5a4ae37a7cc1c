"""The examples in the documentation of tests and obligations run as they stand there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from conformance import testing as help
from conformance.obligations import OBLIGATIONS

DOCS = Path(__file__).resolve().parents[2] / "docs"


def blocks(name: str) -> list[str]:
    text = (DOCS / name).read_text(encoding="utf-8")
    found = re.findall(r"^( *)```python\n(.*?)^ *```$", text, re.S | re.M)
    return [re.sub(rf"^{indent}", "", code, flags=re.M) for indent, code in found]


@pytest.mark.parametrize("name", ["testing.md", "obligations.md", "calls.md"])
def test_the_examples_run(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VCR_MODE", raising=False)
    kept = dict(OBLIGATIONS)
    space: dict[str, Any] = {}
    try:
        for number, code in enumerate(blocks(name)):
            exec(compile(code, f"{name}, block {number}", "exec"), space)
    finally:
        OBLIGATIONS.clear()
        OBLIGATIONS.update(kept)
    assert space


def test_every_helper_is_documented() -> None:
    text = (DOCS / "testing.md").read_text(encoding="utf-8")
    assert [name for name in help.__all__ if not re.search(rf"\b{name}\b", text)] == []
