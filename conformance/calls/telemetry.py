"""Figures for OpenTelemetry: needs the extra `telemetry`.

Rule of the file: only the API is imported; what happens to the figures is for the program's own SDK to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.errors import MissingExtra


class OpenTelemetry:
    """A `Telemetry` over a meter of OpenTelemetry: `Metrics(OpenTelemetry())`."""

    def __init__(self, meter: Any = None) -> None:
        try:
            from opentelemetry.metrics import get_meter
        except ImportError as fault:
            told = "figures for OpenTelemetry need the package opentelemetry-api"
            raise MissingExtra(told, "pip install 'provider-conformance[telemetry]'") from fault
        self._meter = meter or get_meter("conformance.calls")
        self._made: dict[str, Any] = {}

    def count(self, name: str, attrs: Mapping[str, str]) -> None:
        if name not in self._made:
            self._made[name] = self._meter.create_counter(name)
        self._made[name].add(1, dict(attrs))

    def record(self, name: str, value: float, attrs: Mapping[str, str]) -> None:
        if name not in self._made:
            self._made[name] = self._meter.create_histogram(name, unit="s")
        self._made[name].record(value, dict(attrs))
