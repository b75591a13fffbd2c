"""Overlays: a named person puts their name to values that a base pack leaves unsure, field by field.

An overlay can confirm or fill what is unsure or missing. It can never change what the base pack says with certainty:
that would be another law, and needs another pack.
"""

from collections.abc import Mapping
from typing import Final

from tarazy.law.assessment import Mark
from tarazy.law.node import Node, PackFault, Plain

OVERLAY_FILE: Final = "overlay.yaml"
FICTIONAL: Final = "Fictional"
"""How every name in a demonstration begins, so that nobody takes it for a signature."""

Trees = Mapping[str, Node]


def overlaid(trees: Trees, overlay: Node) -> Trees:
    """Return the base pack's files with the overlay's confirmations in them. Raises `PackFault` for one that misses."""
    overlay.fields(
        ["base", "id", "version", "is_demonstration", "as_of", "review_by", "confirmations"], ["kind", "signed_by"]
    )
    own = {"id", "kind", "version", "is_demonstration", "as_of", "review_by", "signed_by"}
    result = dict(trees)
    head = _mapping(result["pack.yaml"])
    if head.get("id") != overlay.get("base").text():
        raise overlay.get("base").fault(f"the id of the base pack, {head.get('id')!r}")
    named = {key: overlay.get(key).value for key in own}
    result["pack.yaml"] = Node("pack.yaml", "", {**head, "base": head["id"], **named})
    for confirmation in overlay.get("confirmations").items():
        _check_name(confirmation, is_demonstration=overlay.get("is_demonstration").yes())
        file = confirmation.get("file").text()
        if file not in result:
            raise confirmation.get("file").fault("a file of the base pack")
        tree = _mapping(result[file])
        after = _norm_confirmed(tree, confirmation) if file == "norms.yaml" else _field_confirmed(tree, confirmation)
        result[file] = Node(file, "", after)
    return result


def _check_name(confirmation: Node, *, is_demonstration: bool) -> None:
    confirmation.fields(["file", "confirmed_by", "confirmed_on"], ["field", "version", "value", "question"])
    name = confirmation.get("confirmed_by").text()
    confirmation.get("confirmed_on").day()
    if is_demonstration != name.startswith(FICTIONAL):
        raise confirmation.get("confirmed_by").fault(
            f"a name that begins with {FICTIONAL!r} in a demonstration, and only there"
        )


def _norm_confirmed(tree: Mapping[str, Plain], confirmation: Node) -> Mapping[str, Plain]:
    """Put a name to one version of a norm."""
    wanted = confirmation.get("version").text()
    found = False
    norms: list[Plain] = []
    for norm in Node("norms.yaml", "", tree).get("norms").items():
        versions: list[Plain] = []
        for version in norm.get("versions").items():
            plain = _mapping(version)
            if plain.get("id") == wanted:
                found = True
                plain = _named(plain, confirmation)
            versions.append(plain)
        norms.append({**_mapping(norm), "versions": versions})
    if not found:
        raise confirmation.get("version").fault("a version of a norm of the base pack")
    return {**tree, "norms": norms}


def _field_confirmed(tree: Mapping[str, Plain], confirmation: Node) -> Mapping[str, Plain]:
    """Put a name to one field of a rule, and fill its value where the base pack has none."""
    key = confirmation.get("field").text()
    before = tree.get(key)
    if before is None:
        filled = {"value": confirmation.get("value").value, "mark": "unsure"}
        question = {"question": confirmation.get("question").integer(1)}
        return {**tree, key: _named({**filled, **question}, confirmation)}
    if not isinstance(before, dict):
        raise confirmation.get("field").fault("a field with a mark")
    value = {"value": confirmation.get("value").value} if confirmation.has("value") else {}
    return {**tree, key: _named({**before, **value}, confirmation)}


def _named(plain: Mapping[str, Plain], confirmation: Node) -> dict[str, Plain]:
    if plain.get("mark") != Mark.unsure:
        raise PackFault(
            f"{confirmation.file}: {confirmation.path}: expected a value that the base pack marks as unsure, "
            f"found one marked {plain.get('mark')}"
        )
    return {**plain, "confirmed_by": confirmation.get("confirmed_by").text()}


def _mapping(node: Node) -> dict[str, Plain]:
    if not isinstance(node.value, dict):
        raise node.fault("a mapping")
    return node.value
