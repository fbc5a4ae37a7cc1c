"""How the suite runs: how many examples Hypothesis tries, and which tests share a worker.

Rule of the file: nothing here changes what a test asserts. `HYPOTHESIS_PROFILE=deep` tries many more examples.
"""

from __future__ import annotations

import gc
import os
import ssl
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("quick", max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("deep", settings.get_profile("quick"), max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

ssl.create_default_context = cache(ssl.create_default_context)
"""Hundreds of clients are made, and each would read all root certificates again to call 127.0.0.1 in the clear."""

gc.disable()
"""Until all is collected: what is imported meanwhile stays, and would be looked at again and again."""

ONE_WORKER = ("tests/wheel", "tests/corpus")
"""Folders whose tests share something that is dear to make: an installed wheel, the recordings."""


def pytest_collection_finish() -> None:
    """Let the garbage collector pass over what is there to stay, tests and SDKs: an eighth of a run went into that."""
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give each file of tests to one worker, so that what it imports and builds is paid for once.

    The marks of pytest-xdist do nothing under pytest 9.2, which no longer reads what they write.
    """
    if config.getvalue("dist") != "loadgroup":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            shared = file.rpartition("/")[0]
            return shared if shared in ONE_WORKER else nodeid if file.startswith("checklist/") else file

    return ByFile(config, log)
