"""A project: one body of work, a folder and all that belongs to it, owned by one user."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from ..ids import ProjectId
from .base import Model, Time
from .text import ProjectName, clean_prompt

FolderState = Literal["ok", "missing", "outside"]
"""``missing``: moved or deleted; ``outside``: not below the root of this server."""

MAX_PROMPT = 100_000
SystemPrompt = Annotated[str, Field(max_length=MAX_PROMPT), AfterValidator(clean_prompt)]
ToolNames = Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=200)]
FolderPath = Annotated[str, Field(max_length=4096)]


class Project(Model):
    """One body of work of one user."""

    id: ProjectId
    name: str
    path: str
    """Folder as the contents API names it (``""`` is the root), or absolute when outside."""
    folder_state: FolderState = "ok"
    default_runtime: str
    system_prompt: str = ""
    """What every session of the project is told first."""
    tools: list[str] | None = None
    """Names of the tools that its sessions may use; ``None``: all of them."""
    session_count: int = 0
    last_seq: int = 0
    """Last event of the project's own timeline: where a live view begins to follow."""
    created_at: Time
    updated_at: Time


class NewProject(Model):
    """Body of ``POST /projects``."""

    name: ProjectName
    path: FolderPath | None = None
    """Folder below the server's root; made when missing. Default: a new one."""


class ProjectPatch(Model):
    """Body of ``PATCH /projects/{project}``: what is left out stays."""

    name: ProjectName | None = None
    default_runtime: str | None = None
    system_prompt: SystemPrompt | None = None
    tools: ToolNames | None = None
    """``null`` enables all of them."""
    path: FolderPath | None = None
    """Where the folder is now, after it was moved by other means."""


class Runtime(Model):
    """A kind of machine that kernels of a project start on."""

    id: str
    display_name: str
    kernel_name: str | None = None
    """Kernelspec to use; ``None`` is the server's default."""
