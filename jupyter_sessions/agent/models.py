"""Models by ``provider:model``: what is offered, and the objects to talk to them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..errors import BadRequest, ModelError
from ..models.catalog import ModelInfo, ModelList, Provider
from .providers import HOSTED, Keys, provider_of
from .secrets import remember_secrets

if TYPE_CHECKING:
    from pydantic_ai.models import Model
    from pydantic_ai.providers import Provider as ProviderClient

OFFLINE = "offline"
MAX_NAME = 200

MAX_FOUND = 300
"""Models of one provider that are offered after a probe."""


@dataclass(slots=True)
class Models:
    """The models of this server."""

    default: str = OFFLINE
    """Used by sessions that have not chosen one."""
    offered: Sequence[str] = ()
    """``provider:model`` names that the operator offers."""
    registered: dict[str, Callable[[], Model]] = field(default_factory=dict)
    """Models that are made by a function of ours, by their whole name."""
    keys: Keys = field(default_factory=Keys)
    local: Mapping[str, str] = field(default_factory=dict)
    """Addresses of servers that speak the OpenAI protocol, by provider."""
    found: dict[str, Provider] = field(default_factory=dict)
    """What the last probe found, by provider."""

    def __post_init__(self) -> None:
        remember_secrets(self.keys.configured.values())

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

        provider, _, model = name.partition(":")
        try:
            if provider in self.local:
                return _local_model(model, self.local[provider])
            return infer_model(name, self._provider) if self.keys.configured else infer_model(name)
        except ImportError as error:
            raise ModelError(
                f"The client for {provider!r} is not installed. Install it beside the server: "
                f"pip install 'pydantic-ai-slim[{provider}]'",
                kind="configuration",
            ) from error
        except (UserError, ValueError) as error:
            raise ModelError(f"{name} is not set up: {error}", kind="configuration") from error

    def _provider(self, name: str) -> ProviderClient[Any]:
        """Return the client of a provider, with the key of the configuration if it has one."""
        from pydantic_ai.providers import infer_provider, infer_provider_class

        key = self.keys.configured.get(provider_of(name))
        if not key:
            return infer_provider(name)
        kind: Any = infer_provider_class(name)
        client: ProviderClient[Any] = kind(api_key=key)
        return client

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
        for provider in self.found.values():
            names += [name for name in provider.models[:MAX_FOUND] if name not in names]
        items += [self._info(name) for name in names]
        seen = {provider_of(item.id) for item in items}
        items += [self._unused(name) for name in HOSTED if name not in seen]
        return ModelList(items=items, default=self.default)

    def _info(self, name: str) -> ModelInfo:
        provider, _, model = name.partition(":")
        reason = None if name in self.registered else self.keys.missing(provider_of(name))
        return ModelInfo(
            id=name,
            display_name=model or name,
            provider=provider,
            available=reason is None,
            reason=reason,
            kind="local" if provider in self.local else "hosted",
        )

    def _unused(self, provider: str) -> ModelInfo:
        reason = self.keys.missing(provider) or (
            f"Look for its models, name some in SessionsApp.models = ['{provider}:…'], or type one."
        )
        return ModelInfo(
            id=f"{provider}:",
            display_name=HOSTED[provider].display,
            provider=provider,
            available=False,
            reason=reason,
        )


def _local_model(name: str, url: str) -> Model:
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    # Such servers want no key, but the client wants one.
    return OpenAIChatModel(name, provider=OpenAIProvider(base_url=url, api_key="none"))
