"""Finds out what a session's model is told: one way for a run, and for the preview of it."""

from __future__ import annotations

from ..actions.contexts import read_contexts
from ..actions.dispositions import read_disposition
from ..actions.key_results import Editor, list_results
from ..actions.sessions import read_session
from ..errors import SessionsError
from ..ids import MAIN, BranchId, SessionId
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
    branch: BranchId,
    notebook: str | None,
) -> Surroundings:
    """Return what the model of a session is told, as things stand now.

    ``notebook`` is the file that the user looks at, which may lie on another branch.
    """
    works_on, looks_at, seen_on = await _places(editor, branch, notebook)
    results = await list_results(timeline, editor, scope, session_id)
    asked = await read_disposition(timeline, editor, scope, session_id, results)
    decides = asked.json_schema is not None
    return Surroundings(
        project=project.name,
        runtime=project.default_runtime,
        branch=works_on,
        notebook=looks_at,
        notebook_branch=seen_on,
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
        _, looks_at, seen_on = await _places(editor, MAIN, notebook)
        around = new_surroundings(project, looks_at, seen_on)
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


async def _places(
    editor: Editor, branch: BranchId, file: str | None
) -> tuple[str, str | None, str | None]:
    """Return the name of the branch, the notebook that is looked at, and its branch if another."""
    try:
        notebooks = await editor()
        name = await notebooks.branch_name(branch)
        place = None if file is None else await notebooks.locate(file)
    except SessionsError:  # the folder is gone: what is left is said as it was given
        return branch, file, None
    if place is None:
        return name, file, None
    return name, place[1], None if place[0].id == branch else place[0].name


def new_surroundings(
    project: Project, notebook: str | None, notebook_branch: str | None = None
) -> Surroundings:
    """Return what the model of a session without a past is told."""
    tools = enabled(project.tools, decides=False)
    return Surroundings(
        project=project.name,
        runtime=project.default_runtime,
        branch=MAIN,
        notebook=notebook,
        notebook_branch=notebook_branch,
        system_prompt=project.system_prompt,
        tools=tools,
        all_tools=tools == enabled(None, decides=False),
    )
