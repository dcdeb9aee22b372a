"""Who asks: made once from the authenticated request, and never from a body or a parameter."""

from __future__ import annotations

import getpass
import os
from typing import Any

from jupyter_server.auth.identity import (
    IdentityProvider,
    LegacyIdentityProvider,
    PasswordIdentityProvider,
    User,
)

from ..ids import UserId
from .kernel_env import KernelGrant

_NO_ACCOUNTS = (IdentityProvider, PasswordIdentityProvider, LegacyIdentityProvider)


def user_id(provider: IdentityProvider, username: str) -> UserId:
    """Return whose projects these are.

    On a hub, or with any provider of real accounts: the username. A plain server has one user, the
    account that runs it: its own provider makes up a name for each request, which means nothing.
    """
    if type(provider) in _NO_ACCOUNTS:
        return UserId(account())
    return UserId(username)


def account() -> str:
    """Return the account that runs the server."""
    try:
        import pwd  # not on Windows
    except ImportError:
        return getpass.getuser()
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container with a number that has no name
        return f"uid-{os.getuid()}"


class KernelIdentity(IdentityProvider):
    """Stands in for the server's provider while a kernel's token is what authenticates."""

    def __init__(self, grant: KernelGrant, provider: IdentityProvider, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._grant = grant
        self._provider = provider

    def get_user(self, handler: Any) -> User:
        return User(username=self._grant.username or account())

    def is_token_authenticated(self, handler: Any) -> bool:
        return True

    def should_check_origin(self, handler: Any) -> bool:
        return False
