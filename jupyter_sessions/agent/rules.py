"""The rules of the loop: pure functions over counts and names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

PROMPT_USER = "prompt_user"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a session's agent may do before it must come back to the user."""

    calls: int = 5
    """Tool calls in one response."""
    iterations: int = 35
    """Responses with tool calls before only ``prompt_user`` is offered."""
    notice: int = 32
    """Iterations after which the model is told to wrap up."""
    attempts: int = 4
    """Tries of one request before the run fails."""
    backoff_s: float = 1.0
    """Seconds before the second try; doubled each time."""
    model_timeout_s: float = 120.0
    """Seconds without a sign of life from the model."""
    result_chars: int = 16_000
    """Characters of a tool's result that the model is given at once."""
    context_window: int = 0
    """Tokens that a model takes whose own window is not known; 0 when that is not known either."""


def refusal(names: Sequence[str], iterations: int, limits: Limits) -> str | None:
    """Return why the calls of one response must not run; ``None`` when they may.

    Args:
        names: Tools that the response calls.
        iterations: Responses with calls before this one.
        limits: The rules.
    """
    if iterations >= limits.iterations and list(names) != [PROMPT_USER]:
        return f"Nothing was run: {notice(iterations, limits)}"
    if PROMPT_USER in names and len(names) > 1:
        return (
            f"Nothing was run: {PROMPT_USER} must be the only call of a response, because it "
            "returns control to the user. Make the other calls first, then ask alone."
        )
    if len(names) > limits.calls:
        return (
            f"Nothing was run: {len(names)} calls in one response, at most {limits.calls} are "
            f"allowed. Repeat the first {limits.calls}, and the others in your next response."
        )
    return None


def notice(iterations: int, limits: Limits) -> str | None:
    """Return what the model is told near and at the limit; ``None`` before."""
    if iterations >= limits.iterations:
        return (
            f"The limit of {limits.iterations} steps is reached. Only {PROMPT_USER} is left: "
            "summarize what you found and ask the user how to go on."
        )
    if iterations >= limits.notice:
        left = limits.iterations - iterations
        return (
            f"Step {iterations} of {limits.iterations}: {left} left. Wrap up now: present what "
            f"you have, and ask the user for feedback with {PROMPT_USER}."
        )
    return None


def offered(names: Sequence[str], iterations: int, limits: Limits) -> list[str]:
    """Return the names of the tools that the next request may use."""
    if iterations >= limits.iterations:
        return [name for name in names if name == PROMPT_USER]
    return list(names)
