"""The grammar of bedrock-converse, as rules.

Rule of the file: it only gathers; a rule stands in the module of what it looks at.
"""

from __future__ import annotations

from conformance.rulebook import Rulebook

from . import (
    rules_answer,
    rules_blocks,
    rules_frames,
    rules_headers,
    rules_pieces,
    rules_reply,
    rules_request,
    rules_sense,
    rules_stream,
    rules_tools,
)

_MODULES = (
    rules_headers,
    rules_request,
    rules_tools,
    rules_sense,
    rules_reply,
    rules_answer,
    rules_frames,
    rules_stream,
    rules_blocks,
    rules_pieces,
)

BOOK = Rulebook(
    "bedrock-converse",
    {rule.id: rule for rule in sorted((rule for module in _MODULES for rule in module.BOOK), key=lambda rule: rule.id)},
)
"""All rules of the dialect, by id."""
