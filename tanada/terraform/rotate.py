"""Giving a store another password: a plan of that alone, shown, confirmed and carried out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tanada.contract import passwords
from tanada.errors import TerraformError
from tanada.plan import render
from tanada.terraform import target_plan
from tanada.terraform.carry_out import carry_out_steps, check
from tanada.terraform.folders import open_folders
from tanada.terraform.layout import Target
from tanada.terraform.request import request_of
from tanada.terraform.run import ChangeOptions, Run, check_can_ask, check_protected, commit, prepared


def rotate(run: Run, target: Target, stores: Sequence[str], options: ChangeOptions) -> None:
    """Write other passwords wherever those of a store are written, and replace the tasks that read them; `stores` are
    by what they are known: the store's first name, of databases in it that with theirs.

    Raises TerraformError where there is anything else to apply: what is confirmed is this and nothing else.
    """
    check_protected(run, target.stack, options.protected)
    check_can_ask(run, yes=options.yes)
    checked_out = commit(run)
    terraform = prepared(run, options, [target.stack])
    named = " and ".join(stores)
    request = request_of(run.system, target, {}, checked_out.id or "HEAD")
    with (
        open_folders(terraform) as folders,
        target_plan.planned(folders, replace(request, limit=None), run.voice.steps(target.label)) as (session, before),
    ):
        places_of = passwords.places(before.emitted)
        written = [places_of.get(each, ()) for each in stores]
        again = f"tanada plan {target.stack.name}"
        again += f" --workspace {target.workspace}" if target.workspace else ""
        if before.state.resources == 0 or not all(written):
            raise TerraformError(f"{target.label} has no password of {named} yet: apply it first, {again}.")
        if not before.summary.empty:
            raise TerraformError(f"{target.label} has something else to apply: do that first, {again}.")
        numbers = {each: before.store_versions.get(each, 1) + 1 for each in stores}
        given = target_plan.given_before(before)
        given = replace(given, store_versions={**given.store_versions, **numbers})
        fresh = target_plan.made(session, request, before.state, given)
        run.voice.say(f"{target.label}: {render(fresh.summary)}")
        until = "what runs opens no new connection"
        if all(place.note for places in written for place in places):
            until = "the one before is taken as well"
        run.voice.say(f"{target.label}: what reads the password of {named} is replaced; until then {until}.")
        check(run, session, fresh, options)
        carry_out_steps(run, session, request, fresh, late=True)
