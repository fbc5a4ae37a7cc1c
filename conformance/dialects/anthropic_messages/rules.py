"""The grammar of anthropic-messages, as rules.

Rule of the file: it only gathers; a rule stands in the module of what it looks at.
"""

from __future__ import annotations

from conformance.dialects.anthropic_messages import (
    rules_answer,
    rules_asked,
    rules_blocks,
    rules_content,
    rules_delta,
    rules_headers,
    rules_reply,
    rules_request,
    rules_sense,
    rules_shape,
    rules_stream,
    rules_tools,
)
from conformance.rulebook import Rulebook

_MODULES = (
    rules_headers,
    rules_request,
    rules_content,
    rules_tools,
    rules_sense,
    rules_reply,
    rules_shape,
    rules_answer,
    rules_asked,
    rules_stream,
    rules_delta,
    rules_blocks,
)

BOOK = Rulebook(
    "anthropic-messages",
    {rule.id: rule for rule in sorted((rule for module in _MODULES for rule in module.BOOK), key=lambda rule: rule.id)},
)
"""All rules of the dialect, by id."""
