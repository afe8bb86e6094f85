"""Where a site's function looks for old addresses: a key-value store of CloudFront's."""

from __future__ import annotations

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
    store = CloudfrontKeyValueStore(
        scope, "moved", name=names.limited(f"{id}-moved", 64), comment=f"Old addresses of {names.joined(id)}"
    )
    CloudfrontkeyvaluestoreKeysExclusive(
        scope,
        "moved_pages",
        key_value_store_arn=store.arn,
        resource_key_value_pair=[
            CloudfrontkeyvaluestoreKeysExclusiveResourceKeyValuePair(key=key, value=value)
            for key, value in sorted(pages.pairs().items())
        ],
    )
    return store.arn
