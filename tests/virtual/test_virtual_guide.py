"""The examples in the guide run as they stand."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "virtual.md"
BLOCKS = re.findall(r"^( *)```python\n(.*?)^ *```", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def test_the_examples_run() -> None:
    assert len(BLOCKS) == 2
    names: dict[str, object] = {}
    for _, block in BLOCKS:
        exec(compile(textwrap.dedent(block), str(GUIDE), "exec"), names)
    assert names["prompt"] == "Answer that there were too many requests."


def test_the_guide_names_the_key_that_is_good() -> None:
    from conformance.virtual import VIRTUAL_KEY

    assert f"`{VIRTUAL_KEY}`" in GUIDE.read_text(encoding="utf-8")
