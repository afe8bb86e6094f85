"""A plan as text in a terminal, of plans that the real terraform made."""

from __future__ import annotations

import json
from pathlib import Path

from tanada.plan import Deploy, Difference, ResourceChange, Summary, line, render, summary, why

HERE = Path(__file__).parent


def rendered(name: str) -> list[str]:
    return render(summary(json.loads((HERE / f"{name}.json").read_text(encoding="utf-8")))).splitlines()


def test_a_summary_reads_like_a_list_of_what_happens_and_why() -> None:
    assert rendered("plans/everything") == [
        "1 to create, 2 to update, 3 to replace, 3 to destroy, 1 to import, 2 to move, 1 to forget, "
        "1 output to create, 1 output to change, 1 output to destroy",
        "  → terraform_data.after (was terraform_data.before)",
        "  ~ terraform_data.after_updated (was terraform_data.before_updated)",
        "      input: old → new",
        '  - terraform_data.cells["b"] (its key left for_each)',
        "  × terraform_data.forgotten (it left the configuration)",
        "  - terraform_data.gone (it left the configuration)",
        "  ← terraform_data.imported (imported 0f7f8f7e-0000-4000-8000-000000000000)",
        "  + terraform_data.new",
        "  - terraform_data.numbered[1] (its index is beyond count now)",
        "  ± terraform_data.replaced (can't change in place: triggers_replace[0]: old → new)",
        "  ± terraform_data.replaced_first (can't change in place: triggers_replace[0]: old → new)",
        "  ± terraform_data.tainted (tainted: an earlier apply left it unfinished)",
        "  ~ terraform_data.updated",
        "      input: (sensitive value) → (sensitive value)",
        "  output address: update",
        "      address: old → new",
        "  output dropped: destroy",
    ]


def test_a_deploy_of_images_is_one_line() -> None:
    assert rendered("resource_plans/release") == [
        "1 to update, 1 to replace",
        "  ↻ aws_ecs_task_definition.web (deploy: web 4f2a91c → 77c0e1d)",
    ]


def test_what_goes_for_ever_and_would_be_missed_comes_first() -> None:
    said = rendered("resource_plans/changed")
    assert said[1].startswith("  ! web pulls an image from Docker Hub")
    assert said[2] == "  ! the storage of main grows from 20 to 30 GiB, and can't be reduced again"
    assert said[3] == (
        "  ± aws_iam_role.task (IAM role; can't change in place: name: kakei-test-web-task → kakei-test-web-worker)"
    )


def test_drift_is_shown_with_what_was_and_what_is() -> None:
    assert rendered("resource_plans/drifted")[-5:] == [
        "  changed outside Terraform: aws_ecs_service.web",
        "      desired_count: 1 → 5",
        "  changed outside Terraform: aws_eip.nat (gone)",
        "  changed outside Terraform: aws_lambda_function.hook",
        "      environment[0].variables.TOKEN: (hidden) → (hidden)",
    ]


def test_a_failed_check_comes_before_the_changes() -> None:
    assert rendered("plans/hiding")[1] == "  check check.health: It is (sensitive value), pin (sensitive value)."


def test_an_errored_plan_says_that_it_is_not_whole() -> None:
    assert "  the plan is not whole: planning ended with an error" in rendered("plans/errored")


def forced(number: int) -> ResourceChange:
    differences = tuple(Difference(f"a{n}", "1", "2", forces_replacement=True) for n in range(number))
    paths = tuple(item.path for item in differences)
    return ResourceChange("aws_lb.x", "aws_lb", "replace", replace_paths=paths, differences=differences)


def test_a_line_names_three_of_the_attributes_that_force_a_replace() -> None:
    assert why(forced(5)) == "can't change in place: a0: 1 → 2, a1: 1 → 2, a2: 1 → 2, and 2 more"


def test_a_value_that_is_not_there_is_none() -> None:
    change = ResourceChange("x.y", "x", "update", differences=(Difference("tags.Name", None, "web"),))
    text = render(Summary("1.11.4", (change,), 0))
    assert text.splitlines()[-1] == "      tags.Name: (none) → web"


def test_twelve_differences_of_a_resource_are_shown_and_the_others_counted() -> None:
    differences = tuple(Difference(f"a{n}", "1", "2") for n in range(20))
    text = render(Summary("1.11.4", (ResourceChange("x.y", "x", "update", differences=differences),), 0))
    assert text.splitlines()[-1] == "      … 8 more"
    assert len(text.splitlines()) == 1 + 1 + 12 + 1


def test_the_word_for_what_is_lost_stands_in_the_line() -> None:
    change = ResourceChange("aws_vpc.x", "aws_vpc", "destroy", destroys=True, danger="network")
    assert line(change) == "- aws_vpc.x (network; asked for)"


def test_a_deploy_beside_other_changes_stays_folded() -> None:
    routine = ResourceChange("aws_ecs_service.web", "aws_ecs_service", "update", routine=True)
    other = ResourceChange("aws_eip.x", "aws_eip", "create")
    deploy = Deploy("aws_ecs_task_definition.web", (("web", "1", "2"),))
    text = render(Summary("1.11.4", (routine, other), 0, deploys=(deploy,)))
    assert text.splitlines()[1:] == ["  + aws_eip.x", "  ↻ aws_ecs_task_definition.web (deploy: web 1 → 2)"]


def test_more_than_twelve_resources_to_make_are_counted_by_type_and_the_others_named() -> None:
    made = tuple(ResourceChange(f"aws_subnet.x{n}", "aws_subnet", "create") for n in range(12))
    vpc = ResourceChange("aws_vpc.x", "aws_vpc", "create")
    gone = ResourceChange("aws_eip.x", "aws_eip", "destroy", destroys=True, danger="fixed address")
    assert render(Summary("1.11.4", made, 0)).splitlines()[1:] == [f"  + aws_subnet.x{n}" for n in range(12)]
    assert render(Summary("1.11.4", (*made, vpc, gone), 0)).splitlines()[1:] == [
        "  - aws_eip.x (fixed address; asked for)",
        "  + 12 aws_subnet, 1 aws_vpc",
    ]
