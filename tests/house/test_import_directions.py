"""The house's rule on imports: each room may know the rooms below it and no other (see ARCHITECTURE.md)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

GROUND = {"model", "errors"}
VALUES = GROUND | {"exchange"}
LANGUAGE = VALUES | {"wire", "rulebook", "shapes", "schema", "deviating", "dialects"}
READING = LANGUAGE | {"decoding", "reading"}
SPEAKERS = LANGUAGE | {"adapters", "auth"}
MEANS = READING | SPEAKERS | {"scenarios", "judging", "rules", "cases"}
PERFORMING = MEANS | {"faults", "tape", "calls", "virtual", "providers", "cassettes"}

MAY_KNOW: dict[str, set[str]] = {
    "crowd": set(),
    "model": set(),
    "errors": set(),
    "exchange": GROUND,
    "wire": VALUES,
    "shapes": VALUES,
    "keywords": VALUES,
    "fitting": VALUES | {"keywords"},
    "explaining": VALUES | {"rulebook"},
    "schema": VALUES | {"rulebook", "shapes", "keywords", "fitting", "explaining"},
    "rulebook": VALUES | {"reading"},  # for its type only
    "dialects": READING,  # rules look at readings
    "reading": READING,
    "decoding": READING,
    "rules": READING,
    "judging": READING | {"rules", "hosts"},
    "cases": VALUES | {"rulebook"},
    "baseline": VALUES | {"rulebook", "cases"},
    "auth": VALUES,
    "deviating": VALUES | {"wire", "rulebook"},
    "adapters": SPEAKERS | {"discovery", "onboarding"},
    "onboarding": set(),
    "presets": SPEAKERS | {"recounting", "hosts"},
    "recounting": LANGUAGE,
    "discovery": SPEAKERS | {"presets", "providers"},  # it lists that folder
    "hosts": READING,
    "providers": SPEAKERS | {"hosts"},
    "scenarios": MEANS,
    "faults": LANGUAGE,
    "tape": PERFORMING - {"calls", "virtual"},
    "calls": PERFORMING | {"drift", "presets"},
    "endpoints": PERFORMING - {"virtual", "cassettes"} | {"baseline"},
    "virtual": PERFORMING - {"calls"},
    "drift": MEANS | {"tape"},
    "subjects": PERFORMING | {"subjects", "hosts", "crowd"},
    "obligations": PERFORMING | {"subjects", "obligations"},
    "selftest": PERFORMING | {"crowd"},
    "run": PERFORMING | {"subjects", "obligations", "cases"},
}
FREE = {"report", "cli", "commands", "pytest_plugin", "testing", "__init__", "__main__"}
"""Rooms that may know anything; nothing else imports them."""


def rooms() -> Iterator[tuple[str, Path]]:
    for path in sorted((ROOT / "conformance").rglob("*.py")):
        yield path.relative_to(ROOT / "conformance").parts[0].removesuffix(".py"), path
    for path in sorted((ROOT / "providers").glob("*.py")):
        yield "providers", path


def imported_rooms(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module == "conformance":
            names = [f"conformance.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module or ""]
        else:
            continue
        for name in names:
            top, _, rest = name.partition(".")
            if top == "conformance" and rest and not rest.startswith("__"):
                yield node.lineno, rest.split(".")[0]


def test_a_room_imports_only_what_lies_below_it() -> None:
    """All files of all rooms; each wrong import is named with its line."""
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {other}"
        for room, path in rooms()
        if room not in FREE
        for line, other in imported_rooms(path)
        if other not in MAY_KNOW[room] | {room}
    ]
    assert wrong == []


def test_every_room_has_its_place() -> None:
    assert {room for room, _ in rooms()} <= set(MAY_KNOW) | FREE


def test_no_kit_module_takes_a_reserved_name() -> None:
    taken = [p for p in (ROOT / "conformance").iterdir() if p.stem in {"providers", "checklist", "cassettes"}]
    assert taken == []
