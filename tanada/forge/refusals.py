"""What is said of a forge's answers that are none."""

from __future__ import annotations

from tanada.errors import ForgeError


def refusal(host: str, repository: str, status: int | None, answer: str, doing: str, permission: str) -> ForgeError:
    """The error for an answer that is none: what was not done, where, and what is missing.

    `answer` is in the forge's own words; `doing` is `comment on pull request #7`, `permission` what it takes.
    """
    answered = f"{status}: {answer}" if answer else str(status)
    match status:
        case 401:
            return ForgeError(
                f"{host} refuses the token ({answered}), to {doing}: it is wrong, expired or revoked.", denied=True
            )
        case 403:
            return ForgeError(
                f"{host} does not let this token {doing} ({answered}): it needs {permission} in {repository}.",
                denied=True,
            )
        case 404 | 410:
            return ForgeError(
                f"{host} can't {doing} ({answered}): there is no such thing in {repository}, or the token lacks"
                f" {permission}.",
                denied=True,
            )
        case 400 | 422:
            return ForgeError(f"{host} refuses to {doing} as invalid ({answered}).")
    return ForgeError(f"{host} can't {doing} ({answered}); run this again.")


def silence(host: str, error: Exception, doing: str) -> ForgeError:
    """The error for no answer at all."""
    return ForgeError(
        f"{host} does not answer ({type(error).__name__}), to {doing}: check the network, the proxy (HTTPS_PROXY) and"
        " the certificates (REQUESTS_CA_BUNDLE)."
    )


def of_a_fork(name: str) -> ForgeError:
    """The error for the reports of a pull request (`Pull request #7`) that came from another repository."""
    return ForgeError(
        f"{name} came from a fork, whose reports nobody vouches for: plan its merged commit, look at the plans, and"
        " approve them by tanada apply --all --approve FINGERPRINT."
    )
