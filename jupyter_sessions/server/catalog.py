"""``/status``, ``/models``, ``/runtimes``, ``/openapi.json``, ``/kernel``; and all else."""

from __future__ import annotations

import json
from importlib.metadata import version

from jupyter_server.auth.decorator import allow_unauthenticated, authorized
from tornado.web import authenticated

from ..actions.projects import read_project
from ..agent.probe import probe
from ..errors import NotFound
from ..models.catalog import KernelInfo, Page, Status
from ..models.project import Runtime
from .base import SessionsHandler
from .openapi import document


class StatusHandler(SessionsHandler):
    """``/status``"""

    @authenticated
    @authorized
    async def get(self) -> None:
        self.answer(
            Status(
                version=version("jupyter_sessions"),
                user=self.user_id,
                database=self.backend.timeline.database.kind,
                root=str(self.backend.root.path),
            )
        )


class ModelsHandler(SessionsHandler):
    """``/models``"""

    @authenticated
    @authorized
    async def get(self) -> None:
        await self.backend.find_local_models()
        self.answer(self.backend.models.catalog())


class ModelProbeHandler(SessionsHandler):
    """``/models/probe``: asks the providers, with the keys that there are."""

    @authenticated
    @authorized("execute")
    async def post(self) -> None:
        self.deny_kernels()
        self.answer(await probe(self.backend.models))


class RuntimesHandler(SessionsHandler):
    """``/runtimes``"""

    @authenticated
    @authorized
    async def get(self) -> None:
        items = [
            Runtime(
                id=key,
                display_name=str(value.get("display_name", key)),
                kernel_name=value.get("kernel_name"),
            )
            for key, value in self.app.runtimes.items()
        ]
        self.answer(Page[Runtime](items=items))


class OpenApiHandler(SessionsHandler):
    """``/openapi.json``"""

    @authenticated
    @authorized
    async def get(self) -> None:
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(document()))


class KernelHandler(SessionsHandler):
    """``/kernel``: tells a kernel where it belongs."""

    @authenticated
    @authorized
    async def get(self) -> None:
        if self.grant is None:
            raise NotFound("kernel behind this token")
        project_id = await self.kernel_project()
        project = None
        if project_id is not None:
            scope = await self.scope(project_id)
            project = await read_project(self.backend.timeline, self.backend.root, scope)
        self.answer(
            KernelInfo(
                kernel_id=self.grant.kernel_id,
                path=await self.backend.kernel_path(self.grant),
                project=project,
            )
        )


class MissingHandler(SessionsHandler):
    """Everything else."""

    @allow_unauthenticated
    async def get(self, *args: str) -> None:
        raise NotFound("page of the API")

    head = post = put = patch = delete = get
