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
    """Adapters by name, each built once, when it is first taken.

    `unsure` are builders by module name: an underscore may stand for a dash, and only the adapter itself can tell.
    They are asked when all names are wanted, or a name that might be theirs.
    """

    def __init__(self, builders: dict[str, Builder], unsure: dict[str, Builder] | None = None) -> None:
        self._builders = builders
        self._unsure = unsure or {}
        self._built: dict[str, Adapter] = {}

    def _settle(self, *modules: str) -> None:
        for module in modules:
            if build := self._unsure.pop(module, None):
                one = build()
                self._builders[one.name] = partial(_itself, one)

    def __getitem__(self, name: str) -> Adapter:
        self._settle(name.replace("-", "_"))
        if name not in self._built:
            self._built[name] = self._builders[name]()
        return self._built[name]

    def __iter__(self) -> Iterator[str]:
        self._settle(*self._unsure)
        return iter(self._builders)

    def __len__(self) -> int:
        self._settle(*self._unsure)
        return len(self._builders)

    def __contains__(self, name: object) -> bool:
        self._settle(str(name).replace("-", "_"))
        return name in self._builders


def discover() -> Mapping[str, Adapter]:
    """The files of `providers/`, then its presets, then the entry points of the group `conformance.providers`."""
    natives = {module: partial(_native, module) for module in _modules()}
    unsure: dict[str, Builder] = {module: build for module, build in natives.items() if "_" in module}
    builders: dict[str, Builder] = {module: build for module, build in natives.items() if "_" not in module}
    builders = {**preset_builders(), **builders}
    for point in entry_points(group=FOLDER):
        one = _foreign(point)
        unsure.pop(one.name.replace("-", "_"), None)
        builders[one.name] = partial(_itself, one)
    return Shelf(builders, unsure)


def _modules() -> list[str]:
    """A file is named as its adapter, with an underscore for a dash."""
    folder = importlib.import_module(FOLDER)
    return [one.name for one in pkgutil.iter_modules(folder.__path__) if not one.name.startswith("_")]


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
