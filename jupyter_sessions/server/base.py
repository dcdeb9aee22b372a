"""What our handlers share: who asks, what they may see, one shape of errors."""

from __future__ import annotations

import asyncio
import json
from http.client import responses
from typing import TYPE_CHECKING, Any, TypeVar

from jupyter_server.auth.identity import IdentityProvider
from jupyter_server.base.handlers import APIHandler, JupyterHandler
from pydantic import BaseModel as PydanticModel
from pydantic import ValidationError
from tornado.web import HTTPError, MissingArgumentError

from ..actions.projects import project_of_path, require_project
from ..errors import BadRequest, Denied, NotFound, SessionsError, TooLarge
from ..ids import ProjectId, RunId, SessionId, UserId, is_id
from ..models.scope import Scope
from .identity import KernelIdentity, user_id
from .kernel_env import KernelGrant

if TYPE_CHECKING:
    from .app import SessionsApp
    from .backend import Backend

M = TypeVar("M", bound=PydanticModel)
MAX_LIMIT = 1000


# At run time a mixin: WebSocketMixin must come between it and JupyterHandler.
if TYPE_CHECKING:
    _Handler = JupyterHandler
else:
    _Handler = object


class SessionsMixin(_Handler):
    """Authentication, by the server's own means or by a kernel's token; and the caller's scope."""

    auth_resource = "jupyter_sessions"
    app: SessionsApp
    backend: Backend
    grant: KernelGrant | None = None

    def initialize(self, app: SessionsApp) -> None:
        self.app = app

    @property
    def identity_provider(self) -> IdentityProvider:
        """The server's, or one that knows the kernel whose token was given."""
        provider: IdentityProvider = self.settings["identity_provider"]
        return provider if self.grant is None else KernelIdentity(self.grant, provider)

    def find_grant(self) -> None:
        """Look for a kernel's token, before the server looks for a user's."""
        header = self.request.headers.get("Authorization", "")
        self.grant = self.app.kernel_tokens.find(header)

    @property
    def user_id(self) -> UserId:
        return user_id(self.settings["identity_provider"], self.current_user.username)

    async def scope(self, project_id: str) -> Scope:
        """Return the caller's scope in a project; a kernel's token opens only its own project.

        Raises NotFound when it is missing or someone else's: nothing is looked up before this.
        """
        scope = Scope(self.user_id, ProjectId(self.valid(project_id, "project")))
        await require_project(self.backend.timeline, scope)
        self.backend.watch.knows(scope.user_id)
        if self.grant is not None and await self.kernel_project() != scope.project_id:
            raise NotFound("project")
        return scope

    async def kernel_project(self) -> ProjectId | None:
        """Return the project that holds the notebook of the calling kernel."""
        assert self.grant is not None
        path = await self.backend.kernel_path(self.grant)
        if path is None:
            return None
        found = await project_of_path(self.backend.timeline, self.backend.root, self.user_id, path)
        return None if found is None else found.id

    def deny_kernels(self) -> None:
        """Refuse a kernel's token where it has no business."""
        if self.grant is not None:
            raise Denied(
                "A kernel's token does not open this. Use the Chats tab, or your own token."
            )

    @staticmethod
    def valid(text: str, noun: str) -> str:
        """Return ``text`` when it has the form of an id; what has not, was never given out."""
        if not is_id(text):
            raise NotFound(noun)
        return text


class SessionsHandler(SessionsMixin, APIHandler):
    """A handler of the REST API."""

    async def _execute(self, transforms: Any, *args: Any, **kwargs: Any) -> None:
        # Tornado has no other way to be around a request, from its beginning to its end.
        try:
            with self.app.in_flight.one():
                await super()._execute(transforms, *args, **kwargs)
        except asyncio.CancelledError:
            if not self.app.in_flight.ending:
                raise

    async def prepare(self, **kwargs: Any) -> None:
        self.find_grant()
        await super().prepare(**kwargs)
        if getattr(self.request, "too_large", False):
            limit = self.request.body_limit  # type: ignore[attr-defined]  # the gate says it
            raise TooLarge(f"The body has more than {limit:,} bytes.")
        if self.current_user is not None:
            self.backend = await self.app.backend()

    def body(self, kind: type[M]) -> M:
        """Return the body as a model. Raises BadRequest with a sentence."""
        try:
            return kind.model_validate_json(self.request.body or b"{}")
        except ValidationError as error:
            raise BadRequest(_faults(error)) from error

    def page(self) -> int:
        """Return the argument ``limit``."""
        return self.number("limit", 100, low=1, high=MAX_LIMIT)

    def number(self, name: str, otherwise: int, *, low: int = 0, high: int = 2**53) -> int:
        """Return an argument as a whole number."""
        text = self.get_query_argument(name, None)
        if text is None:
            return otherwise
        if not (text.isascii() and text.isdigit() and len(text) < 17):
            raise BadRequest(f"{name} must be a whole number, not {text!r}.")
        value = int(text)
        if not low <= value <= high:
            raise BadRequest(f"{name} must be between {low} and {high}, not {value}.")
        return value

    def session_id(self, text: str) -> SessionId:
        return SessionId(self.valid(text, "session"))

    def run_id(self, text: str) -> RunId:
        return RunId(self.valid(text, "run"))

    def answer(self, model: PydanticModel, status: int = 200) -> None:
        """Send a model."""
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.finish(model.model_dump_json())

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Send every error in the one shape that it has."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        status, body = error_body(error, status_code)
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(body))

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Log what we cannot explain; what we can is in the answer."""
        if isinstance(value, SessionsError):
            self.log.info("%s %s: %s", self.request.method, self.request.path, value)
        else:
            super().log_exception(typ, value, tb)


def error_body(error: BaseException | None, status: int) -> tuple[int, dict[str, Any]]:
    """Return the status and the body for an error."""
    if isinstance(error, SessionsError):
        return error.status, error.body()
    reason = responses.get(status, "Error")
    message = reason
    if isinstance(error, MissingArgumentError):
        message = f"The argument {error.arg_name!r} is missing."
    elif isinstance(error, HTTPError) and error.log_message:
        message = error.log_message
    elif status >= 500:
        message = "Something failed that should not. The server's log has more."
    code = reason.lower().replace(" ", "_").replace("-", "_")
    return status, {"code": code, "message": message, "reason": reason}


def _faults(error: ValidationError) -> str:
    sentences = []
    for fault in error.errors(include_url=False, include_input=False)[:5]:
        place = ".".join(str(part) for part in fault["loc"])
        message = fault["msg"].removeprefix("Value error, ")
        sentences.append(f"{place}: {message}" if place else message)
    return "; ".join(sentences) + "."
