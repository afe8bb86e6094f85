"""What a plan takes from load balancers of certificates that are there already: hosts stop being answered over TLS."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tanada.plan.model import Caution
from tanada.plan.planned import Change, Values

_HEADLINE = "a load balancer shows a certificate no more"


def taken_away(changes: Sequence[Change]) -> Iterator[Caution]:
    """Of a certificate that goes itself it is said there. AWS adds one that a listener has already without a word, and
    takes it away whoever added it (Elastic Load Balancing API reference, AddListenerCertificates)."""
    going = {_arn(each.before, "arn") for each in changes if each.goes} - {""}
    shown = {_arn(each.after, "certificate_arn") for each in changes if each.type == "aws_lb_listener"}
    for change in (each for each in changes if each.type == "aws_lb_listener_certificate" and each.goes):
        certificate, listener = _arn(change.before, "certificate_arn"), _arn(change.before, "listener_arn")
        # What is a listener's default one from now on needs no place beside it.
        if not {certificate, listener} & going and certificate not in shown:
            yield Caution(
                f"{change.address}: hosts that no other certificate of its listener covers are answered with a wrong"
                " one from then on, and browsers refuse that; it goes from a listener that had it before, too",
                _HEADLINE,
                grave=True,
            )


def _arn(values: Values, name: str) -> str:
    return str(values.get(name, ""))
