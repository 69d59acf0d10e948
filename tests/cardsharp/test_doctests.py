"""The examples in the library's docstrings are true."""

import doctest
import importlib
import pkgutil

import pytest

import cardsharp

MODULES = sorted(module.name for module in pkgutil.walk_packages(cardsharp.__path__, "cardsharp."))


@pytest.mark.parametrize("name", [name for name in MODULES if not name.endswith("__main__")])
def test_examples_in_docstrings(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_examples() -> None:
    examples = [doctest.testmod(importlib.import_module(f"cardsharp.{name}")).attempted for name in ("cards", "chips")]
    assert all(examples)
