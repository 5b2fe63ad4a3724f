"""What pyproject.toml has to say about every module at the top level, and is easily forgotten."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
MODULES = {file.stem for file in ROOT.glob("*.py")}
PACKAGES = {file.parent.name for file in ROOT.glob("*/__init__.py")} - {"tests"}


def tools() -> Any:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]


def test_every_module_is_packaged() -> None:
    assert set(tools()["setuptools"]["py-modules"]) >= MODULES


def test_every_package_is_packaged() -> None:
    assert {f"{package}*" for package in PACKAGES} == set(
        tools()["setuptools"]["packages"]["find"]["include"]
    )


def test_every_package_is_under_the_contracts() -> None:
    assert set(tools()["importlinter"]["root_packages"]) == PACKAGES


def test_every_module_is_sorted_as_our_own() -> None:
    assert set(tools()["ruff"]["lint"]["isort"]["known-first-party"]) >= MODULES | PACKAGES
