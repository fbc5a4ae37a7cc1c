"""Call options for tests: a key that opens nothing.

Rule of the file: no environment is read, so no test depends on the machine.
"""

from __future__ import annotations

from conformance.calls import CallOptions
from conformance.subjects.samples import KEY


def default_options(base_url: str | None = None) -> CallOptions:
    """Options with the test key.

    >>> default_options().api_key == KEY
    True
    """
    return options_with_key(KEY, base_url)


def options_with_key(key: str, base_url: str | None = None) -> CallOptions:
    """Options with this very key, to look for on the wire.

    >>> options_with_key("sk-mine").api_key
    'sk-mine'
    """
    return CallOptions(api_key=key, base_url=base_url)
