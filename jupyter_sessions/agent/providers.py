"""Providers of models: where their keys come from, and how they are asked what they have.

The server's start loads this module, so it imports the standard library only.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Hosted:
    """A provider on the internet that needs a key."""

    display: str
    variables: tuple[str, ...]
    """Names of variables that may hold its key."""
    url: str
    """Base of its API; ``/models`` below it lists what it has."""
    url_variable: str | None = None
    """Variable that its client takes another base from."""
    client: str = "openai"
    """Module of its client."""
    extra: str = "openai"
    """Extra of pydantic-ai-slim that brings the client."""


HOSTED: dict[str, Hosted] = {
    "anthropic": Hosted(
        "Anthropic",
        ("ANTHROPIC_API_KEY",),
        "https://api.anthropic.com/v1",
        "ANTHROPIC_BASE_URL",
        client="anthropic",
        extra="anthropic",
    ),
    "cerebras": Hosted("Cerebras", ("CEREBRAS_API_KEY",), "https://api.cerebras.ai/v1"),
    "deepseek": Hosted("DeepSeek", ("DEEPSEEK_API_KEY",), "https://api.deepseek.com"),
    "fireworks": Hosted(
        "Fireworks", ("FIREWORKS_API_KEY",), "https://api.fireworks.ai/inference/v1"
    ),
    "google": Hosted(
        "Google",
        ("GOOGLE_API_KEY", "GEMINI_API_KEY"),
        "https://generativelanguage.googleapis.com/v1beta",
        client="google.genai",
        extra="google",
    ),
    "groq": Hosted(
        "Groq",
        ("GROQ_API_KEY",),
        "https://api.groq.com/openai/v1",
        client="groq",
        extra="groq",
    ),
    "mistral": Hosted(
        "Mistral",
        ("MISTRAL_API_KEY",),
        "https://api.mistral.ai/v1",
        client="mistralai",
        extra="mistral",
    ),
    "moonshotai": Hosted("Moonshot AI", ("MOONSHOTAI_API_KEY",), "https://api.moonshot.ai/v1"),
    "openai": Hosted("OpenAI", ("OPENAI_API_KEY",), "https://api.openai.com/v1", "OPENAI_BASE_URL"),
    "openrouter": Hosted("OpenRouter", ("OPENROUTER_API_KEY",), "https://openrouter.ai/api/v1"),
    "together": Hosted("Together", ("TOGETHER_API_KEY",), "https://api.together.xyz/v1"),
    "xai": Hosted("xAI", ("XAI_API_KEY",), "https://api.x.ai/v1", client="xai_sdk", extra="xai"),
}
"""Providers that are looked for, by the name that stands before the colon of a model's name."""

OTHER_VARIABLES = (
    "AZURE_OPENAI_API_KEY",
    "AWS_BEARER_TOKEN_BEDROCK",
    "CO_API_KEY",
    "NEBIUS_API_KEY",
    "OVHCLOUD_API_KEY",
    "PYDANTIC_AI_GATEWAY_API_KEY",
    "SAMBANOVA_API_KEY",
    "VERCEL_AI_GATEWAY_API_KEY",
    "ZAI_API_KEY",
)
"""Keys of providers that are used when named, but not looked for."""


def provider_of(name: str) -> str:
    """Return the provider in a model's name: ``openai`` for ``openai-chat:gpt-5``."""
    prefix = name.partition(":")[0]
    return prefix if prefix in HOSTED else prefix.partition("-")[0]


def key_variables(keep: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the variables that hold keys of providers, but for those to ``keep``."""
    known = [name for hosted in HOSTED.values() for name in hosted.variables]
    return tuple(sorted({*known, *OTHER_VARIABLES} - set(keep)))


def is_installed(module: str) -> bool:
    """Tell whether a client can be imported, without importing it."""
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # a parent of it is missing
        return False


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of providers: from Jupyter's configuration, else from the environment."""

    configured: Mapping[str, str] = field(default_factory=dict, repr=False)
    """By provider. Not part of the ``repr``: keys are never shown."""

    def find(self, provider: str) -> tuple[str, str] | None:
        """Return a provider's key and where it was found; ``None`` without one."""
        if self.configured.get(provider):
            return self.configured[provider], "SessionsApp.api_keys"
        hosted = HOSTED.get(provider)
        for variable in hosted.variables if hosted else ():
            if os.environ.get(variable):
                return os.environ[variable], variable
        return None

    def missing(self, provider: str) -> str | None:
        """Return what to do about a key that is needed and not there."""
        hosted = HOSTED.get(provider)
        if hosted is None or self.find(provider) is not None:
            return None
        names = " or ".join(hosted.variables)
        return (
            f"No key for {hosted.display}: set {names} where the server starts, or "
            f"SessionsApp.api_keys['{provider}'] in its configuration."
        )
