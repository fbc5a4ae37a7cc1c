"""Steps: which middleware stands around a model's calls, and in which order.

Rule of the file: policy, metrics, redaction, hooks, yours; then circuit, retry, and the rate limit, which is innermost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from conformance.calls.breaker import BreakerConfig, CircuitBreaker
from conformance.calls.chain import Middleware
from conformance.calls.hooked import Hooked
from conformance.calls.hooks import HookRegistry
from conformance.calls.limits import Limits, RateLimiter
from conformance.calls.metrics import Metrics, Telemetry
from conformance.calls.policy import PolicyGate
from conformance.calls.redaction import Redaction
from conformance.calls.resilience import resilience
from conformance.calls.retry import RetryConfig
from conformance.calls.throttle import Throttle
from conformance.errors import InputError


@dataclass(frozen=True, kw_only=True)
class Steps:
    """The switches of a chain. What is left as it is stands there in its plain form."""

    policy: bool = True
    metrics: bool = True
    redaction: bool = True
    resilience: bool = True
    """Circuit breaker and retry."""
    telemetry: Telemetry | None = None
    """Where metrics send their figures."""
    hooks: HookRegistry | None = None
    retry: RetryConfig | None = None
    circuit: BreakerConfig | CircuitBreaker | None = None
    """A `CircuitBreaker` may be shared by all who call one server."""
    limits: Limits | RateLimiter | None = None
    """What may go out in a window; a `RateLimiter` may be shared too. None: no limit."""
    others: Sequence[Middleware] = ()
    """Your own."""

    def chain(self, requires: frozenset[str]) -> tuple[Middleware, ...]:
        """The middleware around a service that requires these capabilities, outermost first."""
        limiter = RateLimiter(self.limits) if isinstance(self.limits, Limits) else self.limits
        found: list[Middleware] = []
        found += [PolicyGate(requires)] if self.policy else []
        found += [Metrics(self.telemetry)] if self.metrics else []
        found += [Redaction()] if self.redaction else []
        found += [Hooked(self.hooks)] if self.hooks is not None else []
        found += self.others
        found += resilience(retry=self.retry, circuit=self.circuit) if self.resilience else ()
        found += [Throttle(limiter)] if limiter is not None else []
        return tuple(found)

    def to_dict(self) -> dict[str, Any]:
        """The switches and figures; what is code (hooks, telemetry, your own steps) is not told."""
        switches = {name: getattr(self, name) for name in _SWITCHES}
        figures = {name: _figures(getattr(self, name), kind) for name, kind in _FIGURES.items()}
        return switches | {name: told for name, told in figures.items() if told is not None}

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Self:
        """The steps that `to_dict` told. Raises `InputError` for what it never tells."""
        if odd := sorted(told.keys() - {*_SWITCHES, *_FIGURES}):
            raise InputError(f"a chain has no {odd[0]!r}", f"it has: {', '.join([*_SWITCHES, *_FIGURES])}")
        try:
            made: dict[str, Any] = {name: kind(**told[name]) for name, kind in _FIGURES.items() if name in told}
        except TypeError as fault:
            raise InputError(f"the chain cannot be read: {fault}") from fault
        made |= {name: bool(told[name]) for name in _SWITCHES if name in told}
        return cls(**made)


_SWITCHES = ("policy", "metrics", "redaction", "resilience")
_FIGURES: Mapping[str, type[Any]] = {"retry": RetryConfig, "circuit": BreakerConfig, "limits": Limits}


def _figures(value: Any, kind: type[Any]) -> dict[str, Any] | None:
    """A step's settings; a shared limiter is told by its limits, and a shared circuit not at all."""
    from dataclasses import asdict

    plain = value.limits if isinstance(value, RateLimiter) else value
    return asdict(plain) if isinstance(plain, kind) else None
