"""The generated files: where reports are handed over, whose words reach an apply, and what a pipeline may not override.

Their shell runs here as it stands, with a `tanada` that writes down what it was told.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tanada.templates import Kind
from tanada.templates.workflows import GITLAB_IMAGE_FILE, workflows, write_workflows
from tests.templates.ci.systems import KINDS, loaded, system
from tests.templates.ci.test_checked import VARIANTS, shell

EVIL = "--offline --image web=evil --approve 0123456789ab --destroy aws_db_instance.main"


def told(folder: Path, text: str, environ: Mapping[str, str], *, fails: bool = False) -> list[list[str]]:
    """Run a step in a folder, with a `tanada` of ours; what it was called with."""
    tools = folder.parent / "tools"
    tools.mkdir(exist_ok=True)
    program = tools / "tanada"
    program.write_text(
        "#!/usr/bin/env python3\nimport json, sys\n"
        f"print(json.dumps(sys.argv[1:]), file=open({str(tools / 'told')!r}, 'a'))\n"
        f"sys.exit({2 if fails else 0})\n"
    )
    program.chmod(0o755)
    (tools / "told").write_text("")
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", text],
        cwd=folder,
        env={"PATH": f"{tools}:{os.environ['PATH']}", "HOME": str(folder), **environ},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in (tools / "told").read_text().splitlines()]


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("kind", KINDS)
def test_no_step_hands_reports_over_inside_the_checkout(kind: Kind, variant: str) -> None:
    for _, text in shell(kind, variant):
        assert not re.search(r"\.tanada/(approved|merged|applied|asked)", text)
        for line in text.splitlines():
            if " --approved " in line or line.startswith("tanada approved "):
                assert re.search(r'"\$(RUNNER_TEMP|handed|WORKSPACE_TMP|CODEBUILD_SRC_DIR_asked)\b', line), line


@pytest.mark.parametrize("kind", KINDS)
def test_no_free_word_reaches_an_apply(kind: Kind, tmp_path: Path) -> None:
    place = tmp_path / "work"
    place.mkdir()
    environ = {"TANADA_FLAGS": EVIL, "RUNNER_TEMP": str(tmp_path), "WORKSPACE_TMP": str(tmp_path)}
    environ |= {"CODEBUILD_SRC_DIR_asked": str(tmp_path), "handed": str(tmp_path), "AWS_ID_TOKEN": "t"}
    scripts = [text for _, text in shell(kind, "default") if "tanada apply --all" in text and "no-synth" not in text]
    assert scripts
    called = []
    for text in scripts:
        lines = [line for line in text.splitlines() if not line.startswith(("python -m pip", "handed="))]
        called += [each for each in told(place, "\n".join(lines), environ) if each[0] == "apply"]
    assert len(called) >= 2, "of the unprotected accounts, and of production"
    for words in called:
        assert "--offline" in words, "which changes nothing in AWS"
        assert not {"--image", "--approve", "--destroy", "web=evil", "0123456789ab"} & set(words)


def test_a_fingerprint_is_an_input_of_a_run_started_by_hand_and_never_production(tmp_path: Path) -> None:
    workflow = loaded(workflows("github", system("github"))[".github/workflows/tanada-apply.yml"])
    [apply] = [step for step in workflow["jobs"]["apply"]["steps"] if "tanada apply" in step.get("run", "")]
    assert apply["env"]["APPROVE"] == "${{ inputs.approve }}"
    place = tmp_path / "work"
    place.mkdir()
    environ = {"RUNNER_TEMP": str(tmp_path), "APPROVE": "0123456789ab ba9876543210"}
    [words] = told(place, apply["run"], environ)
    assert words[-4:] == ["--approve", "0123456789ab", "--approve", "ba9876543210"]
    assert "APPROVE" not in json.dumps(workflow["jobs"]["production"])
    for kind in ("gitlab", "jenkins", "codebuild"):
        for text in workflows(kind, system(kind)).values():
            assert "--approve " not in text


def test_the_old_approval_goes_where_fetching_a_new_one_fails(tmp_path: Path) -> None:
    fetching = {
        "github": [
            text for _, text in shell("github", "default") if text.startswith("rm -rf") and " approved " in text
        ],
        "gitlab": [text for _, text in shell("gitlab", "default") if "tanada approved" in text],
    }
    place = tmp_path / "work"
    place.mkdir()
    for kind, scripts in fetching.items():
        assert scripts, kind
        for text in scripts:
            start = text.index("rm -rf")
            piece = text[start : text.index("goes on.", start) + len('goes on."\n}')]
            old = tmp_path / "tanada" / "approved" if kind == "github" else tmp_path / "approved"
            old.mkdir(parents=True, exist_ok=True)
            (old / "old.json").write_text("{}")
            assert told(place, piece, {"RUNNER_TEMP": str(tmp_path), "handed": str(tmp_path)}, fails=True)
            assert old.is_dir()
            assert list(old.iterdir()) == [], "an empty folder, never an old one"


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_job_begins_with_nothing_of_anybody_elses(variant: str, tmp_path: Path) -> None:
    for text in workflows("github", system("github", **VARIANTS[variant])).values():
        for name, job in loaded(text)["jobs"].items():
            runs = [step.get("run", "") for step in job["steps"]]
            speaking = [number for number, run in enumerate(runs) if re.search(r"^\s*tanada ", run, re.M)]
            first = next((number for number, run in enumerate(runs) if "rm -rf .tanada cdktf.out" in run), None)
            assert not speaking or (first is not None and first < speaking[0]), name
            assert not speaking or "XDG_CACHE_HOME=$RUNNER_TEMP" in runs[first or 0], "no cache outlives the job"
    jenkins = workflows("jenkins", system("jenkins", **VARIANTS[variant]))["Jenkinsfile"]
    for stage in jenkins.split("\n    stage(")[1:]:
        if "tanada plan" in stage or "tanada apply" in stage:
            assert "rm -rf .tanada cdktf.out" in stage
            assert 'XDG_CACHE_HOME = "${env.WORKSPACE_TMP}' in stage
    for text in workflows("codebuild", system("codebuild", **VARIANTS[variant])).values():
        cache, cleared, *_ = loaded(text)["phases"]["install"]["commands"]
        assert "rm -rf .tanada cdktf.out" in cleared
        assert cache == "XDG_CACHE_HOME=$(mktemp -d)\nexport XDG_CACHE_HOME\n", "no cache outlives the job"
    for text in workflows("gitlab", system("gitlab", **VARIANTS[variant])).values():
        assert "cache" not in {key for job in loaded(text).values() if isinstance(job, dict) for key in job}


def test_production_is_held_to_what_its_approver_was_just_shown() -> None:
    jobs = loaded(workflows("github", system("github"))[".github/workflows/tanada-apply.yml"])["jobs"]
    shown = [s["with"]["name"] for s in jobs["plan-production"]["steps"] if "upload-artifact" in s.get("uses", "")]
    taken = [s["with"] for s in jobs["production"]["steps"] if "download-artifact" in s.get("uses", "")]
    assert [each["pattern"] for each in taken] == shown == ["tanada-asked-production"]
    assert taken[0]["path"] == "${{ runner.temp }}/tanada/approved"
    assert "tanada approved" not in json.dumps(jobs["production"])
    assert jobs["production"]["permissions"] == {"contents": "read", "id-token": "write"}
    gitlab = loaded(workflows("gitlab", system("gitlab"))[".gitlab/tanada.yml"])["tanada apply production"]
    assert gitlab["needs"] == ["tanada plan production"], "with its artifact"
    assert "tanada approved" not in "\n".join(gitlab["script"])


# --- GitLab: artifacts are unpacked over the checkout, and variables of a pipeline come first ---


def begun(place: Path) -> str:
    jobs = loaded(workflows("gitlab", system("gitlab"))[".gitlab/tanada.yml"])
    handed, begin, *_ = jobs[".tanada"]["before_script"]
    assert place.is_dir()
    return f"{handed}\n{begin}"


def test_reports_of_a_commit_are_not_taken_for_an_artifact(tmp_path: Path) -> None:
    place = tmp_path / "work"
    (place / ".tanada" / "reports" / "zz").mkdir(parents=True)
    (place / ".tanada" / "reports" / "zz" / "evil.json").write_text("{}")
    for words in (["init", "--quiet"], ["add", "--force", ".tanada"]):
        subprocess.run(["git", *words], cwd=place, check=True)
    (place / ".tanada" / "reports" / "honest.json").write_text("{}")  # as GitLab unpacks it
    told(place, f'{begun(place)}\nfind "$handed/reports" > "$HOME/found"', {})
    assert len((place / "found").read_text().splitlines()) == 1, "an empty folder"
    assert not (place / ".tanada").exists()

    subprocess.run(["git", "rm", "--quiet", "--cached", "-r", ".tanada"], cwd=place, check=True)
    (place / ".tanada" / "reports").mkdir(parents=True)
    (place / ".tanada" / "reports" / "honest.json").write_text("{}")
    told(place, f'{begun(place)}\nfind "$handed/reports" -type f > "$HOME/found"', {})
    [found] = (place / "found").read_text().splitlines()
    assert found.endswith("/reports/honest.json")
    assert not Path(found).is_relative_to(place), "outside the checkout"


@pytest.mark.parametrize(("job", "role"), [("tanada plan", "plan"), ("tanada apply production", "apply")])
def test_a_pipelines_variables_change_neither_role_nor_provider(job: str, role: str, tmp_path: Path) -> None:
    place = tmp_path / "work"
    place.mkdir()
    steps = loaded(workflows("gitlab", system("gitlab"))[".gitlab/tanada.yml"])[job]["script"]
    [token] = [step for step in steps if "AWS_ID_TOKEN" in step]
    evil = {"TANADA_CI_ROLE": "evil", "TF_REATTACH_PROVIDERS": "{}", "TF_CLI_CONFIG_FILE": "evil"}
    evil |= {"AWS_WEB_IDENTITY_TOKEN_FILE": "evil", "AWS_ID_TOKEN": "token", "handed": str(tmp_path)}
    told(place, f'{token.replace("exec tanada", "tanada")}\nenv > "$HOME/found"', evil)
    found = dict(line.split("=", 1) for line in (place / "found").read_text().splitlines() if "=" in line)
    assert found["TANADA_CI_ROLE"] == role
    assert found["AWS_WEB_IDENTITY_TOKEN_FILE"] == str(tmp_path / "aws-token")
    assert not {"TF_REATTACH_PROVIDERS", "TF_CLI_CONFIG_FILE"} & set(found)


@pytest.mark.parametrize("variant", VARIANTS)
def test_no_variable_names_the_image_of_a_job(variant: str, tmp_path: Path) -> None:
    texts = workflows("gitlab", system("gitlab", **VARIANTS[variant]))
    for text in texts.values():
        for job in loaded(text).values():
            assert "$" not in (job.get("image", "") if isinstance(job, dict) else "")
    assert loaded(texts[".gitlab/tanada.yml"])["include"] == [{"local": GITLAB_IMAGE_FILE}]
    write_workflows(tmp_path, texts, force=False)
    own = ".tanada-image:\n  image: registry.example.jp/tanada@sha256:0\n"
    (tmp_path / GITLAB_IMAGE_FILE).write_text(own)
    write_workflows(tmp_path, texts, force=True)
    assert (tmp_path / GITLAB_IMAGE_FILE).read_text() == own, "the team's own"


# --- a merge queue ---


def test_a_merge_queue_gets_the_status_that_it_waits_for() -> None:
    workflow = loaded(workflows("github", system("github"))[".github/workflows/tanada-synth.yml"])
    assert "merge_group" in workflow["on"]
    assert workflow["concurrency"]["group"].endswith("|| github.ref }}"), "one queued does not stop another"
    jobs = workflow["jobs"]
    assert jobs["check"]["if"].startswith("github.event_name == 'merge_group'")
    assert jobs["check"]["permissions"] == {"contents": "read"}
    assert (jobs["queue"]["needs"], jobs["queue"]["permissions"]) == ("check", {"statuses": "write"})
    assert not [step for step in jobs["queue"]["steps"] if "uses" in step], "no code beside a token that writes"
    assert "id-token" not in json.dumps(jobs["queue"])
    assert jobs["offline"]["if"].startswith("!cancelled() && github.event_name == 'pull_request' &&")
