"""The server extension: configuration and wiring.

The server loads this module at its start, so it imports next to nothing. Everything else (pydantic,
SQLAlchemy, our handlers) loads in a thread at the first request below ``/jupyter-sessions/``.
"""

from __future__ import annotations

import asyncio
import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_core.paths import jupyter_data_dir
from jupyter_server.extension.application import ExtensionApp
from traitlets import Dict, Float, Int, List, Unicode, default, validate

from ..agent.providers import key_variables
from .gate import Gate
from .in_flight import InFlight
from .kernel_env import KernelTokens, give_kernels_tokens, share_kernels

if TYPE_CHECKING:
    from .backend import Backend


class SessionsApp(ExtensionApp):
    """Durable conversations with agents."""

    name = "jupyter_sessions"
    extension_url = "/jupyter-sessions"
    load_other_extensions = True

    db_url = Unicode(
        help="""Where everything is stored: 'sqlite:///<file>' or
        'postgresql://<user>@<host>/<database>' (needs the extra 'postgresql'). Default: a SQLite
        file in Jupyter's data directory, which needs no set-up. Use PostgreSQL for a hub, and
        wherever home directories lie on a network file system.""",
    ).tag(config=True)
    default_model = Unicode(
        help="""Model of sessions that have not chosen one, as 'provider:model'. Default: the first
        of 'models', else the offline agent, which needs no model.""",
    ).tag(config=True)
    models = List(
        Unicode(),
        help="""Models that are offered, as 'provider:model', for example
        ['anthropic:claude-sonnet-4-5']. Keys are read from the environment of the server, or from
        'api_keys'. What a probe finds is offered besides.""",
    ).tag(config=True)
    api_keys = Dict(
        key_trait=Unicode(),
        value_trait=Unicode(),
        help="""Keys of providers that are not in the environment, for example
        {'anthropic': '…'}. Keep the file private (mode 0600). Keys are never shown, logged, or
        given to a kernel or a command of the agent.""",
    ).tag(config=True)
    kernel_keys = List(
        Unicode(),
        help="""Variables with keys of providers that kernels keep, for notebooks that talk to a
        model by themselves, for example ['OPENAI_API_KEY']. All others are taken out of the
        environment of kernels, and of the agent's commands.""",
    ).tag(config=True)
    local_servers = Dict(
        key_trait=Unicode(),
        value_trait=Unicode(),
        default_value={
            "ollama": "http://localhost:11434/v1",
            "lmstudio": "http://localhost:1234/v1",
            "llamacpp": "http://localhost:8080/v1",
            "vllm": "http://localhost:8000/v1",
        },
        help="""Servers that speak the OpenAI protocol, by the word that stands before the colon of
        their models' names. They are asked for their models when the list of models is opened.""",
    ).tag(config=True)
    runtimes = Dict(
        key_trait=Unicode(),
        value_trait=Dict(),
        default_value={"cpu": {"display_name": "CPU"}, "gpu": {"display_name": "GPU"}},
        help="""Kinds of machine that kernels of a project start on, by id: 'display_name', and
        'kernel_name' for a kernelspec other than the server's default. New projects use 'cpu'.""",
    ).tag(config=True)
    max_calls = Int(5, min=1, help="Tool calls that a model may make in one response.").tag(
        config=True
    )
    max_iterations = Int(
        35, min=1, help="Responses with tool calls before the agent must come back to the user."
    ).tag(config=True)
    notice_iterations = Int(
        32, min=1, help="Responses with tool calls after which the model is told to wrap up."
    ).tag(config=True)
    max_running = Int(
        8, min=1, help="Runs that are at work at once, over all sessions; others wait."
    ).tag(config=True)
    model_attempts = Int(
        4, min=1, help="Tries of one request to a model before its run fails."
    ).tag(config=True)
    model_backoff = Float(
        1.0, min=0, help="Seconds before the second try; doubled before each further one."
    ).tag(config=True)
    model_timeout = Float(
        120.0, min=0.1, help="Seconds without a sign of life from a model before it is given up."
    ).tag(config=True)
    context_window = Int(
        0,
        min=0,
        help="""Tokens that a model can take at once, for models whose own window is not known:
        local servers, mostly. Set it to what the server was started with. When a conversation
        comes near it, its older part is summarized for the model. 0: not known, taken as
        128,000.""",
    ).tag(config=True)
    saved_bytes = Int(
        4 * 1024**3,
        min=0,
        help="""Bytes on disk that saved variables may have, in the folder 'jupyter_sessions/saved'
        of Jupyter's data directory; never more than a quarter of what is free there. Kernels whose
        cells took long have theirs saved in the background, so that a notebook can be forked with
        its state after the kernel has ended. 0: nothing is saved, and what was saved is
        removed.""",
    ).tag(config=True)
    saved_seconds = Float(
        10.0,
        min=0,
        help="""Seconds of work that the cells of a kernel must have taken since its variables were
        last saved, before they are saved again.""",
    ).tag(config=True)
    max_import = Int(
        100_000_000, min=1_000, help="Bytes that a file may have that is imported as a session."
    ).tag(config=True)
    max_body = Int(8_000_000, min=1_000, help="Bytes that the body of a request may have.").tag(
        config=True
    )

    kernel_tokens: KernelTokens
    in_flight: InFlight
    _backend: asyncio.Task[Backend] | None = None

    @default("db_url")
    def _default_db_url(self) -> str:
        return f"sqlite:///{Path(jupyter_data_dir()) / 'jupyter_sessions' / 'sessions.db'}"

    @validate("runtimes")
    def _has_cpu(self, proposal: Any) -> dict[str, Any]:
        return {"cpu": {"display_name": "CPU"}, **proposal["value"]}

    def initialize_settings(self) -> None:
        """Give every kernel that starts from now on a token of its own."""
        self.settings["jupyter_sessions"] = self
        self.kernel_tokens = KernelTokens()
        self.in_flight = InFlight()
        hidden = key_variables(self.kernel_keys)
        give_kernels_tokens(self.serverapp, self.kernel_tokens, hidden=hidden)
        assert self.serverapp is not None
        share_kernels(self.serverapp.session_manager)

    def initialize_handlers(self) -> None:
        """Put the gate in front of the server's routes; see ``gate``."""
        Gate(self).install(self.web_app)

    @property
    def web_app(self) -> Any:
        """The tornado application of the server."""
        assert self.serverapp is not None, "an extension is loaded by a server"
        return self.serverapp.web_app

    async def routes(self) -> list[tuple[Any, ...]]:
        """Return our routes; the first call imports them, in a thread."""
        module = await asyncio.to_thread(importlib.import_module, "jupyter_sessions.server.routes")
        routes: list[tuple[Any, ...]] = module.routes(self)
        return routes

    async def backend(self) -> Backend:
        """Return what handlers work with; the first call opens the database.

        Raises StorageReadOnly or StorageFull when it cannot be opened; the next call tries again.
        """
        if self._backend is None:
            module = importlib.import_module("jupyter_sessions.server.backend")
            self._backend = asyncio.create_task(module.open_backend(self))
        try:
            return await asyncio.shield(self._backend)
        except BaseException:
            if self._backend is not None and self._backend.done():
                self._backend = None
            raise

    async def stop_extension(self) -> None:
        """End what runs, and close the database."""
        await self.in_flight.end()
        task, self._backend = self._backend, None
        if task is not None:
            backend = await task
            await backend.close()
