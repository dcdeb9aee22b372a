"""Models by ``provider:model``: what is offered, and the objects to talk to them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..errors import BadRequest, ModelError
from ..models.catalog import ModelInfo, ModelList

if TYPE_CHECKING:
    from pydantic_ai.models import Model

OFFLINE = "offline"
MAX_NAME = 200

HOSTED: dict[str, tuple[str, tuple[str, ...]]] = {
    "anthropic": ("Anthropic", ("ANTHROPIC_API_KEY",)),
    "google": ("Google", ("GOOGLE_API_KEY", "GEMINI_API_KEY")),
    "groq": ("Groq", ("GROQ_API_KEY",)),
    "mistral": ("Mistral", ("MISTRAL_API_KEY",)),
    "openai": ("OpenAI", ("OPENAI_API_KEY",)),
    "openrouter": ("OpenRouter", ("OPENROUTER_API_KEY",)),
}
"""Providers that are looked for: their display names, and the variables that hold a key."""


@dataclass(slots=True)
class Models:
    """The models of this server."""

    default: str = OFFLINE
    """Used by sessions that have not chosen one."""
    offered: Sequence[str] = ()
    """``provider:model`` names that the operator offers."""
    registered: dict[str, Callable[[], Model]] = field(default_factory=dict)
    """Models that are made by a function of ours, by their whole name."""

    def register(self, name: str, make: Callable[[], Model]) -> None:
        """Add a model of our own under ``name``."""
        self.registered[name] = make

    def check(self, name: str) -> str:
        """Return ``name`` when it has the form of a model's name. Raises BadRequest."""
        known = name == OFFLINE or name in self.registered
        provider, colon, model = name.partition(":")
        if not known and not (colon and provider.strip() and model.strip() and name.isprintable()):
            raise BadRequest(
                f"{name[:MAX_NAME]!r} is not a model: write 'provider:model', for example "
                "'anthropic:claude-sonnet-4-5', or 'offline'."
            )
        return name

    async def resolve(self, name: str) -> Model:
        """Return the model. Raises ModelError, with what to do, when it is not set up.

        The first call of a process imports pydantic-ai (half a second) and the provider's client
        (as much again), in a thread.
        """
        return await asyncio.to_thread(self._resolve, name)

    def _resolve(self, name: str) -> Model:
        if name in self.registered:
            return self.registered[name]()
        if name == OFFLINE:
            from .offline import offline_model  # loads pydantic-ai

            return offline_model()
        from pydantic_ai.exceptions import UserError
        from pydantic_ai.models import infer_model

        try:
            return infer_model(name)
        except ImportError as error:
            provider = name.partition(":")[0]
            raise ModelError(
                f"The client for {provider!r} is not installed. Install it beside the server: "
                f"pip install 'pydantic-ai-slim[{provider}]'",
                kind="configuration",
            ) from error
        except (UserError, ValueError) as error:
            raise ModelError(f"{name} is not set up: {error}", kind="configuration") from error

    def catalog(self) -> ModelList:
        """Return what can be chosen, and why something cannot."""
        items = [
            ModelInfo(
                id=OFFLINE,
                display_name="Offline agent",
                provider="jupyter_sessions",
                available=True,
                kind="offline",
            )
        ]
        names = [*self.offered, *self.registered]
        if self.default not in (OFFLINE, *names):
            names.insert(0, self.default)
        items += [_info(name, registered=name in self.registered) for name in names]
        seen = {item.provider for item in items}
        items += [
            ModelInfo(
                id=f"{provider}:",
                display_name=display,
                provider=provider,
                available=False,
                reason=_missing(provider)
                or f"Offer models of it: SessionsApp.models = ['{provider}:…'], or type a name.",
            )
            for provider, (display, _) in HOSTED.items()
            if provider not in seen
        ]
        return ModelList(items=items, default=self.default)


def _info(name: str, *, registered: bool) -> ModelInfo:
    provider, _, model = name.partition(":")
    reason = None if registered else _missing(provider)
    return ModelInfo(
        id=name,
        display_name=model or name,
        provider=provider,
        available=reason is None,
        reason=reason,
    )


def _missing(provider: str) -> str | None:
    if provider not in HOSTED:
        return None
    display, keys = HOSTED[provider]
    if any(os.environ.get(key) for key in keys):
        return None
    return f"No key for {display}: set {' or '.join(keys)} where the server starts."
