"""What a stranger's plan may say of what is there already: which attributes change, and not what they were."""

from __future__ import annotations

from dataclasses import replace

from tanada.plan import Deploy, Difference, Summary
from tanada.secrecy import HIDDEN


def without_old_values(summary: Summary) -> Summary:
    """The same summary without values that are there already; of drift both are."""
    return replace(
        summary,
        changes=tuple(
            replace(change, differences=tuple(map(_new_alone, change.differences))) for change in summary.changes
        ),
        outputs=tuple(
            replace(output, difference=_new_alone(output.difference)) if output.difference else output
            for output in summary.outputs
        ),
        drift=tuple(
            replace(drift, differences=tuple(_neither(each) for each in drift.differences)) for drift in summary.drift
        ),
        deploys=tuple(
            Deploy(each.service, tuple((name, HIDDEN, after) for name, _, after in each.images))
            for each in summary.deploys
        ),
    )


def _new_alone(difference: Difference) -> Difference:
    # Lines that stay are old ones too.
    lines = tuple(line for line in difference.lines if line.startswith("+"))
    return replace(difference, before=_hidden(difference.before), lines=lines)


def _neither(difference: Difference) -> Difference:
    return replace(_new_alone(difference), after=_hidden(difference.after), lines=())


def _hidden(value: str | None) -> str | None:
    return None if value is None else HIDDEN
