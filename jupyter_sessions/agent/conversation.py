"""Puts a loop together. Importing this loads pydantic-ai."""

from __future__ import annotations

from pydantic_ai.models import Model

from ..actions.runs import read_start
from ..models.event import Blob
from ..models.run import Run
from ..timeline import Origin, Timeline
from .calls import prompt_user, read_result_tool
from .interrupt import Interrupt
from .loop import Loop
from .models import OFFLINE
from .prompt import Surroundings
from .request import Requester
from .rules import Limits
from .runner import Workbench
from .toolbox import Toolbox
from .tools import TOOLS
from .transcript import Transcript

TOOLBOX = Toolbox([*TOOLS, read_result_tool, prompt_user])


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

    async def load_blob(blob: Blob) -> bytes:
        data, _ = await timeline.get_blob(origin.scope, blob.blob)
        return data

    return Loop(
        timeline=timeline,
        origin=origin,
        requester=Requester(timeline, origin, model, run.model, limits, free=run.model == OFFLINE),
        toolbox=TOOLBOX,
        limits=limits,
        interrupt=interrupt,
        around=Surroundings(workbench.project, workbench.runtime, run.branch, notebook),
        context=lambda call_id: workbench.context(origin, notebook, call_id),
        transcript=Transcript(load_blob),
        iteration=iterations,
    )
