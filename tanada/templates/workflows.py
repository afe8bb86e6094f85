"""CI workflows, written by `tanada ci`: from a pull request's plan to production, in the words of four CIs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateNotFound

from tanada.declarations.inventory import inventory
from tanada.declared.ci import AUDIENCE, OWN_ENVIRONMENTS, WORKFLOW
from tanada.declared.system import System
from tanada.errors import TemplateError
from tanada.files import replace_files
from tanada.templates import Kind

ACTIONS = {
    "checkout": "actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2",
    "setup_python": "actions/setup-python@a309ff8b426b58ec0e2a45f0f869d46889d02405 # v6.2.0",
    "setup_node": "actions/setup-node@6044e13b5dc448c55e2357c09f80417699197238 # v6.2.0",
    "upload_artifact": "actions/upload-artifact@b7c566a772e6b6bfb58ed0dc250532a479d7789f # v6.0.0",
    "download_artifact": "actions/download-artifact@37930b1c2abaa49bbe596cd826c3c89aef350131 # v7.0.0",
}
"""By commit, for a tag can be moved; each pair of commit and version stands in many public repositories."""
MANY_STACKS = 20
"""Above it plans are dealt out to several jobs (tanada/terraform/shards.py says how many)."""
LABEL = "tanada: plan"
"""By which somebody allows one commit of a fork to be planned with credentials."""
_FILES: Mapping[Kind, Mapping[str, str]] = {
    "github": {WORKFLOW.format(name): f"github-{name}.yml.j2" for name in ("synth", "plan", "apply", "drift")},
    "gitlab": {".gitlab/tanada.yml": "gitlab.yml.j2"},
    "jenkins": {"Jenkinsfile": "Jenkinsfile.j2"},
    "codebuild": {f"buildspec-{name}.yml": f"buildspec-{name}.yml.j2" for name in ("plan", "fork", "apply", "drift")},
}
_JOBS = ("apply", "tests", "comment")
"""In github-apply.yml.j2, whatever the accounts are called."""
_WORDS = ("again", "apply")
"""In gitlab.yml.j2 behind `tanada plan`, `tanada apply` and `tanada comment`."""
_YAML = ("y", "n", "yes", "no", "on", "off", "true", "false", "null")
"""Names that YAML 1.1 reads as something else (yaml.org/type/bool.html)."""
_GITLAB_MAIN = ".gitlab-ci.yml"
GITLAB_INCLUDE = "include:\n  - local: .gitlab/tanada.yml\n"
GITLAB_IMAGE_FILE = ".gitlab/tanada-image.yml"
GITLAB_IMAGE = """\
# The image of Tanada's jobs, yours to write: Python 3.11 in a virtual environment, Node.js 22 or 24, git, and the
# pinned terraform (docs/ci.md of Tanada has a Dockerfile). By its digest, for a tag can be moved; not by a variable,
# which whoever starts a pipeline may set: jobs of the main branch may ask for the roles that apply.
.tanada-image:
  image: write-here/the-image@sha256:of-your-registry
"""
"""Until it is written no job starts."""


class _Templates(BaseLoader):
    """Those beside this file, wherever the package lies."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, None]:  # noqa: ARG002
        source = files("tanada.templates") / "ci" / template
        if not source.is_file():
            raise TemplateNotFound(template)
        return source.read_text(encoding="utf-8"), None, None


