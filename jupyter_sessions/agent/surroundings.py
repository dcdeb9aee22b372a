"""Finds out what a session's model is told: one way for a run, and for the preview of it."""

from __future__ import annotations

from ..actions.contexts import read_contexts
from ..actions.dispositions import read_disposition
from ..actions.key_results import Editor, list_results
from ..actions.sessions import read_session
from ..ids import SessionId
from ..models.project import Project
from ..models.prompt import PromptPart, PromptPreview
from ..models.scope import Scope
from ..timeline import Timeline
from .prompt import Surroundings, prompt_parts
from .tools.catalog import enabled


async def look_around(
    timeline: Timeline,
    editor: Editor,
    scope: Scope,
    project: Project,
    session_id: SessionId,
    *,
    branch: str,
    notebook: str | None,
) -> Surroundings:
    """Return what the model of a session is told, as things stand now."""
    results = await list_results(timeline, editor, scope, session_id)
    asked = await read_disposition(timeline, editor, scope, session_id, results)
    decides = asked.json_schema is not None
    return Surroundings(
        project=project.name,
        runtime=project.default_runtime,
        branch=branch,
        notebook=notebook,
        system_prompt=project.system_prompt,
        upstream=await read_contexts(timeline, editor, scope, session_id),
        tools=enabled(project.tools, decides=decides),
        all_tools=enabled(project.tools, decides=decides) == enabled(None, decides=decides),
        json_schema=asked.json_schema,
        results=results,
        decision=asked.value,
        stale=asked.stale_reason,
    )


async def preview(
    timeline: Timeline,
    editor: Editor,
    scope: Scope,
    project: Project,
    session_id: SessionId | None,
    *,
    notebook: str | None,
    calls: int,
) -> PromptPreview:
    """Return the prompt that a session's next request begins with, or that of a new session."""
    if session_id is None:
        around = new_surroundings(project, notebook)
        request = None
    else:
        session = await read_session(timeline, scope, session_id)
        request = None if session.started else session.request
        around = await look_around(
            timeline,
            editor,
            scope,
            project,
            session_id,
            branch=session.active_branch,
            notebook=notebook,
        )
    parts = prompt_parts(around, calls=calls)
    if request:
        parts.append(PromptPart(kind="request", title="Starting request", text=request))
    return PromptPreview(
        parts=parts,
        tools=list(around.tools),
        characters=sum(len(part.text) for part in parts),
    )


def new_surroundings(project: Project, notebook: str | None) -> Surroundings:
    """Return what the model of a session without a past is told."""
    tools = enabled(project.tools, decides=False)
    return Surroundings(
        project=project.name,
        runtime=project.default_runtime,
        branch="main",
        notebook=notebook,
        system_prompt=project.system_prompt,
        tools=tools,
        all_tools=tools == enabled(None, decides=False),
    )
