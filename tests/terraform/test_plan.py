"""`tanada plan` on the real terraform."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path
from typing import Any

import pytest

from tanada import provider, sentences
from tanada.plan import Message, Report
from tanada.terraform import reports
from tests.terraform.team import Team

pytestmark = pytest.mark.terraform


def record(team: Team, stack: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((team.root / ".tanada" / "plans" / stack / "record.json").read_text())
    return data


def row(output: str, stack: str) -> list[str]:
    (line,) = [line for line in output.splitlines() if line.startswith(f" {stack} ")]
    return re.split(r"\s{2,}", line.strip())


def test_a_plan_is_one_table_with_a_row_a_stack(team: Team) -> None:
    ran = team.good("plan", "common-main", "environment-test", "--image", "web=one")
    assert row(ran.output, "common-main") == ["common-main", "1", "0", "0", "0", "0", "changes"]
    assert row(ran.output, "environment-test") == ["environment-test", *"–" * 5, "waits for common-main"]
    assert "Terraform: local terraform 1.11.4" in ran.output


def test_what_is_planned_is_what_is_declared_now(team: Team) -> None:
    team.good("plan", "common-main")
    team.stacks["common-main"]["resource"]["terraform_data"]["second"] = {"input": 2}
    team.write()
    assert row(team.good("plan", "common-main").output, "common-main")[1] == "2"


def test_without_synthesizing_the_last_result_is_planned(team: Team) -> None:
    team.good("synth")
    team.stacks["common-main"]["resource"]["terraform_data"]["second"] = {"input": 2}
    team.write()
    assert row(team.good("plan", "common-main", "--no-synth").output, "common-main")[1] == "1"


def test_a_stack_that_was_never_synthesized_says_so(team: Team) -> None:
    ran = team.run("plan", "common-main", "--no-synth")
    assert ran.code == 2
    assert "common-main is not synthesized yet: run tanada synth." in ran.output


def test_strict_lets_nothing_wait(team: Team) -> None:
    assert team.run("plan", "environment-test", "--image", "web=one", "--strict").code == 1


def test_offline_a_stack_is_planned_on_its_common_layer_as_that_will_be(team: Team) -> None:
    stack = team.stacks["environment-test"]
    common = {"backend": "s3", "config": {"key": "kakei/common-main.tfstate"}}
    stack["data"]["terraform_remote_state"]["common"] = common
    team.write()
    ran = team.good("plan", "--offline", "environment-test")
    assert row(ran.output, "environment-test") == ["environment-test", *"–" * 5, "waits for common-main"]
    assert "Once common-main is applied: environment-test was not applied yet with the image web" in ran.output

    ran = team.good("plan", "--offline", "environment-test", "--image", "web=one")
    assert row(ran.output, "common-main") == ["common-main", "1", "0", "0", "0", "0", "changes"]
    assert row(ran.output, "environment-test")[1:] == [*"20000", "changes; waits for common-main"]
    assert ran.output.endswith("\nNext: tanada apply common-main --offline, then this again.\n")
    assert not list((team.root / ".tanada").rglob("terraform.tfstate")), "nothing was applied"
    assert not list((team.root / ".tanada" / "runs").iterdir())
    assert record(team, "environment-test")["given"] == {"web": "one"}

    ran = team.good("apply", "--all", "--offline", "--yes")
    assert "environment-test: applied: 2 created" in ran.output, "what was foreseen is what was approved"


def test_an_older_contract_waits_too_though_terraform_breaks_the_line(team: Team) -> None:
    team.given("common-main")
    older = {
        "condition": "${self.outputs.contract >= 2}",
        # Longer than Terraform's line, so that it is broken.
        "error_message": sentences.waits_for_common("environment-test-of-a-name-so-long", "common-main", 2),
    }
    team.stacks["environment-test"]["data"]["terraform_remote_state"]["common"]["lifecycle"] = {
        "postcondition": [older]
    }
    team.write()
    ran = team.good("plan", "environment-test", "--image", "web=one")
    assert row(ran.output, "environment-test")[-1] == "waits for common-main"


OUTPUTS = "data.terraform_remote_state.common.outputs"


def needing_more(team: Team) -> dict[str, Any]:
    """A common layer that holds one of each, and an environment that needs another of each: its resources."""
    team.given("common-main")
    team.stacks["common-main"]["output"] |= {
        "registries": {"value": {"web": {"url": "r/web"}}},
        "load_balancers": {"value": {"1": {"listener_arn": "l1"}}},
        "zone_ids": {"value": {"example.jp": "Z1"}},
    }
    team.write()
    team.apply("common-main")
    data: dict[str, Any] = team.stacks["environment-test"]["resource"]["terraform_data"]
    data["worker"] = {"input": f'[{{"image":"${{{OUTPUTS}.registries.batch-job.url}}:${{var.image_tags.web}}","n":1}}]'}
    data["rule"] = {"input": f'${{{OUTPUTS}.load_balancers["2"].listener_arn}}'}
    data["door"] = {"input": f'${{{OUTPUTS}.load_balancers["1"].security_group_id}}'}
    data["record"] = {"input": [f'${{{OUTPUTS}.zone_ids["shop.net"]}}', f'${{{OUTPUTS}.zone_ids["example.jp"]}}']}
    team.write()
    return data


def test_what_common_has_yet_to_make_is_named_and_waited_for(team: Team) -> None:
    needing_more(team)
    ran = team.good("plan", "environment-test", "--image", "web=two")
    assert "waits for common-main, which hasn't" in ran.output
    (report,) = reports.read([team.root / ".tanada" / "reports"])
    assert report.status == "waits for common"
    assert dict(report.images) == {"web": "two"}
    (message,) = report.messages
    assert message.summary.startswith("environment-test waits for common-main, which hasn't the ")
    for missing in (
        "the image batch-job",
        "the load balancer 2",
        "the security_group_id of load balancer 1",
        "the zone shop.net",
    ):
        assert missing in message.summary
    assert team.run("plan", "environment-test", "--image", "web=two", "--strict").code == 1


def test_what_the_environment_itself_gets_wrong_is_no_waiting(team: Team) -> None:
    data = needing_more(team)
    data["wrong"] = {"input": f"${{{OUTPUTS}.registries.web.no_such_field}}"}
    team.write()
    ran = team.run("plan", "environment-test", "--image", "web=two")
    assert ran.code == 1
    assert "no_such_field" in ran.output


def test_a_real_error_beside_a_waiting_one_is_an_error(team: Team) -> None:
    wrong = {"condition": '${terraform.workspace == "x"}', "error_message": "Broken on purpose."}
    data = team.stacks["environment-test"]["resource"]["terraform_data"]
    data["broken"] = {"input": 1, "lifecycle": {"precondition": [wrong]}}
    team.write()
    ran = team.run("plan", "environment-test", "--image", "web=one")
    assert ran.code == 1
    assert "Broken on purpose." in ran.output


def test_terraforms_error_is_shown_without_its_box_and_other_stacks_go_on(team: Team) -> None:
    team.stacks["common-main"]["resource"]["terraform_data"]["network"] = {"inptu": 1}
    team.write()
    ran = team.run("plan", "common-main", "common-production")
    assert ran.code == 1
    assert "common-main: failed\nError: Extraneous JSON object property" in ran.output
    assert not re.search("[╷╵]", ran.output)
    assert row(ran.output, "common-production")[-1] == "changes"
    assert "Traceback" not in ran.text


def test_what_an_errored_plan_leaves_is_deleted_with_the_older_one(team: Team) -> None:
    team.good("plan", "common-main")
    team.stacks["common-main"]["resource"]["terraform_data"]["network"]["lifecycle"] = {
        "precondition": [{"condition": '${terraform.workspace == "x"}', "error_message": "No."}]
    }
    team.write()
    assert team.run("plan", "common-main").code == 1
    assert list((team.root / ".tanada" / "plans" / "common-main").iterdir()) == []


def test_what_is_kept_of_a_plan_is_readable_by_its_owner_alone(team: Team) -> None:
    team.good("plan", "common-main")
    kept = team.root / ".tanada"
    modes = {path.relative_to(kept).as_posix(): stat.S_IMODE(path.stat().st_mode) for path in kept.rglob("*")}
    assert modes["plans/common-main"] == modes["plans"] == modes["logs"] == 0o700
    assert modes["plans/common-main/plan.tfplan"] == 0o600
    assert modes["plans/common-main/record.json"] == 0o600
    assert modes["logs/common-main.log"] == 0o600


def test_a_secret_is_in_the_plan_file_alone(team: Team) -> None:
    stack = team.stacks["common-main"]
    stack["variable"] = {"secret": {"type": "string", "default": "hunter2", "sensitive": True}}
    stack["resource"]["terraform_data"]["network"] = {"input": "${var.secret}"}
    team.write()
    ran = team.good("plan", "common-main")
    team.good("apply", "common-main", "--yes")
    kept = [path for path in (team.root / ".tanada").rglob("*") if path.is_file() and path.suffix != ".tfplan"]
    assert kept
    assert all("hunter2" not in path.read_text() for path in kept)
    assert "hunter2" not in ran.text


def test_a_run_leaves_no_data_folder(team: Team) -> None:
    team.good("plan", "common-main")
    assert list((team.root / ".tanada" / "runs").iterdir()) == []
    assert list(team.root.rglob(".terraform")) == []


def test_the_record_says_what_the_plan_was_made_from(team: Team) -> None:
    team.git("init")
    team.git("add", ".")
    team.git("commit", "-m", "first")
    team.given("common-main")
    team.good("plan", "environment-test", "--image", "web=1a2b3c4")
    kept = record(team, "environment-test")
    assert kept["image_tags"] == {"web": "1a2b3c4"}
    assert kept["dirty"] is False
    assert len(kept["origin"].pop("commit")) == 40
    assert len(kept["origin"].pop("configuration")) == 64
    assert len(kept["origin"].pop("plan")) == 64
    assert kept["given"] == {"web": "1a2b3c4"}
    assert kept["origin"] == {
        "stack": "environment-test",
        "workspace": None,
        "offline": False,
        "terraform_version": "1.11.4",
        "terraform": "local terraform 1.11.4",
        "lineage": None,
        "serial": None,
    }
    assert kept["summary"]["counts"]["create"] == 2


def test_a_first_plan_without_tags_names_the_images_and_the_flag(team: Team) -> None:
    team.given("common-main")
    ran = team.run("plan", "environment-test")
    assert ran.code == 2
    assert "environment-test was not applied yet with the image web: say which tag runs, with --image web=TAG." in (
        ran.output
    )


def test_later_plans_keep_the_tags_last_applied(team: Team) -> None:
    team.given("common-main", "environment-test")
    assert row(team.good("plan", "environment-test").output, "environment-test")[-1] == "no changes"
    assert row(team.good("plan", "environment-test", "--image", "web=two").output, "environment-test")[2] == "1"


def test_replacements_are_listed_with_what_forces_them(team: Team) -> None:
    team.stacks["common-main"]["resource"]["terraform_data"]["network"]["triggers_replace"] = ["a"]
    team.write()
    team.apply("common-main")
    team.stacks["common-main"]["resource"]["terraform_data"]["network"]["triggers_replace"] = ["b"]
    team.write()
    ran = team.good("plan", "common-main")
    assert "± terraform_data.network (can't change in place: triggers_replace[0]: a → b)" in ran.output
    assert row(ran.output, "common-main")[3] == "1"


def test_the_summaries_come_as_json_too(team: Team) -> None:
    data = json.loads(team.good("plan", "common-main", "--json").output)
    assert data["terraform"] == "local terraform 1.11.4"
    assert data["stacks"]["common-main"]["summary"]["counts"]["create"] == 1


def test_variables_of_the_callers_shell_change_no_plan(team: Team) -> None:
    team.given("common-main")
    ran = team.good(
        "plan",
        "environment-test",
        "--image",
        "web=one",
        TF_WORKSPACE="typo",
        TF_CLI_ARGS_plan="-destroy",
        TF_VAR_image_tags='{"web":"latest"}',
        TF_CLI_CONFIG_FILE="/nowhere/terraformrc",
    )
    assert row(ran.output, "environment-test")[1] == "2"
    assert record(team, "environment-test")["image_tags"] == {"web": "one"}
    assert not (team.root / "states" / "environment-test.d").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["plan", "review"], "review needs --workspace NAME"),
        (["plan", "common-main", "--workspace", "a"], "--workspace belongs to the stack review"),
        (["plan", "review", "--workspace", "Feat/A"], "such as feat-a."),
        (["plan", "review", "--workspace", ".."], "expected a DNS label"),
        (["plan", "review", "--workspace", "default"], "that is Terraform's own"),
        (
            ["plan", "environment-test", "--image", "wbe=1"],
            'uses the image "wbe"; expected web; did you mean "web"?',
        ),
        (["plan", "environment-test", "--image", "web=latest"], "latest says nothing about what runs"),
        (
            ["apply", "common-main", "--yes"],
            "There is no saved plan of common-main: run tanada plan common-main first.",
        ),
    ],
)
def test_bad_input_is_one_sentence(team: Team, arguments: list[str], sentence: str) -> None:
    ran = team.run(*arguments)
    assert ran.code == 2
    assert sentence in ran.text
    assert "Traceback" not in ran.text


def test_what_main_py_refuses_is_passed_on(team: Team) -> None:
    team.write(refuse="system.yaml:3:1: no.")
    ran = team.run("plan", "common-main")
    assert "system.yaml:3:1: no." in ran.errors
    assert "Traceback" not in ran.text
    assert ran.code == 1


def test_without_node_the_sentence_says_so(team: Team) -> None:
    ran = team.run("synth", JSII_NODE="/nowhere/node")
    assert ran.code == 2
    assert "JSII_NODE=/nowhere/node is no program: name Node.js 22 or 24" in ran.errors


def test_without_credentials_the_sentence_says_so(team: Team) -> None:
    del team.environ["AWS_ACCESS_KEY_ID"], team.environ["AWS_SECRET_ACCESS_KEY"]
    ran = team.run("plan", "common-main")
    assert ran.code == 2
    assert "No AWS credentials were found" in ran.errors
    assert "Synthesizing" not in ran.errors


def test_another_version_on_this_machine_is_refused(team: Team) -> None:
    (team.root / ".terraform-version").write_text("1.11.3\n")
    ran = team.run("plan", "common-main")
    assert ran.code == 2
    assert "is terraform 1.11.4, but .terraform-version pins 1.11.3" in ran.errors
    assert "Synthesizing" not in ran.errors


def test_the_lock_of_another_provider_is_refused_before_anything_runs(team: Team) -> None:
    lock = (Path(__file__).parents[2] / provider.LOCK).read_text()
    (team.root / provider.LOCK).write_text(lock.replace(provider.VERSION, "6.25.0"))
    ran = team.run("plan", "common-main")
    assert ran.code == 2
    assert "holds hashicorp/aws 6.25.0, and this Tanada plans with 6.28.0: run tanada vendor" in ran.errors
    assert "Synthesizing" not in ran.errors


def test_validate_needs_no_credentials_and_names_the_stack(team: Team) -> None:
    del team.environ["AWS_ACCESS_KEY_ID"], team.environ["AWS_SECRET_ACCESS_KEY"]
    team.stacks["review"]["resource"]["terraform_data"]["web"] = {"inptu": 1}
    team.write()
    ran = team.run("validate")
    assert ran.code == 1
    assert "common-main: valid (local terraform 1.11.4)" in ran.output
    assert "review: failed\nError: Extraneous JSON object property" in ran.output


def test_any_terraform_command_runs_in_a_stack(team: Team) -> None:
    team.given("common-main")
    assert team.good("terraform", "common-main", "--", "state", "list").output == "terraform_data.network\n"


def test_any_terraform_command_has_all_types_offline(team: Team) -> None:
    required = {"aws": {"source": "hashicorp/aws", "version": "6.28.0"}}
    team.stacks["common-main"] = {
        "terraform": {"required_providers": required},
        "provider": {"aws": [{"region": "ap-northeast-1"}]},
        "resource": {"aws_eip": {"fixed": {"domain": "vpc"}}},
    }
    team.write()
    ran = team.good("terraform", "common-main", "--offline", "--", "providers", "schema", "-json")
    (schemas,) = json.loads(ran.output)["provider_schemas"].values()
    assert len(schemas["resource_schemas"]) > 1000


def test_a_plan_in_the_default_workspace_of_review_says_our_sentence(team: Team) -> None:
    team.given("common-main")
    ran = team.run("terraform", "review", "--", "plan", "-no-color")
    assert ran.code == 1
    assert sentences.REVIEW_WORKSPACE in " ".join(re.sub("[│╷╵]", "", ran.text).split())


# --- reports ---------------------------------------------------------------------------------------------------------


def reported(team: Team) -> dict[str, Report]:
    return {report.label: report for report in reports.read([team.root / ".tanada" / "reports"])}


def test_each_target_leaves_a_report_whatever_came_of_it(team: Team) -> None:
    team.git("init")
    team.git("add", ".")
    team.git("commit", "-m", "first")
    team.stacks["common-production"]["resource"]["terraform_data"]["network"] = {"inptu": 1}
    team.write()
    stacks = ("common-main", "common-production", "environment-test")
    ci = {"GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "team/kakei", "GITHUB_RUN_ID": "7"}
    team.run("plan", *stacks, "--image", "web=one", **ci)
    found = reported(team)
    assert {label: report.status for label, report in found.items()} == {
        "common-main": "changes",
        "common-production": "failed",
        "environment-test": "waits for common",
    }
    common, failed, waiting = (found[stack] for stack in stacks)
    assert common.dependents == ("environment-test", "review")
    assert (common.terraform, common.offline, common.dirty) == ("local terraform 1.11.4", False, True)
    assert len(common.commit or "") == 40
    assert common.log_url == "https://github.com/team/kakei/actions/runs/7"
    assert common.summary
    assert len(common.summary.fingerprint) == 64
    assert failed.protected
    (message,) = failed.messages
    assert message.summary == "Extraneous JSON object property"
    assert message.detail == 'No argument or block type is named "inptu". Did you mean "input"?'
    assert waiting.common == "common-main"
    assert waiting.messages[0].summary == "environment-test waits for common-main."

    team.run("plan", "environment-test", "--image", "web=one")
    assert reported(team)["environment-test"].images == (("web", "one"),)
    assert list(reported(team)) == ["environment-test"], "those of the run before are gone"


def test_warnings_stand_in_the_report_and_the_log_stays_readable(team: Team) -> None:
    failing = [{"condition": '${terraform.workspace == "x"}', "error_message": "Not as it should be."}]
    team.stacks["common-main"]["check"] = {"right": {"assert": failing}}
    team.write()
    team.good("plan", "common-main")
    (message,) = reported(team)["common-main"].messages
    assert (message.severity, message.summary, message.detail) == (
        "warning",
        "Check block assertion failed",
        "Not as it should be.",
    )
    log = (team.root / ".tanada" / "logs" / "common-main.log").read_text()
    assert "terraform_data.network: Plan to create" in log
    assert "Warning: Check block assertion failed\n\n  on cdk.tf.json line 6, in check.right.assert[0]:\n" in log
    assert '    terraform.workspace is "default"\n\nNot as it should be.\n' in log
    assert "@message" not in log


def test_a_secret_in_the_message_of_a_check_reaches_neither_report_nor_record(team: Team) -> None:
    stack = team.stacks["common-main"]
    stack["variable"] = {"secret": {"type": "string", "default": "hunter2", "sensitive": True}}
    message = "It is ${nonsensitive(var.secret)}, ${base64encode(nonsensitive(var.secret))}."
    stack["check"] = {"right": {"assert": [{"condition": '${terraform.workspace == "x"}', "error_message": message}]}}
    team.write()
    team.good("plan", "common-main")
    (warning,) = reported(team)["common-main"].messages
    assert warning.detail == "It is (sensitive value), (sensitive value)."
    kept = list((team.root / ".tanada").rglob("*.json"))
    assert all("hunter2" not in path.read_text() for path in kept)


def test_an_error_says_where_it_is_and_what_to_look_at(team: Team) -> None:
    wrong = {"condition": '${terraform.workspace == "x"}', "error_message": "Broken on purpose."}
    team.stacks["common-main"]["resource"]["terraform_data"]["network"]["lifecycle"] = {"precondition": [wrong]}
    team.write()
    ran = team.run("plan", "common-main")
    assert "common-main: failed\nError: Resource precondition failed\n\n  on cdk.tf.json line " in ran.output
    assert ", in resource.terraform_data.network.lifecycle.precondition[0]:\n" in ran.output
    assert '    terraform.workspace is "default"\n\nBroken on purpose.\n' in ran.output


def test_what_ends_a_run_before_the_first_plan_stands_in_every_report(team: Team) -> None:
    team.good("plan", "common-main")
    team.write(refuse="Out of paper.")
    assert team.run("plan", "common-main", "environment-test", "--image", "web=one").code == 1
    found = reported(team)
    assert {label: report.status for label, report in found.items()} == {
        "common-main": "refused",
        "environment-test": "refused",
    }
    assert found["common-main"].messages == (Message("error", "Out of paper."),)
    team.run("apply", "--all", "--yes")
    assert {(report.step, report.status) for report in reported(team).values()} == {("apply", "refused")}


# --- plans of other commits ------------------------------------------------------------------------------------------


def test_a_plan_of_another_commit_that_is_not_made_anew_goes(team: Team) -> None:
    team.git("init")
    team.git("add", ".")
    team.git("commit", "-m", "first")
    team.good("plan", "common-main", "common-production")
    team.good("plan", "common-main")
    plans = team.root / ".tanada" / "plans"
    assert (plans / "common-production" / "plan.tfplan").exists(), "it is of this commit"
    team.git("commit", "--allow-empty", "-m", "second")
    ran = team.good("plan", "common-main")
    assert "common-production: its saved plan is deleted, it was made at another commit" in ran.errors
    assert list((plans / "common-production").iterdir()) == []
    assert (plans / "common-main" / "plan.tfplan").exists()


# --- what changed ----------------------------------------------------------------------------------------------------


def test_since_a_commit_only_what_differs_is_planned_with_its_reasons(team: Team) -> None:
    team.git("init", "--initial-branch", "main")
    team.git("add", ".")
    team.git("commit", "-m", "first")
    ran = team.good("plan", "--changed-since", "main", "--offline")
    assert "No declared stack differs." in ran.errors
    assert "there is nothing to plan" in ran.output
    assert reported(team) == {}

    system = team.root / "system.yaml"
    system.write_text(system.read_text().replace("port: 3000,", "port: 4000,"))
    team.stacks["environment-test"]["resource"]["terraform_data"]["more"] = {"input": 1}
    team.write()
    team.good("plan", "--changed-since", "main", "--offline", "--image", "web=one")
    found = reported(team)
    assert list(found) == ["environment-test"]
    assert found["environment-test"].configuration == ("+ terraform_data.more",)
    assert len(found["environment-test"].base or "") == 40
    (reason,) = found["environment-test"].reasons
    assert (reason.file, reason.before, reason.after) == ("system.yaml", "3000", "4000")


def test_comparing_and_not_synthesizing_do_not_go_together(team: Team) -> None:
    ran = team.run("plan", "--changed-since", "main", "--no-synth")
    assert ran.code == 2
    assert "--changed-since synthesizes both sides" in ran.errors


# --- what isn't created ----------------------------------------------------------------------------------------------


def test_what_is_not_created_is_planned_by_its_name_alone(team: Team) -> None:
    environment = team.root / "environments" / "test.yaml"
    environment.write_text(environment.read_text() + "created: false\n")
    ran = team.good("plan", "--offline")
    assert "Left out, by created: false: test; each is planned by its name." in ran.errors
    assert "environment-test" not in reported(team)
    assert "its state still holds" not in ran.output

    ran = team.good("plan", "test", "--offline", "--image", "web=one")
    assert "environment-test" in reported(team)
    assert "Left out" not in ran.errors


def test_what_is_not_created_and_has_a_state_is_named_and_no_report_says_that_it_left(team: Team) -> None:
    environment = team.root / "environments" / "test.yaml"
    environment.write_text(environment.read_text() + "created: false\n")
    state = team.root / ".tanada" / "offline" / "environment-test" / "terraform.tfstate"
    state.parent.mkdir(parents=True)
    state.write_text('{"resources": [{"mode": "managed"}]}')
    ran = team.good("plan", "--offline")
    said = "environment-test says created: false, so that it is planned by its name alone, but its state still holds 1 "
    assert f"{said}resource: " in ran.output
    assert "environment-test" not in reported(team)


# --- states without a declaration ------------------------------------------------------------------------------------


def test_a_state_whose_stack_is_declared_no_more_is_named(team: Team) -> None:
    state = team.root / ".tanada" / "offline" / "environment-old" / "terraform.tfstate"
    state.parent.mkdir(parents=True)
    state.write_text('{"resources": [{"mode": "managed"}, {"mode": "managed"}, {"mode": "data"}]}')
    ran = team.good("plan", "--offline", "--image", "web=one")
    assert "environment-old is declared no more, but its state still holds 2 resources: " in ran.output
    left = reported(team)["environment-old"]
    assert (left.status, left.kind) == ("undeclared", "environment")
    assert ".tanada/offline/environment-old/terraform.tfstate" in left.messages[0].detail
    assert {"common-main", "environment-test"} < set(reported(team))
    team.good("plan", "common-main", "--offline")
    assert "environment-old" not in reported(team), "asked for one stack, nobody looks for others"


def test_a_shard_in_ci_names_it_too(team: Team) -> None:
    state = team.root / ".tanada" / "offline" / "environment-old" / "terraform.tfstate"
    state.parent.mkdir(parents=True)
    state.write_text('{"resources": [{"mode": "managed"}]}')
    ci = {"GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "team/kakei"}
    assert team.run("plan", "common-main", "common-production", "--offline", **ci).code == 0
    assert "environment-old" in reported(team), "the first of all shards looks for all"
    assert team.run("plan", "common-production", "--offline", **ci).code == 0
    assert "environment-old" not in reported(team)

    team.root.joinpath("environments", "gone.yaml").write_text("account: main\ndomain: gone.example.jp\n")
    team.stacks["environment-gone"] = team.stacks["environment-test"]
    team.write()
    team.git("init", "--initial-branch", "main")
    team.git("add", ".")
    team.git("commit", "-m", "first")
    team.root.joinpath("environments", "gone.yaml").unlink()
    del team.stacks["environment-gone"]
    team.write()
    assert team.run("plan", "common-production", "--offline", "--changed-since", "main", **ci).code == 0
    assert list(reported(team)) == ["environment-old"], "nothing else differs"
