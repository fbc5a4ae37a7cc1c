"""The grammar of anthropic-messages, as rules.

Rule of the file: it only gathers; the rules stand in `rules_request`, `rules_reply` and `rules_stream`.
"""

from __future__ import annotations

from conformance.rulebook import Rulebook

BOOK = Rulebook("anthropic-messages")
