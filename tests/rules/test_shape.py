"""Rules for the shape of the code: how long, how deep, and what stands where."""

import ast
from statistics import median

from tests.rules.sources import PACKAGES, ROOT, functions, length, name_of, product_modules, tree

LONGEST_FUNCTION = 60
MEDIAN_FUNCTION = 10
LONGEST_MODULE = 450
SQL_WORDS = {"select", "insert", "update", "delete", "text"}
SQL_CALLS = {"exec", "execute", "scalar", "scalars", "exec_driver_sql"}
# The command that is asked for, the estimator that is chosen and the work that waits for a worker
# are loaded by name.
LAZY_MODULES = {"analysis/registry.py", "lab/cli.py", "lab/jobs/work.py"}


def is_query_module(name: str) -> bool:
    """Tell whether SQL may stand in a module."""
    return "/queries/" in name or name == "lab/db.py"


def test_no_function_is_longer_than_sixty_lines():
    long = [
        f"{name_of(path)}:{node.lineno} {node.name} has {length(node)} lines"
        for path in product_modules()
        for node in functions(path)
        if length(node) > LONGEST_FUNCTION
    ]
    assert not long, "Split:\n" + "\n".join(long)


def test_half_the_functions_are_at_most_ten_lines():
    lengths = [length(node) for path in product_modules() for node in functions(path)]
    assert not lengths or median(lengths) <= MEDIAN_FUNCTION


def test_no_module_is_longer_than_its_bound():
    long = [
        f"{name_of(path)} has {count} lines"
        for path in product_modules()
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_MODULE
    ]
    assert not long, "Make a package with one module per topic of:\n" + "\n".join(long)


def test_package_files_are_empty():
    full = [
        name_of(path)
        for package in PACKAGES
        for path in (ROOT / package).rglob("__init__.py")
        if path.read_text(encoding="utf-8").strip()
    ]
    assert not full, f"Importing a package must load nothing: {full}"


def test_every_module_says_what_lives_in_it():
    silent = [
        name_of(path)
        for path in product_modules()
        if path.name != "__init__.py" and not ast.get_docstring(tree(path))
    ]
    assert not silent, f"Without a docstring: {silent}"


def test_nothing_is_imported_inside_a_function():
    found = {
        f"{name_of(path)}:{inner.lineno}"
        for path in product_modules()
        for node in functions(path)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    }
    assert not found, f"Import at the top of the module: {sorted(found)}"


def test_modules_are_loaded_by_name_in_few_places_only():
    found = {
        name_of(path)
        for path in product_modules()
        for node in ast.walk(tree(path))
        if getattr(node, "attr", getattr(node, "id", "")) in {"import_module", "__import__"}
    }
    assert found <= LAZY_MODULES, f"Loaded by name elsewhere: {sorted(found - LAZY_MODULES)}"


def test_sql_is_written_in_queries_only():
    found = [
        f"{name_of(path)}:{node.lineno} {word}"
        for path in product_modules()
        if not is_query_module(name_of(path))
        for node in ast.walk(tree(path))
        for word in sql_in(node)
        # An index or a default of a table may hold a piece of SQL.
        if not (word == "text" and "/models/" in name_of(path))
    ]
    assert not found, "Move to a queries module:\n" + "\n".join(found)


def sql_in(node: ast.AST) -> list[str]:
    """Return the SQL that a piece of code imports or runs."""
    origin = node.module or "" if isinstance(node, ast.ImportFrom) else ""
    if origin.startswith(("sqlalchemy", "sqlmodel")):
        return [name.name for name in node.names if name.name in SQL_WORDS]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return [node.func.attr] if node.func.attr in SQL_CALLS else []
    return []
