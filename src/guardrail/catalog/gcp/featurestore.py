"""
Feature stores of Vertex AI, which serve from nodes.

https://cloud.google.com/vertex-ai/docs/featurestore
"""

from __future__ import annotations

from typing import Final

from guardrail.catalog.convert import whole
from guardrail.catalog.gcp.machine_specs import ACCOUNT, API, REGION
from guardrail.catalog.gcp.words import filled
from guardrail.catalog.kind import First, From, GroupSpec, Kind, NoRows, at
from guardrail.catalog.spelling import Spelling

_SERVING: Final = ("online_serving_config", 0)
_SCALED: Final = (*_SERVING, "scaling", 0)
_FIXED: Final = at(*_SERVING, "fixed_node_count", default=0, convert=whole)
_PROJECT: Final = {"project": "/metadata/annotations/cnrm.cloud.google.com~1project-id"}

FEATURESTORE: Final = Kind(
    type="google_vertex_ai_featurestore",
    category="database",
    source=f"{API}projects.locations.featurestores",
    labels="labels",
    region=REGION,
    account=ACCOUNT,
    groups=(
        GroupSpec(
            min=First((at(*_SCALED, "min_node_count", convert=whole), _FIXED)),
            max=First((at(*_SCALED, "max_node_count", convert=filled), _FIXED)),
            autoscaled=From((at(*_SCALED),), lambda block: block is not None),
        ),
    ),
    lines=(NoRows(name="nodes that serve online"),),
    spellings=(
        Spelling(type="vertex/Featurestore", case="camel"),
        Spelling(
            type="vertexai.cnrm.cloud.google.com/VertexAIFeaturestore", case="camel", body="/spec", beside=_PROJECT
        ),
    ),
)

_BIGTABLE: Final = ("bigtable", 0, "auto_scaling", 0)

ONLINE_STORE: Final = Kind(
    type="google_vertex_ai_feature_online_store",
    category="database",
    source=f"{API}projects.locations.featureOnlineStores",
    labels="labels",
    region=REGION,
    account=ACCOUNT,
    groups=(
        GroupSpec(
            when=From((at(*_BIGTABLE),), lambda block: block is not None),
            min=at(*_BIGTABLE, "min_node_count", convert=whole),
            max=First(
                (at(*_BIGTABLE, "max_node_count", convert=filled), at(*_BIGTABLE, "min_node_count", convert=whole))
            ),
            autoscaled=From((at(*_BIGTABLE),), lambda block: block is not None),
        ),
    ),
    lines=(NoRows(name="nodes that serve online"),),
    spellings=(
        Spelling(type="vertex/FeatureOnlineStore", case="camel"),
        Spelling(
            type="aiplatform.cnrm.cloud.google.com/VertexAIFeatureOnlineStore",
            case="camel",
            body="/spec",
            beside=_PROJECT,
        ),
    ),
)

KINDS: Final = (FEATURESTORE, ONLINE_STORE)
