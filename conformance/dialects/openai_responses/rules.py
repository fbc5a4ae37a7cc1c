"""The grammar of openai-responses, as rules."""

from __future__ import annotations

from conformance.rulebook import Rulebook

BOOK = Rulebook("openai-responses")