def workflows(kind: Kind, system: System) -> dict[str, str]:
    """The text of each file, by its path in the repository.

    Raises TemplateError where the declaration names no repository on that forge.
    """
    declared = [account.common.ci for account in system.accounts.values() if account.common.ci is not None]
    ci = declared[0] if declared else None
    if kind in ("github", "gitlab") and (ci is None or getattr(ci, kind) is None):
        example = "github: owner/repository" if kind == "github" else "gitlab: group/project"
        raise TemplateError(
            f"common.ci in system.yaml names no repository on {kind}, so no role would trust its jobs: "
            f"write ci: {{{example}}} there."
        )
    accounts = [
        {"name": name, "protected": account.protected}
        for name, account in sorted(system.accounts.items())
        if kind in ("jenkins", "codebuild") or account.common.ci is not None
    ]
    protected = [str(account["name"]) for account in accounts if account["protected"]]
    unprotected = len(protected) < len(accounts)
    images = {image for account in system.accounts.values() for image in account.common.images}
    values: dict[str, Any] = {
        "system": system.name,
        "audience": AUDIENCE,
        "environments": OWN_ENVIRONMENTS,
        "label": LABEL,
        "actions": ACTIONS,
        "branch": ci.branch if ci else "main",
        "tests": ci.tests if ci else (),
        "token_variable": "GITLAB_TOKEN" if ci is not None and ci.gitlab is not None else "GITHUB_TOKEN",
        "accounts": accounts,
        "protected": protected,
        "unprotected": unprotected,
        "applying": [*(["apply"] if unprotected else []), *map(_job, protected)],
        "images": sorted(images),
        # A first tag may be the commit that last changed a folder: a shallow clone doesn't know it.
        "history": any(image.folder for each in system.accounts.values() for image in each.common.images.values()),
        "many": len(inventory(system)) > MANY_STACKS,
        "image_file": GITLAB_IMAGE_FILE,
    }
    environment = _environment()
    wanted = dict(_FILES[kind])
    if kind == "gitlab" and values["many"]:
        wanted[".gitlab/tanada-shard.yml"] = "gitlab-shard.yml.j2"
    texts = {path: environment.get_template(template).render(values) for path, template in wanted.items()}
    if kind == "gitlab":
        texts[_GITLAB_MAIN] = GITLAB_INCLUDE
        texts[GITLAB_IMAGE_FILE] = GITLAB_IMAGE
    if kind == "codebuild":
        for account in protected:
            template = environment.get_template("buildspec-account.yml.j2")
            texts[f"buildspec-apply-{account}.yml"] = template.render(values, account=account)
    return texts


def _environment() -> Environment:
    """With brackets, as braces are GitHub's own."""
    environment = Environment(
        loader=_Templates(),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - YAML and Groovy; what stands in texts is quoted by `tojson` and `groovy`
        keep_trailing_newline=True,
        block_start_string="[%",
        block_end_string="%]",
        variable_start_string="[[",
        variable_end_string="]]",
        comment_start_string="[#",
        comment_end_string="#]",
    )
    # Jinja's own escapes `<`, `>`, `&` and `'` for HTML: other bytes than the declaration's for whoever reads the file.
    environment.filters["tojson"] = _json
    environment.filters["groovy"] = groovy
    environment.filters["job"] = _job
    environment.filters["word"] = _word
    environment.filters["scalar"] = _scalar
    return environment


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _job(account: str) -> str:
    """The id of the job on GitHub that applies to a protected account: its name, where no other job can have it."""
    taken = account in (*_JOBS, *_YAML) or account.startswith(("plan-", "account-"))
    return f"account-{account}" if taken else account


def _word(account: str) -> str:
    """Which of GitLab's jobs are a protected account's: `tanada apply production`; no name holds a space."""
    return f"account {account}" if account in _WORDS else account


def _scalar(account: str) -> str:
    """An account's name as a text of YAML, whichever version reads it."""
    return _json(account) if account in _YAML else account


def groovy(text: str) -> str:
    """A text as a literal of Groovy without expressions: `'…'`, or `'''…'''` over several lines."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'''{escaped}'''" if "\n" in text else f"'{escaped}'"


def write_workflows(root: Path, texts: Mapping[str, str], *, force: bool) -> dict[str, bool]:
    """Write the files below a folder; say of each whether it had to be written.

    Raises TemplateError where one is there and differs, unless forced: then nothing is written at all. A team's own
    `.gitlab-ci.yml` is never touched where it includes ours, nor is the image that it wrote into ours.
    """
    different = {}
    for path, text in texts.items():
        there = (root / path).read_text(encoding="utf-8") if (root / path).is_file() else None
        included = path == _GITLAB_MAIN and there is not None and ".gitlab/tanada.yml" in there
        own = path == GITLAB_IMAGE_FILE and there is not None
        if there != text and not included and not own:
            different[path] = there is not None
    taken = sorted(path for path, there in different.items() if there)
    if taken and not force:
        advice = "look at what you changed, then say --force to write anew"
        if taken == [_GITLAB_MAIN]:
            advice = f"add these lines to it, or say --force to replace it:\n{GITLAB_INCLUDE.rstrip()}"
        raise TemplateError(f"{', '.join(taken)}: there already, and not what would be written: {advice}.")
    replace_files({root / path: texts[path] for path in different})
    return {path: path in different for path in texts}
