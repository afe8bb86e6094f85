"""GitHub and GitLab as far as Tanada calls them, over HTTP on a loopback port.

They answer with the documented fields, refuse what the real ones refuse (no token 401, a missing permission 403,
malformed input 422 or 400, unknown things 404), page their lists, limit rates when told to, and write down every
call. `python -m tests.forge.server` serves both until it is stopped.
"""

from tests.forge.server.github import GitHubServer
from tests.forge.server.gitlab import GitLabServer

__all__ = ["GitHubServer", "GitLabServer"]
