"""The prompt that a session's model gets, for the people who want to read it."""

from __future__ import annotations

from typing import Literal

from .base import Model

PromptKind = Literal["project", "upstream", "tools", "disposition", "knowledge", "request"]


class PromptPart(Model):
    """One part of the prompt, in its place."""

    kind: PromptKind
    title: str
    text: str


class PromptPreview(Model):
    """What ``GET /projects/{project}/prompt`` answers: the parts in the order of the prompt."""

    parts: list[PromptPart]
    tools: list[str]
    """Names of the tools that are offered."""
    characters: int


class ToolInfo(Model):
    """A tool of the agent."""

    name: str
    title: str
    """Its first sentence."""
    group: Literal["files", "notebooks", "branches", "terminal", "results", "conversation"]
    always: bool = False
    """It is part of the loop, and cannot be switched off."""
