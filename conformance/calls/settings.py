"""Settings: what is a user's own in a vendor's address: a region, a resource, a project.

Rule of the file: an adapter's own settings stand for real ones, so no key is sent to a host that they would make up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from string import Formatter

from conformance.adapters import Adapter, HttpAdapter
from conformance.auth import bearer_if_any
from conformance.errors import UsageError


def settled(one: Adapter, settings: Mapping[str, str], key: str, *, moved: bool) -> Adapter:
    """The adapter with the user's settings, and without auth where there is no key.

    `moved`: its calls go to another base URL than its own. Raises `UsageError` for settings that it does not have, and
    for an address that lacks one.
    """
    if not isinstance(one, HttpAdapter):
        if settings:
            raise UsageError(f"{one.name} takes no settings", "leave them out")
        return one
    if odd := sorted(settings.keys() - one.settings.keys()):
        raise UsageError(f"{one.name} has no setting {odd[0]!r}", f"it has: {', '.join(one.settings) or 'none'}")
    of_key = one.issuer.settings(key) if one.issuer else {}
    needed = {*_names("" if moved else one.base_url), *_names(one.issuer.url if one.issuer else "")}
    if lacking := sorted(needed - settings.keys() - of_key.keys()):
        told = f"the address of {one.name} lacks {', '.join(lacking)}"
        example = ", ".join(f'"{name}": …' for name in lacking)
        raise UsageError(told, f"give settings={{{example}}}")
    one = replace(one, settings={**one.settings, **settings}) if settings else one
    return one if key else replace(one, authenticate=bearer_if_any, issuer=None, exchanged_at=None)


def _names(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}
