"""YAML as people write codebooks in it: nothing but plain values, and no key twice."""

from __future__ import annotations

from typing import Any

import yaml


class TwiceError(ValueError):
    """A key stands twice in one mapping, so that one of its values would be lost."""


def _mapping(loader: Any, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[str] = set()
    for key, _ in node.value:
        if key.value in seen:
            message = f"line {key.start_mark.line + 1}: '{key.value}' is written twice"
            raise TwiceError(message)
        seen.add(key.value)
    loader.flatten_mapping(node)
    found: dict[Any, Any] = loader.construct_mapping(node, deep=True)
    return found


def _restricted(base: Any) -> Any:
    """Return a safe YAML reader that refuses a key written twice, which PyYAML lets the later one win."""
    loader: Any = type("_Loader", (base,), {})
    loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
    # "no" and "on" are words here, not truth values.
    loader.yaml_implicit_resolvers = {
        first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:bool"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    return loader


_Loader = _restricted(yaml.SafeLoader)
# libyaml reads the same, about seven times as fast; a PyYAML built without it has no such class.
_FastLoader = _restricted(yaml.CSafeLoader) if hasattr(yaml, "CSafeLoader") else None


def read_yaml(text: str) -> Any:
    """
    Return what YAML says: lists, mappings, texts and numbers.

    What the fast reader refuses the other reads again: its words say more.

    Raises:
        yaml.YAMLError: It is not YAML.
        TwiceError: A key is written twice in one place.
    """
    if _FastLoader is not None:
        try:
            return yaml.load(text, Loader=_FastLoader)  # noqa: S506 (a CSafeLoader with fewer types)
        except (yaml.YAMLError, ValueError):  # ValueError: characters that libyaml does not take
            pass
    return yaml.load(text, Loader=_Loader)  # noqa: S506 (a SafeLoader with fewer types)
