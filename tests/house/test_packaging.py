"""What goes into the wheel: every package and every data file of the tree, and nothing top-level but `conformance`."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]


def packages_in_the_tree() -> set[str]:
    kit = {p.parent.relative_to(ROOT).as_posix().replace("/", ".") for p in (ROOT / "conformance").rglob("__init__.py")}
    return kit | {"conformance.providers", "conformance.cassettes", "conformance.checklist"}


def folder_of(package: str) -> Path:
    mapped = SETTINGS["package-dir"].get(package)
    return ROOT / (mapped or package.replace(".", "/"))


def test_every_package_is_listed() -> None:
    assert set(SETTINGS["packages"]) == packages_in_the_tree()


def test_every_data_file_is_listed() -> None:
    shipped: set[Path] = set()
    for package, patterns in SETTINGS["package-data"].items():
        for pattern in patterns:
            shipped |= set(folder_of(package).glob(pattern))
    data = {
        path
        for package in SETTINGS["packages"]
        for path in folder_of(package).rglob("*")
        if path.suffix in {".json", ".toml"} or path.name == "py.typed"
    }
    assert data - shipped == set()
