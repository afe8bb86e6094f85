"""Going back to the tags that worked before: a plan with these, shown, confirmed and carried out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tanada.contract.ran import History
from tanada.errors import TerraformError
from tanada.plan import render
from tanada.terraform import images, ran, target_plan
from tanada.terraform.carry_out import carry_out_steps, check
from tanada.terraform.folders import open_folders
from tanada.terraform.layout import Target
from tanada.terraform.request import request_of
from tanada.terraform.run import ChangeOptions, Run, check_can_ask, check_protected, commit, prepared
from tanada.text import listed, meant, one_of, quoted

if TYPE_CHECKING:
    from tanada.declared.blueprint import Blueprint


def rollback(run: Run, target: Target, service: str | None, given: Mapping[str, str], options: ChangeOptions) -> None:
    """Plan an environment with the tags that worked before those that run, and apply that: of one service's images, or
    of those that the last apply changed; `given` names other ones that worked.

    Raises TerraformError where none is known, or none can be gone back to.
    """
    wanted = _images(run, target, service, given)
    check_protected(run, target.stack, options.protected)
    check_can_ask(run, yes=options.yes)
    checked_out = commit(run)
    terraform = prepared(run, options, [target.stack])
    known = ran.state_of(terraform, target)
    if known.unsure:
        raise TerraformError(f"Which tags of {target.label} worked is not known. {known.unsure}")
    running = known.state.image_tags
    history = known.history.since(running)
    tags = chosen(target.label, history, wanted, given)
    request = request_of(run.system, target, tags, checked_out.id or "HEAD")
    with (
        open_folders(terraform) as folders,
        target_plan.planned(folders, request, run.voice.steps(target.label)) as (session, fresh),
    ):
        for image, tag in sorted(tags.items()):
            _say(run, target, image, tag, running.get(image), history)
        for each in fresh.warnings:
            run.voice.note(f"{each.summary}. {each.detail}".strip())
        run.voice.say(f"{target.label}: {render(fresh.summary)}")
        if fresh.summary.empty:
            return
        if not replace(fresh.summary, drift=()).routine:
            run.voice.note(f"{target.label}: this does more than going back: it applies all that isn't applied yet.")
        check(run, session, fresh, options)
        undone = {image: now for image, tag in tags.items() if (now := running.get(image)) is not None and now != tag}
        carry_out_steps(run, session, request, fresh, late=True, undone=undone)


def _say(run: Run, target: Target, image: str, tag: str, now: str | None, history: History) -> None:
    """From where it goes back to where, and where else it could."""
    failed = history.failed.get(image)
    left = now if now != tag or failed is None else f"{failed.tag}, which failed,"
    run.voice.say(f"{target.label}: {image}: back from {left} to {tag}.")
    others = [each for each in history.worked.get(image, ()) if each.tag not in (tag, now)]
    if others:
        said = listed([ran.says(each) for each in others], len(others))
        run.voice.say(f"{target.label}: {image}: worked too: {said}; --image {image}=TAG takes one.")


def chosen(label: str, history: History, wanted: Sequence[str] | None, given: Mapping[str, str]) -> dict[str, str]:
    """The tag to go back to, by image: of those `wanted`, else of those that the last apply changed."""
    for image, tag in given.items():
        entries = history.worked.get(image, ())
        if tag not in {each.tag for each in entries}:
            there = f"; known are {', '.join(map(ran.says, entries))}" if entries else ""
            raise TerraformError(
                f"--image {image}={tag}: nothing says that it ever worked in {label}{there}; to try it: tanada plan."
            )
    asked = sorted(history.last()) if wanted is None else wanted
    found = {image: before.tag for image in asked if (before := history.before(image)) is not None} | dict(given)
    if not found or (wanted is not None and (without := [each for each in wanted if each not in found])):
        of = ", ".join(without) if found else ", ".join(asked) or "any image"
        raise TerraformError(
            f"{label}: no tag of {of} is known that worked before the one that runs; say which is to run: "
            "tanada plan, with --image NAME=TAG."
        )
    return found


def _images(run: Run, target: Target, service: str | None, given: Mapping[str, str]) -> list[str] | None:
    """The images that are asked for; None for those of the last apply. Raises TerraformError."""
    stack = target.stack
    if stack.kind == "common":
        raise TerraformError(f"{stack.name} runs no services: tanada rollback takes an environment.")
    if stack.kind == "review" or stack.environment is None:
        raise TerraformError(
            "A review environment shows what its branch is, and goes nowhere back: plan it with --image NAME=TAG."
        )
    blueprint: Blueprint = run.system.environments[stack.environment]
    running = blueprint.running()
    if service is not None:
        if service not in blueprint.services:
            near = meant(service, blueprint.services)
            raise TerraformError(
                f"{stack.environment} has no service {quoted(service)}; {one_of(sorted(blueprint.services))}{near}"
            )
        if blueprint.services[service].external:
            raise TerraformError(f"{service} is deployed by others (deploy: external): go back with what deploys it.")
        own = sorted(set(blueprint.services[service].built))
        if not own:
            raise TerraformError(f"{service} runs images from elsewhere alone, whose tags stand in the declaration.")
        images.check_known(given, own, own)
        for image in own:
            others = sorted(name for name, each in running.items() if image in each.built and name != service)
            if others:
                run.voice.note(f"{image} is run by {listed(others, len(others))} too: all that run it go back.")
        return own
    every = {name for each in running.values() for name in each.built}
    images.check_known(given, every, every)
    return sorted(given) if given else None
