"""What a plan does to distributions that CloudFront refuses while another step, or another stack, isn't through."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tanada.plan.model import Caution
from tanada.plan.planned import Change, Values
from tanada.text import count, listed


def moved(changes: Sequence[Change]) -> Iterator[Caution]:
    """Names that go from one distribution to another: Terraform changes both at once, and a name is of one alone
    (CloudFront developer guide, "Use custom URLs by adding alternate domain names", CNAMEAlreadyExists)."""
    all_ = [each for each in changes if each.type == "aws_cloudfront_distribution"]
    left = {name for each in all_ for name in _names(each.before) - _names(each.after)}
    for each in all_:
        if names := sorted((_names(each.after) - _names(each.before)) & left):
            yield Caution(
                f"{each.address}: {listed(names, 3)} may be another distribution's still, and CloudFront refuses that "
                "(CNAMEAlreadyExists): plan and apply again then; until that is through neither of them answers there",
                "a host moves between two distributions",
            )


def certificates(changes: Sequence[Change]) -> Iterator[Caution]:
    """CloudFront's certificates that go: a distribution of an environment, which is applied afterwards, may have one
    (ACM API reference, DeleteCertificate, ResourceInUseException)."""
    going = [each for each in changes if each.type == "aws_acm_certificate" and each.goes]
    going = [each for each in going if each.address.endswith("_edge")]  # modules/certificate.py
    if going:
        yield Caution(
            f"{count(len(going), 'certificate')} of CloudFront's in us-east-1 can't be deleted while a distribution "
            "has it (ResourceInUseException): apply the environment that gives up its site first, then this",
            "a certificate of CloudFront's goes",
        )


def _names(values: Values) -> set[str]:
    held = values.get("aliases")
    return {str(each) for each in held} if isinstance(held, (list, tuple)) else set()
