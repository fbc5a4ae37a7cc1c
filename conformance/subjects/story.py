"""The agent's story, performed: a prompt, a tool, an answer, the session closed and opened again, another answer.

Rule of the file: the same few lines record the cassette and play it back, so both send the same.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.scenarios import agent_story
from conformance.subjects.agent import Ability, Transcript, run_agent

if TYPE_CHECKING:
    import httpx

    from conformance.adapters import Adapter
    from conformance.calls import CallOptions


def abilities() -> list[Ability]:
    """The story's tools, each with its fixed output."""
    return [Ability(tool, _returns(agent_story.TOOL_OUTPUT[tool.name])) for tool in agent_story.TOOLS]


def _returns(output: str) -> Callable[[object], str]:
    return lambda arguments: output


def tell(adapter: Adapter, client: httpx.Client, options: CallOptions, session_path: Path) -> list[Transcript]:
    """Run the story over one session file: one transcript a prompt, each by an agent started anew."""
    return [
        run_agent(adapter, client, options, session_path, abilities(), prompt=prompt, system=agent_story.SYSTEM)
        for prompt in agent_story.PROMPTS
    ]
