"""Recording for the commands: each result told as it comes, failures gathered.

Rule of the file: a recording that failed leaves its cassette as it was, and is never passed over in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal

from conformance.errors import ConformanceError

Plan = Mapping[str, Sequence[str] | None]
"""Provider -> its scenarios; None for all that it owes."""


def record_plan(
    plan: Plan,
    source: Literal["live", "virtual"],
    folder: Path | None,
    say: Callable[[str], object],
    *,
    rate: int | None = None,
) -> None:
    """Record everything of the plan, with at most `rate` requests a minute to a vendor.

    Raises at the end, with the count and the first reason, when some failed.
    """
    from conformance.calls.caution import with_rate
    from conformance.calls.recording import recordings, require_keys
    from conformance.subjects.story import tell

    if source == "live":
        require_keys(plan)
    failed, total = [], 0
    caution = None if rate is None else with_rate(rate)
    for provider, scenarios in plan.items():
        for one in recordings(
            [provider], source=source, scenarios=scenarios, folder=folder, agent=tell, caution=caution
        ):
            total += 1
            because = f": {why}" if (why := one.reason or one.drift) else ""
            told = f"{one.provider}/{one.scenario}{because}"
            say(f"{one.outcome:9}  {told}")
            if one.outcome == "failed":
                failed.append(told)
    if failed:
        raise ConformanceError(
            f"{len(failed)} of {total} recordings failed, first {failed[0]}",
            "the cassettes of those are as they were; mend the cause and record them again",
        )
