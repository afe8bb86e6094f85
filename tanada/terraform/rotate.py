"""Giving a store another password: a plan of that alone, shown, confirmed and carried out."""

from __future__ import annotations

from dataclasses import replace

from tanada.contract import passwords
from tanada.errors import TerraformError
from tanada.plan import render
from tanada.terraform import target_plan
from tanada.terraform.apply import carry_out_steps, check
from tanada.terraform.folders import open_folders
from tanada.terraform.layout import Target
from tanada.terraform.run import ChangeOptions, Run, check_can_ask, check_protected, commit, prepared


def rotate(run: Run, target: Target, store: str, options: ChangeOptions) -> None:
    """Write another password wherever that of a store is written, and replace the tasks that read it; `store` is its
    first name.

    Raises TerraformError where there is anything else to apply: what is confirmed is this and nothing else.
    """
    check_protected(run, target.stack, options.protected)
    check_can_ask(run, yes=options.yes)
    checked_out = commit(run)
    terraform = prepared(run, options, [target.stack])
    request = target_plan.request(run.system, target, {}, checked_out.id or "HEAD")
    with (
        open_folders(terraform) as folders,
        target_plan.planned(folders, replace(request, limit=None), run.voice.steps(target.label)) as (session, before),
    ):
        written = passwords.places(before.emitted).get(store, ())
        again = f"tanada plan {target.stack.name}"
        again += f" --workspace {target.workspace}" if target.workspace else ""
        if before.state.resources == 0 or not written:
            raise TerraformError(f"{target.label} has no password of {store} yet: apply it first, {again}.")
        if not before.summary.empty:
            raise TerraformError(f"{target.label} has something else to apply: do that first, {again}.")
        number = before.store_versions.get(store, 1) + 1
        given = target_plan.given_before(before)
        given = replace(given, store_versions={**given.store_versions, store: number})
        fresh = target_plan.made(session, request, before.state, given)
        run.voice.say(f"{target.label}: {render(fresh.summary)}")
        until = "what runs opens no new connection"
        if all(each.note for each in written):
            until = "the one before is taken as well"
        run.voice.say(f"{target.label}: what reads the password of {store} is replaced; until then {until}.")
        check(run, session, fresh, options)
        carry_out_steps(run, session, request, fresh, late=True)
