"""Asks providers which models they have, and says why one cannot be used."""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import re
import time
from typing import TYPE_CHECKING, Any

from ..models.catalog import Provider, ProviderReport
from ..models.text import storable
from .models import OFFLINE, Models
from .providers import HOSTED, is_installed
from .secrets import redacted

if TYPE_CHECKING:
    import httpx

PATIENCE_S = 8.0
"""Seconds for a provider on the internet."""
LOCAL_PATIENCE_S = 1.5
MAX_ANSWER = 5_000_000
MAX_MODELS = 1_000
_NO_CHAT = re.compile(
    r"embed|whisper|tts|dall-e|moderation|transcribe|realtime|sora|image|audio|rerank|guard",
    re.IGNORECASE,
)
_NAME = re.compile(r"[\w.:/@+-]{1,180}")


class Unusable(Exception):
    """An answer that is no list of models."""


async def probe(models: Models) -> ProviderReport:
    """Ask every provider that can be asked, all at once; remember what was found."""
    httpx = await asyncio.to_thread(importlib.import_module, "httpx")  # a tenth of a second
    # Redirects are not followed: a key goes nowhere but to its provider.
    async with httpx.AsyncClient(follow_redirects=False) as client:
        hosted = [_hosted(client, models, name) for name in HOSTED]
        found = await asyncio.gather(*_locals(client, models), *hosted)
    models.found = {each.id: each for each in found if each.state == "ready"}
    order = {"ready": 0, "refused": 1, "not_reachable": 2, "not_installed": 3}
    found.sort(key=lambda each: order.get(each.state, 4))
    return ProviderReport(items=[OFFLINE_PROVIDER, *found])


async def probe_local(models: Models) -> None:
    """Ask only the servers on this machine; remember what was found."""
    httpx = await asyncio.to_thread(importlib.import_module, "httpx")
    async with httpx.AsyncClient(follow_redirects=False) as client:
        found = await asyncio.gather(*_locals(client, models))
    models.found |= {each.id: each for each in found if each.state == "ready"}


OFFLINE_PROVIDER = Provider(
    id="jupyter_sessions",
    display_name="Offline agent",
    kind="offline",
    state="ready",
    source="part of jupyter_sessions",
    models=[OFFLINE],
)


def _locals(client: httpx.AsyncClient, models: Models) -> list[Any]:
    return [_local(client, name, url) for name, url in models.local.items()]


async def _hosted(client: httpx.AsyncClient, models: Models, name: str) -> Provider:
    about = HOSTED[name]
    base = {"id": name, "display_name": about.display, "kind": "hosted"}
    key = models.keys.find(name)
    if key is None:
        return Provider(**base, state="no_key", advice=models.keys.missing(name))
    if not is_installed(about.client):
        return Provider(
            **base,
            source=key[1],
            state="not_installed",
            reason="Its client is not installed beside the server.",
            advice=f"pip install 'pydantic-ai-slim[{about.extra}]', then start the server again.",
        )
    url = os.environ.get(about.url_variable or "") or about.url
    headers = _headers(name, key[0])
    advice = f"Check the key in {key[1]}, and the network; then look again."
    return await _ask(client, base | {"source": key[1]}, url, headers, PATIENCE_S, advice)


async def _local(client: httpx.AsyncClient, name: str, url: str) -> Provider:
    base = {"id": name, "display_name": name, "kind": "local", "source": url}
    advice = f"Start it, or give its address in SessionsApp.local_servers['{name}']."
    return await _ask(client, base, url, {}, LOCAL_PATIENCE_S, advice)


async def _ask(
    client: httpx.AsyncClient,
    base: dict[str, Any],
    url: str,
    headers: dict[str, str],
    patience_s: float,
    advice: str,
) -> Provider:
    began = time.monotonic()
    try:
        async with asyncio.timeout(patience_s):
            names = await _fetch(client, url, headers)
    except Unusable as error:
        return Provider(**base, state="refused", reason=redacted(str(error)), advice=advice)
    except Exception as error:  # the client's own errors are many, and all mean the same
        reason = "It did not answer in time." if isinstance(error, TimeoutError) else _why(error)
        return Provider(**base, state="not_reachable", reason=reason, advice=advice)
    took = round((time.monotonic() - began) * 1000)
    models = [f"{base['id']}:{name}" for name in names]
    return Provider(**base, state="ready", models=models, took_ms=took)


async def _fetch(client: httpx.AsyncClient, url: str, headers: dict[str, str]) -> list[str]:
    async with client.stream("GET", url.rstrip("/") + "/models", headers=headers) as response:
        body = b""
        async for piece in response.aiter_bytes():
            body += piece
            if len(body) > MAX_ANSWER:
                raise Unusable("It answered with more than a list of models.")
    if response.status_code in (401, 403):
        raise Unusable(f"It refused the key (HTTP {response.status_code}).")
    if response.status_code != 200:
        raise Unusable(f"It answered HTTP {response.status_code}.")
    return _names(body)


def _names(body: bytes) -> list[str]:
    """Return the names in an answer of any of the known shapes; hostile ones are passed over."""
    try:
        answer = json.loads(body)
    except ValueError as error:
        raise Unusable("It answered something that is no list of models.") from error
    if isinstance(answer, dict):
        answer = answer.get("data", answer.get("models"))
    if not isinstance(answer, list):
        raise Unusable("It answered something that is no list of models.")
    names = []
    for each in answer[:MAX_MODELS]:
        name = (each.get("id") or each.get("name")) if isinstance(each, dict) else None
        if isinstance(name, str):
            name = storable(name).removeprefix("models/")
            if _NAME.fullmatch(name) and not _NO_CHAT.search(name):
                names.append(name)
    return sorted(set(names))


def _headers(provider: str, key: str) -> dict[str, str]:
    if provider == "anthropic":
        return {"x-api-key": key, "anthropic-version": "2023-06-01"}
    if provider == "google":
        return {"x-goog-api-key": key}
    return {"Authorization": f"Bearer {key}"}


def _why(error: Exception) -> str:
    said = redacted(str(error)).strip()
    return f"It cannot be reached: {said[:200]}" if said else "It cannot be reached."
