"""Plan summaries: plan JSON → summary → text. Pure: no I/O.

`reader` reads a plan's JSON from top to bottom; each of these files knows only those above it:

| what | files |
| --- | --- |
| plain data that goes out | model, report |
| values: what is masked, secret, equal, printed | values, marks, secrets, equality, printer |
| where two values differ | pairs |
| one form of each value | policies, containers, normalizer, configuration, source |
| which differences are shown, and how | relevance, differences |
| what happens | changes, patched, outputs, deploys, databases, cautions, cost, fingerprint, reader |
| as text | tags, render |
| a report, as anybody may read it | shown |
"""

from tanada.errors import PlanError
from tanada.plan.cautions import impossible
from tanada.plan.model import (
    Action,
    Caution,
    Cost,
    Counts,
    Deploy,
    Difference,
    Drift,
    FailedCheck,
    Known,
    OutputChange,
    Part,
    ResourceChange,
    Step,
    Summary,
)
from tanada.plan.patched import marked
from tanada.plan.reader import left_of, parts, summary
from tanada.plan.render import achieved, headline, in_steps, line, render, unknown_replacements, why
from tanada.plan.report import Message, Reason, Report, Status
from tanada.plan.shown import shown
from tanada.secrecy import HIDDEN, SENSITIVE, UNKNOWN

__all__ = [
    "HIDDEN",
    "SENSITIVE",
    "UNKNOWN",
    "Action",
    "Caution",
    "Cost",
    "Counts",
    "Deploy",
    "Difference",
    "Drift",
    "FailedCheck",
    "Known",
    "Message",
    "OutputChange",
    "Part",
    "PlanError",
    "Reason",
    "Report",
    "ResourceChange",
    "Status",
    "Step",
    "Summary",
    "achieved",
    "headline",
    "impossible",
    "in_steps",
    "left_of",
    "line",
    "marked",
    "parts",
    "render",
    "shown",
    "summary",
    "unknown_replacements",
    "why",
]
