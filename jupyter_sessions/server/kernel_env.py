"""What a kernel is given at its start: our address, and a token for this kernel alone."""

from __future__ import annotations

import asyncio
import hmac
import os
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from jupyter_core.utils import ensure_async
from jupyter_server import CallContext

from ..branches.marks import on_main

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(slots=True)
class KernelGrant:
    """Who a kernel's token stands for."""

    kernel_id: str
    token: str
    username: str | None
    """Who started the kernel; ``None`` when the server itself did."""
    path: str | None
    """Folder or notebook that it was started for, as the contents API names it."""


@dataclass(slots=True)
class KernelTokens:
    """The tokens that are valid now."""

    grants: dict[str, KernelGrant] = field(default_factory=dict)

    def issue(self, kernel_id: str, username: str | None, path: str | None) -> KernelGrant:
        """Return the kernel's grant; a restart keeps it."""
        if kernel_id not in self.grants:
            token = secrets.token_urlsafe(32)
            self.grants[kernel_id] = KernelGrant(kernel_id, token, username, path)
        return self.grants[kernel_id]

    def revoke(self, kernel_id: str) -> None:
        """The kernel is gone for good."""
        self.grants.pop(kernel_id, None)

    def find(self, authorization: str) -> KernelGrant | None:
        """Return the grant for the value of an Authorization header."""
        scheme, _, given = authorization.partition(" ")
        if scheme.lower() not in {"bearer", "token"}:
            return None
        found = None
        for grant in self.grants.values():
            if hmac.compare_digest(grant.token.encode(), given.strip().encode()):
                found = grant
        return found


def give_kernels_tokens(
    serverapp: Any, tokens: KernelTokens, *, hidden: Collection[str] = ()
) -> None:
    """Wrap the server's own ``start_kernel`` and ``shutdown_kernel``.

    A notebook on a branch gets the working directory that it has on main, where its data lies.
    Variables that are ``hidden`` (keys of providers) stay out of the kernels' environment.

    There is no documented hook that sees every start with its id; a provisioner would have to be
    the only one of its kind. Behind a gateway kernels run elsewhere and cannot reach us.
    """
    if serverapp.gateway_config.gateway_enabled:
        return
    manager = serverapp.kernel_manager
    start, shut_down = manager.start_kernel, manager.shutdown_kernel

    async def start_kernel(*args: Any, **kwargs: Any) -> Any:
        known = kwargs.get("kernel_id")
        if known is None or known not in manager:
            kernel_id = known or manager.new_kernel_id(**kwargs)
            grant = tokens.issue(kernel_id, _username(), kwargs.get("path"))
            given = kwargs.get("env") or os.environ
            env = {name: value for name, value in given.items() if name not in hidden}
            env["JUPYTER_SESSIONS_URL"] = serverapp.connection_url
            env["JUPYTER_SESSIONS_TOKEN"] = grant.token
            env["JUPYTER_SESSIONS_KERNEL_ID"] = kernel_id
            kwargs.update(kernel_id=kernel_id, env=env)
            if kwargs.get("path"):
                kwargs["path"] = await asyncio.to_thread(_working_folder, manager, kwargs["path"])
        try:
            return await start(*args, **kwargs)
        except Exception:
            failed = kwargs.get("kernel_id")
            if failed is not None and failed not in manager:
                tokens.revoke(failed)
            raise

    async def shutdown_kernel(kernel_id: str, *args: Any, **kwargs: Any) -> Any:
        restart = kwargs.get("restart", args[1] if len(args) > 1 else False)
        if not restart:
            tokens.revoke(kernel_id)
        return await shut_down(kernel_id, *args, **kwargs)

    manager.start_kernel = start_kernel
    manager.shutdown_kernel = shutdown_kernel


def share_kernels(session_manager: Any) -> None:
    """Wrap the server's own ``create_session`` and ``delete_session``: one notebook, one kernel.

    A browser that opens a notebook and an agent that runs its first cell may both find that it has
    no kernel yet, and both start one. The second is given what the first has made.

    When a cell is run before JupyterLab has found the session of its notebook, it makes another one
    for the same kernel, and then deletes one of them: the kernel stays for the other.
    """
    create, delete = session_manager.create_session, session_manager.delete_session
    starting: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def create_session(*args: Any, **kwargs: Any) -> Any:
        path = kwargs.get("path") or (args[0] if args else None)
        if not path or kwargs.get("kernel_id"):
            return await create(*args, **kwargs)
        lock = starting.setdefault(path, asyncio.Lock())
        async with lock:
            if await ensure_async(session_manager.session_exists(path=path)):
                return await ensure_async(session_manager.get_session(path=path))
            return await create(*args, **kwargs)

    async def delete_session(session_id: str) -> None:
        listed = await ensure_async(session_manager.list_sessions())
        [gone] = [each for each in listed if each["id"] == session_id] or [None]
        if gone is not None and any(_holds_too(each, gone) for each in listed):
            query = "DELETE FROM session WHERE session_id=?"
            session_manager.cursor.execute(query, (session_id,))
            return
        await delete(session_id)

    session_manager.create_session = create_session
    session_manager.delete_session = delete_session


def _holds_too(session: dict[str, Any], gone: dict[str, Any]) -> bool:
    """Tell whether a session has the kernel of one that goes, for the same notebook."""
    if session["id"] == gone["id"] or session["kernel"]["id"] != gone["kernel"]["id"]:
        return False
    # JupyterLab gives a session its notebook's path once it is made; before, its name is a UUID.
    return session["path"] == gone["path"] or bool(_UUID.fullmatch(gone["path"].rpartition("/")[2]))


def _working_folder(manager: Any, path: str) -> str:
    """Return the folder that a kernel works in, as the contents API names it."""
    root = Path(str(getattr(manager, "root_dir", "") or ".")).expanduser()
    plain = path.removeprefix("RTC:").strip("/")  # the drive of jupyter_collaboration
    found = on_main(root, plain)
    return path if found == plain else found


def _username() -> str | None:
    handler = CallContext.get(CallContext.JUPYTER_HANDLER)
    user = getattr(handler, "current_user", None)
    return getattr(user, "username", None)
