"""What providers raise, as sentences that a person can act on."""

from __future__ import annotations

import json

from pydantic_ai import exceptions as ai

from ..errors import ModelError
from .secrets import redacted

_KINDS: tuple[tuple[type[Exception], str, str], ...] = (
    (
        ai.ModelAuthenticationError,
        "auth",
        "refused the API key. Check the key in the environment of the server, then try again",
    ),
    (
        ai.ModelQuotaExceededError,
        "quota",
        "says that the quota or the credit of the account is used up. Top it up, or use another "
        "model",
    ),
    (
        ai.ModelRateLimitError,
        "rate_limit",
        "limits the rate of requests. Wait a minute, or use another model",
    ),
    (ai.ModelOverloadedError, "overloaded", "is overloaded. Try again later, or use another model"),
    (ai.ModelUnavailableError, "overloaded", "is not available now. Try again later"),
    (
        ai.ModelContextWindowExceededError,
        "context_window",
        "cannot take a conversation of this length. Start a new session, or use a model with a "
        "larger context window",
    ),
    (ai.ModelNotFoundError, "not_found", "does not know this model. Choose another one"),
    (ai.ModelTimeoutError, "timeout", "did not answer in time. Try again, or use another model"),
    (ai.ModelRequestTimeout, "timeout", "did not answer in time. Try again, or use another model"),
    (
        ai.ModelConnectionError,
        "connection",
        "could not be reached, or dropped the connection. Check the network, then try again",
    ),
    (ai.ModelServerError, "server", "failed with an error of its own. Try again later"),
    (ai.ModelRequestRejectedError, "rejected", "rejected the request"),
    (ai.UnexpectedModelBehavior, "rubbish", "answered something that cannot be understood"),
    (TimeoutError, "timeout", "did not answer in time. Try again, or use another model"),
    (ai.ModelHTTPError, "server", "answered with an error"),
    (ai.ModelAPIError, "connection", "could not be reached. Check the network, then try again"),
    (ai.UserError, "configuration", "is not set up"),
)
TRANSIENT = frozenset({"rate_limit", "overloaded", "timeout", "connection", "server", "rubbish"})
KNOWN: tuple[type[Exception], ...] = tuple(kind for kind, _, _ in _KINDS)


def explain(error: Exception, model: str) -> ModelError:
    """Return ``error`` as a sentence that names the model; its ``kind`` says whether to retry."""
    if isinstance(error, ModelError):
        return error
    if isinstance(error, ai.ModelAPIError) and (cause := _not_json(error)) is not None:
        error = ai.UnexpectedModelBehavior(str(cause))
    for kind, word, sentence in _KINDS:
        if isinstance(error, kind):
            detail = _detail(error)
            return ModelError(f"{model} {sentence}.{detail}", kind=word)
    raise error


def retry_after(error: Exception) -> float | None:
    """Return the seconds that the provider asked to wait, if it did; at most a minute."""
    wait = getattr(error, "retry_after", None)
    return min(float(wait), 60.0) if isinstance(wait, int | float) else None


def _not_json(error: BaseException) -> json.JSONDecodeError | None:
    cause = error.__cause__ or error.__context__
    while cause is not None and not isinstance(cause, json.JSONDecodeError):
        cause = cause.__cause__ or cause.__context__
    return cause


def _detail(error: Exception) -> str:
    status = getattr(error, "status_code", None)
    body = getattr(error, "body", None)
    said = None
    if isinstance(body, dict):
        inner = body.get("error", body)
        said = inner.get("message") if isinstance(inner, dict) else inner
    if not isinstance(said, str):
        said = None if isinstance(error, TimeoutError) else str(error)
    words = redacted(" ".join(said.split()))[:300] if said else ""
    code = f"HTTP {status}" if status else ""
    inside = ": ".join(part for part in (code, words) if part)
    return f" ({inside})" if inside else ""
