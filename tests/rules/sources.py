"""The files that the rules are about."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("lab", "experiments", "analysis")
NOT_OURS = {".venv", "__pycache__", ".pytest_cache", ".ruff_cache", ".hypothesis", "instance"}


@cache
def product_modules() -> list[Path]:
    """Return the modules of the product, without the migrations."""
    found = [ROOT / "start.py"]
    for package in PACKAGES:
        found += sorted((ROOT / package).rglob("*.py"))
    return [path for path in found if "migrations" not in path.parts]


@cache
def own_files() -> list[Path]:
    """Return every file that git keeps, or would keep."""
    if not (ROOT / ".git").exists():
        # A copy without git, such as a downloaded archive.
        found = [path for path in ROOT.rglob("*") if not NOT_OURS & set(path.parts)]
        return [path for path in found if path.is_file()]
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


@cache
def tree(path: Path) -> ast.Module:
    """Return a module as Python reads it."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def name_of(path: Path) -> str:
    """Return a path as a person would say it."""
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Return the functions and methods of a module."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in ast.walk(tree(path)) if isinstance(node, kinds)]


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return how many lines a function takes."""
    return node.end_lineno - node.lineno + 1
