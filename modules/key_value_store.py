"""Where a site's function looks for old addresses: a key-value store of CloudFront's."""

from __future__ import annotations

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.cloudfront_key_value_store import CloudfrontKeyValueStore
from cdktf_cdktf_provider_aws.cloudfrontkeyvaluestore_keys_exclusive import (
    CloudfrontkeyvaluestoreKeysExclusive,
    CloudfrontkeyvaluestoreKeysExclusiveResourceKeyValuePair,
)
from constructs import Construct

from tanada.declared.moved_pages import MovedPages
from tanada.names import Names


def store_of(scope: Construct, names: Names, id: str, pages: MovedPages) -> str:
    """The ARN of the store; one resource holds all that is in it, so that what somebody added by hand goes."""
    # Where the word is taken out, they go after the function that looks there: CloudFront deletes nothing in use.
    later = TerraformResourceLifecycle(create_before_destroy=True)
    store = CloudfrontKeyValueStore(
        scope,
        "moved",
        name=names.limited(f"{id}-moved", 64),
        comment=f"Old addresses of {names.joined(id)}",
        lifecycle=later,
    )
    CloudfrontkeyvaluestoreKeysExclusive(
        scope,
        "moved_pages",
        key_value_store_arn=store.arn,
        resource_key_value_pair=[
            CloudfrontkeyvaluestoreKeysExclusiveResourceKeyValuePair(key=key, value=value)
            for key, value in sorted(pages.pairs().items())
        ],
        lifecycle=later,
    )
    return store.arn
