"""Whose, and in which project: the first argument of everything that reads or changes state."""

from __future__ import annotations

from dataclasses import dataclass

from ..ids import ProjectId, UserId


@dataclass(frozen=True, slots=True)
class Scope:
    """A user in one of their projects.

    Made in one place from the authenticated request, never from a body or a tool's parameter.
    What lies outside of it does not exist.
    """

    user_id: UserId
    project_id: ProjectId
