"""Who may read what, answered by Cedar: the policies of `app/policies`, read and checked once, kept parsed."""

from functools import cache
from importlib import resources
from typing import Final

import cedarpy

from tarazy.app.access import Decision, ReadAction, Resource, Visitor

POLICIES_FILE: Final = "reading.cedar"
SCHEMA_FILE: Final = "schema.cedarschema"


class PolicyFault(Exception):
    """Policies that cannot be read, do not fit their schema, or have one without an id. No program starts on them."""


class CedarPolicy:
    """The port `ReadPolicy` on one set of policies. It has no state but the parsed text: any thread may ask it."""

    def __init__(self, policies: str, schema: str) -> None:
        self._schema = _schema(schema)
        checked = cedarpy.validate_policies(policies, self._schema)
        if not checked.validation_passed:
            raise PolicyFault(f"{POLICIES_FILE}: {'; '.join(str(fault) for fault in checked.errors)}")
        self._policies = cedarpy.PolicySet.from_str(policies)
        self.policy_ids: Final = _ids(policies)

    def decide(self, visitor: Visitor, action: ReadAction, resource: Resource) -> Decision:
        """Return what the policies say; an error while one is worked out is a 'no', whatever another one permits."""
        request = {
            "principal": {"type": "Visitor", "id": _id_of(visitor)},
            "action": {"type": "Action", "id": action.value},
            "resource": {"type": "Resource", "id": resource.resource_id},
            "context": {},
        }
        answer = cedarpy.is_authorized(request, self._policies, _entities(visitor, resource), self._schema)
        found = answer.diagnostics
        names = found.id_annotations_by_reason
        said = tuple(sorted(str(names[reason]) for reason in found.reasons if reason in names))
        return Decision(answer.decision is cedarpy.Decision.Allow and not found.errors, said)


@cache
def load_read_policy() -> CedarPolicy:
    """Return the policies that are shipped, read once. Raises PolicyFault."""
    folder = resources.files("tarazy.app.policies")
    return CedarPolicy(
        (folder / POLICIES_FILE).read_text(encoding="utf-8"), (folder / SCHEMA_FILE).read_text(encoding="utf-8")
    )


def _schema(text: str) -> cedarpy.Schema:
    try:
        return cedarpy.Schema.from_str(text)
    except ValueError as fault:
        raise PolicyFault(f"{SCHEMA_FILE}: {fault}") from fault


def _ids(policies: str) -> tuple[str, ...]:
    """Return the ids that the policies name, in their order. Every policy has one, and no two the same."""
    nodes = cedarpy.policies_to_pst(policies).static_policies
    ids = [dict(policy.annotations).get("id", "") for policy in nodes.values()]
    if "" in ids or len(set(ids)) != len(ids):
        raise PolicyFault(f"{POLICIES_FILE}: every policy has an @id of its own, found {ids}")
    return tuple(ids)


def _id_of(visitor: Visitor) -> str:
    own = visitor.officer_id or visitor.subject_id or ""
    return f"{visitor.participant_id or ''}/{own}/{visitor.role}"


def _entities(visitor: Visitor, resource: Resource) -> list[dict[str, object]]:
    principal = {
        "role": visitor.role.value,
        "body": visitor.participant_id or "",
        "officer": visitor.officer_id or "",
        "account": visitor.subject_id or "",
    }
    thing = {
        "bodies": sorted(resource.bodies),
        "before": sorted(resource.before),
        "counsel": sorted(resource.counsel),
        "owner": resource.owner or "",
        "ownerBody": resource.owner_body or "",
        "isOpen": resource.is_open,
        "isLocked": resource.is_locked,
        "isSealed": resource.is_sealed,
        "isCounsels": resource.is_counsels,
    }
    return [
        {"uid": {"type": "Visitor", "id": _id_of(visitor)}, "attrs": principal, "parents": []},
        {"uid": {"type": "Resource", "id": resource.resource_id}, "attrs": thing, "parents": []},
    ]
