"""The texts that a module of the program holds."""

import ast
from collections.abc import Iterator
from pathlib import Path


def literals(path: Path) -> Iterator[str]:
    """The texts of a module, docstrings aside."""
    tree = ast.parse(path.read_text("utf-8"))
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.value
