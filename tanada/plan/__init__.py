"""Plan summaries: plan JSON → summary → text. Pure: no I/O."""

from tanada.plan.errors import PlanError
from tanada.plan.render import achieved, line, render, why
from tanada.plan.summary import Action, Counts, Drift, OutputChange, ResourceChange, Summary, summarize

__all__ = [
    "Action",
    "Counts",
    "Drift",
    "OutputChange",
    "PlanError",
    "ResourceChange",
    "Summary",
    "achieved",
    "line",
    "render",
    "summarize",
    "why",
]
