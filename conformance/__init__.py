"""The front door: every public name, looked up when first used."""

from __future__ import annotations

from pathlib import Path

# A wheel holds providers/, cassettes/ and checklist/ inside this package; in a checkout they are its siblings.
if not (_here := Path(__file__).parent).joinpath("providers").exists():
    __path__.append(str(_here.parent))
