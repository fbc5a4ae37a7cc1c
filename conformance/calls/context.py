"""The context of a call: who makes it, until when, with which rights. It goes through the whole chain with the request.

Rule of the file: nobody widens a context on the way; the clock is monotonic and can be given.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Self
from uuid import UUID, uuid4

from conformance.calls.failures import CallTimeout

Clock = Callable[[], float]


@dataclass(frozen=True, kw_only=True)
class CallContext:
    """What a call carries beside its request. Make one with `new` or `with_timeout`."""

    call_id: UUID = field(default_factory=uuid4)
    branch_id: UUID = field(default_factory=uuid4)
    deadline: float | None = None
    """When the call must be over, by `clock`; None: it may take for ever."""
    capabilities: frozenset[str] | None = None
    """What the call may do. None: nobody restricts it; an empty set: nothing at all."""
    attrs: Mapping[str, Any] = field(default_factory=dict)
    """Facts for the middleware, read-only; `service_requires` is what the service needs."""
    tracking: dict[str, Any] = field(default_factory=dict, compare=False)
    """Notes that the middleware leaves, such as the number of attempts."""
    clock: Clock = field(default=time.monotonic, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "attrs", MappingProxyType(dict(self.attrs)))
        if self.capabilities is not None:
            object.__setattr__(self, "capabilities", frozenset(self.capabilities))

    def __repr__(self) -> str:  # attributes may hold secrets
        names = ", ".join(self.attrs)
        return f"CallContext(call_id={self.call_id}, deadline={self.deadline}, attrs=[{names}])"

    @classmethod
    def new(
        cls,
        branch_id: UUID | None = None,
        *,
        deadline_s: float | None = None,
        capabilities: Collection[str] | None = None,
        clock: Clock = time.monotonic,
        **attrs: Any,
    ) -> Self:
        """A context for one call. `deadline_s` is a moment of the monotonic clock, not a duration."""
        granted = None if capabilities is None else frozenset(capabilities)
        return cls(branch_id=branch_id or uuid4(), deadline=deadline_s, capabilities=granted, attrs=attrs, clock=clock)

    @classmethod
    def with_timeout(
        cls,
        branch_id: UUID | None = None,
        timeout_s: float = 60.0,
        *,
        capabilities: Collection[str] | None = None,
        clock: Clock = time.monotonic,
        **attrs: Any,
    ) -> Self:
        """A context for one call that must be over in `timeout_s` seconds from now."""
        return cls.new(branch_id, deadline_s=clock() + timeout_s, capabilities=capabilities, clock=clock, **attrs)

    @property
    def remaining_time(self) -> float | None:
        """Seconds until the deadline, at least 0; None without one."""
        return None if self.deadline is None else max(0.0, self.deadline - self.clock())

    @property
    def is_expired(self) -> bool:
        """Whether the deadline is over; never without one."""
        return self.deadline is not None and self.clock() >= self.deadline

    @contextmanager
    def limit(self, what: str = "the call") -> Iterator[None]:
        """Cancel what runs inside at the deadline. Raises `CallTimeout`; at once when the deadline is over.

        Not to be held across the `yield` of an async generator: limit each step there.
        """
        left = self.remaining_time
        if left is None:
            yield
            return
        if left <= 0:
            raise CallTimeout(f"{what} was not made: its deadline is over")
        from anyio import move_on_after

        with move_on_after(left) as scope:
            yield
        if scope.cancelled_caught:
            raise CallTimeout(f"{what} was not over in time: the deadline has passed")

    def to_dict(self) -> dict[str, Any]:
        """As JSON values. A monotonic moment means nothing elsewhere, so the deadline goes as the seconds left."""
        return {
            "call_id": str(self.call_id),
            "branch_id": str(self.branch_id),
            "remaining_s": self.remaining_time,
            "capabilities": None if self.capabilities is None else sorted(self.capabilities),
            "attrs": {name: _plain(value) for name, value in self.attrs.items()},
            "tracking": dict(self.tracking),
        }

    @classmethod
    def from_dict(cls, told: Mapping[str, Any], *, clock: Clock = time.monotonic) -> Self:
        """The context that `to_dict` told, its deadline counted from now."""
        left, granted = told.get("remaining_s"), told.get("capabilities")
        return cls(
            call_id=UUID(told["call_id"]),
            branch_id=UUID(told["branch_id"]),
            deadline=None if left is None else clock() + left,
            capabilities=None if granted is None else frozenset(granted),
            attrs=told.get("attrs", {}),
            tracking=dict(told.get("tracking", {})),
            clock=clock,
        )


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(value)
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value
