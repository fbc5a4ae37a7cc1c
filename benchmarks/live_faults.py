"""Every fault of the catalogue injected into a live server, and what `conformance check --base-url` finds of it.

    python -m benchmarks.live_faults [--dialect D]... [--id GLOB]... [--every N] [--legal] [--full] [--jobs N]

Faults of what a client sends are left out: an endpoint has none. Exits 1 below 95 %, or when what is legal is flagged.
Rule of the file: it spreads the trials over processes and adds up; what a trial is stands in `live_trials`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from fnmatch import fnmatchcase
from functools import partial
from multiprocessing import get_context

from benchmarks.live_trials import Found, bent_of, can_show, tried
from conformance.faults import Bent, Fault, faults, variations
from conformance.virtual import VirtualProvider

TARGET = 95.0


def chosen(dialects: list[str], ids: list[str], *, legal: bool) -> Iterator[Bent]:
    names: list[str | None] = [*dialects] or [None]
    for name in names:
        for one in variations(name) if legal else faults(name):
            if can_show(one) and (not ids or any(fnmatchcase(one.id, glob) for glob in ids)):
                yield one


def main() -> int:
    said = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    said.add_argument("--dialect", action="append", default=[])
    said.add_argument("--id", action="append", default=[])
    said.add_argument("--every", type=int, default=1, help="only each so many-th fault")
    said.add_argument("--legal", action="store_true", help="only the legal variations")
    said.add_argument("--full", action="store_true", help="go on after the named rule has spoken")
    said.add_argument("--jobs", type=int, default=2, help="processes")
    said.add_argument("--verbose", action="store_true", help="tell what was found, too")
    asked = said.parse_args()
    bents = [] if asked.legal else [*chosen(asked.dialect, asked.id, legal=False)][:: asked.every]
    bents += chosen(asked.dialect, asked.id, legal=True)
    found = []
    for one in _all([bent.id for bent in bents], asked.jobs, full=asked.full):
        found.append(one)
        if one.wrong or asked.verbose:
            _tell(one)
    return _summed(found)


def _summed(found: list[Found]) -> int:
    """Both figures, of each dialect and of all; the exit code."""
    odd = [one for one in found if not isinstance(one.one, Fault)]
    spoilt = [one for one in found if isinstance(one.one, Fault)]
    for name in dict.fromkeys(one.one.dialect for one in spoilt):
        print(f"{name:20} {_figures([one for one in spoilt if one.one.dialect == name])}")
    print(f"{'all':20} {_figures(spoilt)}")
    flagged, silent = sum(one.wrong for one in odd), sum(one.unanswered for one in odd)
    print(f"{flagged} of {len(odd)} legal variations flagged; {silent} that leave a question unanswered are told so")
    return int(_share(spoilt) < TARGET or flagged > 0)


def _share(spoilt: list[Found]) -> float:
    return 100 * sum(one.detected for one in spoilt) / len(spoilt) if spoilt else 100.0


def _figures(spoilt: list[Found]) -> str:
    detected, named = sum(one.detected for one in spoilt), sum(one.by_name for one in spoilt)
    share = 100 * named / len(spoilt) if spoilt else 100.0
    whole = f"{detected} of {len(spoilt)} faults found live ({_share(spoilt):.1f} %)"
    return f"{whole}, {named} ({share:.1f} %) by the rule that they name"


# ------------------------------------------------------------------ over processes

_RUNNING = ExitStack()
_SERVERS: list[VirtualProvider] = []
"""The server of this process."""


def _all(ids: list[str], jobs: int, *, full: bool) -> Iterator[Found]:
    """Try each; every process has a server of its own."""
    with ExitStack() as stack:
        if jobs < 2:
            _start()
            stack.callback(_RUNNING.close)
            yield from map(partial(_one, full), ids)
        else:
            pool = stack.enter_context(get_context("spawn").Pool(jobs, _start))
            yield from pool.imap(partial(_one, full), ids, chunksize=4)


def _start() -> None:
    _SERVERS.append(_RUNNING.enter_context(VirtualProvider()))


def _one(full: bool, id: str) -> Found:
    virtual, bent = _SERVERS[0], bent_of(id)
    virtual.clear()  # what arrived before is nobody's business any more
    return tried(virtual, bent, full=full or not isinstance(bent, Fault))


def _tell(one: Found) -> None:
    bent = one.one
    legal = not isinstance(bent, Fault)
    head = ("FLAGGED" if legal else "MISSED ") if one.wrong else "found  "
    rule = f" ({bent.rule}, on {bent.on})" if isinstance(bent, Fault) else ""
    print(f"{head} {bent.id}{rule}: {bent.sentence} [{one.seconds:.1f} s]")
    for told in one.findings[:6]:
        print(f"          {told.level} {told.rule} {told.path or ''} {told.message[:140]}")
    if one.error:
        print(f"          error: {one.error[:200]}")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
