"""Recording for the commands: each result told as it comes, failures gathered.

Rule of the file: a recording that failed leaves its cassette as it was, and is never passed over in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from conformance.errors import ConformanceError

if TYPE_CHECKING:
    from conformance.calls.studio import RecordResult

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

    Says each result as it comes, and the sum. Raises at the end, with the first reason, when some failed.
    """
    from conformance.calls.caution import with_rate
    from conformance.calls.recording import recordings, require_keys, summed
    from conformance.subjects.story import tell

    if source == "live":
        require_keys(plan)
    done: list[RecordResult] = []
    caution = None if rate is None else with_rate(rate)
    for provider, scenarios in plan.items():
        for one in recordings(
            [provider], source=source, scenarios=scenarios, folder=folder, agent=tell, caution=caution
        ):
            done.append(one)
            say(str(one))
    say(summed([one.outcome for one in done], sum(bool(one.drift) for one in done)))
    if failed := [one for one in done if one.outcome == "failed"]:
        first = f"{failed[0].provider}/{failed[0].scenario}: {failed[0].reason}"
        raise ConformanceError(
            f"{len(failed)} of {len(done)} recordings failed, first {first}",
            "the cassettes of those are as they were; mend the cause and record them again",
        )
