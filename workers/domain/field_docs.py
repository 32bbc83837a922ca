"""Documentation of a struct's fields: the strings below them in its source.

Python keeps no docstrings of attributes, so they are read from the source. Settings
(docs/settings.md) and records (JSON Schemas, docs/topics.md) are documented this way.
"""

import ast
import inspect
import itertools
import textwrap
from collections.abc import Mapping
from typing import Any


def field_texts(kind: type[Any]) -> Mapping[str, str]:
    """Read the strings that stand below the fields in the source of *kind*.

    Of an enumeration they are those of its members.
    """
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(kind)))
    except (OSError, TypeError):  # made at run time, so without a source
        return {}
    body = next(node.body for node in tree.body if isinstance(node, ast.ClassDef))
    found = {}
    for field, below in itertools.pairwise(body):
        match field, below:
            case (
                ast.AnnAssign(target=ast.Name(id=name))
                | ast.Assign(targets=[ast.Name(id=name)]),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                found[name] = " ".join(text.split())
    return found
