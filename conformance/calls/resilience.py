"""Retry and circuit breaker together, in the order that makes sense.

Rule of the file: the circuit is outside, so that the attempts of one call count as one failure.
"""

from __future__ import annotations

from conformance.calls.breaker import BreakerConfig, CircuitBreaker
from conformance.calls.chain import Middleware
from conformance.calls.retry import Retry, RetryConfig


def resilience(
    *, retry: RetryConfig | Retry | None = None, circuit: BreakerConfig | CircuitBreaker | None = None
) -> tuple[Middleware, ...]:
    """The middleware to put around calls to one server; give a `CircuitBreaker` to share it with other chains."""
    outer = circuit if isinstance(circuit, CircuitBreaker) else CircuitBreaker(circuit)
    return outer, retry if isinstance(retry, Retry) else Retry(retry)
