"""Puts a loop together. Importing this loads pydantic-ai."""

from __future__ import annotations

from pydantic_ai.models import Model

from ..actions.contexts import import_contexts
from ..actions.notebooks import NotebookEditor
from ..actions.runs import read_start
from ..models.event import Blob
from ..models.run import Run
from ..timeline import Origin, Timeline
from .calls import prompt_user, read_result_tool
from .interrupt import Interrupt
from .loop import Loop
from .models import OFFLINE
from .request import Requester
from .rules import Limits
from .runner import Workbench
from .surroundings import look_around
from .toolbox import Toolbox
from .tools import TOOLS
from .tools.catalog import SET_DISPOSITION
from .tools.dispositions import parameters, set_disposition
from .transcript import Transcript

TOOLBOX = Toolbox([*TOOLS, set_disposition, read_result_tool, prompt_user])


async def begin(
    timeline: Timeline,
    origin: Origin,
    run: Run,
    model: Model,
    limits: Limits,
    interrupt: Interrupt,
    workbench: Workbench,
) -> Loop:
    """Return the loop of a run that has started, ready to go."""
    iterations, notebook = await read_start(timeline, origin.scope, run)

    async def editor() -> NotebookEditor:
        return workbench.notebooks

    await import_contexts(timeline, editor, origin)
    around = await look_around(
        timeline,
        editor,
        origin.scope,
        workbench.project,
        run.session_id,
        branch=run.branch,
        notebook=notebook,
    )
    schema = around.json_schema
    made = {} if schema is None else {SET_DISPOSITION: parameters(schema)}

    async def load_blob(blob: Blob) -> bytes:
        data, _ = await timeline.get_blob(origin.scope, blob.blob)
        return data

    return Loop(
        timeline=timeline,
        origin=origin,
        requester=Requester(timeline, origin, model, run.model, limits, free=run.model == OFFLINE),
        toolbox=TOOLBOX.only(around.tools, made),
        limits=limits,
        interrupt=interrupt,
        around=around,
        context=lambda call_id: workbench.context(origin, around.notebook, call_id),
        transcript=Transcript(load_blob),
        iteration=iterations,
    )
