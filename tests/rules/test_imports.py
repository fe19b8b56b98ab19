"""Rules for imports: the layers, the leaf of statistics, and what pages must not load."""

import ast
import subprocess
import sys
from pathlib import Path

from tests.rules.sources import ROOT, name_of, product_modules, tree

STATS_MAY_IMPORT = {"numpy", "scipy", "pandas", "statsmodels"} | sys.stdlib_module_names
HEAVY = ("statsmodels", "pandas", "scipy.stats")


def imports(node: ast.AST) -> list[str]:
    """Return the modules that a piece of code imports."""
    if isinstance(node, ast.Import):
        return [name.name for name in node.names]
    if isinstance(node, ast.ImportFrom):
        return [node.module]
    return []


def test_packages_import_downwards_only():
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout


def test_statistics_import_libraries_of_numbers_only():
    found = [
        f"{name_of(path)}:{node.lineno} {module}"
        for path in product_modules()
        if name_of(path).startswith("analysis/stats/")
        for node in ast.walk(tree(path))
        for module in imports(node)
        if module.partition(".")[0] not in STATS_MAY_IMPORT
        and not module.startswith("analysis.stats")
    ]
    assert not found


def test_heavy_libraries_are_imported_in_statistics_only():
    found = [
        f"{name_of(path)}:{node.lineno} {module}"
        for path in product_modules()
        if not name_of(path).startswith("analysis/stats/")
        for node in ast.walk(tree(path))
        for module in imports(node)
        if module.startswith(HEAVY)
    ]
    assert not found


def test_the_command_line_helps_without_the_statistics():
    code = (
        "import sys; from lab.cli import main; main(['--help'], standalone_mode=False);"
        f"print(sorted(set({HEAVY + ('numpy', 'flask')}) & set(sys.modules)), file=sys.stderr)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert answer.stderr.strip() == "[]"
