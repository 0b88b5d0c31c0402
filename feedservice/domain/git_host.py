"""The address of a repository on a Git host, as the desk in the browser asks its API. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Self

from feedservice.i18n import _

_ADDRESS = re.compile(
    r"(?P<kind>github|gitlab|gitea|forgejo)\+"
    r"(?P<origin>https://[a-z0-9.-]+(?::[0-9]{1,5})?|http://(?:127\.0\.0\.1|localhost):[0-9]{1,5})/"
    r"(?P<repo>[\w.-]+(?:/[\w.-]+)+)(?:\?app=(?P<app>[\w.-]+))?"
    r"(?:#(?P<branch>[\w][\w./-]*)?(?::(?P<folder>[\w][\w./ -]*))?)?"
)
_API: Mapping[str, str] = MappingProxyType(
    {"github": "/api/v3", "gitlab": "/api/v4", "gitea": "/api/v1"}
)
REPOSITORIES = _(
    "github+, gitlab+, gitea+ or forgejo+ before a repository's https:// address; ?app= "
    "and the id of an OAuth application (not of GitHub's); #branch or #branch:folder"
)
"""What is accepted as a repository."""
_GITHUB = "https://github.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHost:
    """A repository, and where its host is asked.

    Attributes:
        kind: ``github``, ``gitlab`` or ``gitea``, which Forgejo is, too.
        origin: of the host.
        repo: owner, or groups, and name.
        branch: the host's own default where it is empty.
        folder: of the content; the root where it is empty.
        app: the id of the application that people sign in through; they bring a token without one.
    """

    kind: str
    origin: str
    repo: str
    branch: str = ""
    folder: str = ""
    app: str = ""

    @classmethod
    def read(cls, address: str) -> Self:
        """Return what ``gitlab+https://host/group/name?app=id#branch:folder`` says.

        Raises:
            ValueError: it is no such address.
        """
        found = _ADDRESS.fullmatch(address)
        if found is None:
            raise ValueError(address)
        said = {key: value.strip("/") for key, value in found.groupdict("").items()}
        is_github = said["kind"] == "github"
        # Whose applications keep a secret, which a page cannot.
        if is_github and (said["app"] or said["repo"].count("/") > 1):
            raise ValueError(address)
        kind, repo = said["kind"].replace("forgejo", "gitea"), said["repo"].removesuffix(".git")
        return cls(**said | {"kind": kind, "repo": repo})

    @property
    def api(self) -> str:
        """What addresses of its API begin with."""
        if self.origin == _GITHUB:
            return "https://api.github.com"
        return self.origin + _API[self.kind]

    @property
    def pictures(self) -> tuple[str, ...]:
        """Origins of the faces of who signed in."""
        if self.origin == _GITHUB:
            return ("https://avatars.githubusercontent.com",)
        return (self.origin,)

    def backend(self) -> dict[str, Any]:
        """Return it as Sveltia's ``backend``."""
        given = {"branch": self.branch, "app_id": self.app}
        return {
            "name": self.kind,
            "repo": self.repo,
            "base_url": self.origin,
            "api_root": self.api,
            "auth_methods": ["oauth", "token"] if self.app else ["token"],
            **({"auth_type": "pkce"} if self.app and self.kind == "gitlab" else {}),
            **{key: value for key, value in given.items() if value},
        }
