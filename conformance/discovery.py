"""Discovery: every adapter that is installed, by name. Nothing is registered by hand.

Rule of the file: an adapter is built when it is first asked for, so that there may be many of them.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from typing import TypeAlias

from conformance.adapters import Adapter
from conformance.errors import UsageError
from conformance.presets import preset_builders

Builder: TypeAlias = "Callable[[], Adapter]"

FOLDER = "conformance.providers"


class Shelf(Mapping[str, Adapter]):
    """Adapters by name, each built once, when it is first taken."""

    def __init__(self, builders: Mapping[str, Builder]) -> None:
        self._builders = builders
        self._built: dict[str, Adapter] = {}

    def __getitem__(self, name: str) -> Adapter:
        if name not in self._built:
            self._built[name] = self._builders[name]()
        return self._built[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._builders)

    def __len__(self) -> int:
        return len(self._builders)

    def __contains__(self, name: object) -> bool:
        return name in self._builders


def discover() -> Mapping[str, Adapter]:
    """The files of `providers/`, then its presets, then the entry points of the group `conformance.providers`."""
    builders: dict[str, Builder] = dict(_natives())
    builders |= {name: build for name, build in preset_builders().items() if name not in builders}
    for point in entry_points(group=FOLDER):
        one = _foreign(point)
        builders[one.name] = partial(_itself, one)
    return Shelf(builders)


def _natives() -> Iterator[tuple[str, Builder]]:
    """A file is named as its adapter; where a dash could be meant, only the file itself can tell."""
    for module in pkgutil.iter_modules(importlib.import_module(FOLDER).__path__):
        if not module.name.startswith("_"):
            build = partial(_native, module.name)
            yield (build().name if "_" in module.name else module.name), build


def _native(module: str) -> Adapter:
    one: Adapter = importlib.import_module(f"{FOLDER}.{module}").ADAPTER
    if one.name.replace("-", "_") != module:
        raise UsageError(f"providers/{module}.py holds the adapter {one.name!r}", "give both the same name")
    return one


def _foreign(point: EntryPoint) -> Adapter:
    try:
        found: Adapter = point.load()
    except Exception as error:
        raise UsageError(
            f"the entry point {point.name!r} of group {FOLDER} does not load: {error!r}",
            f"mend or uninstall the package that declares it ({point.value})",
        ) from error
    return found


def _itself(one: Adapter) -> Adapter:
    return one
