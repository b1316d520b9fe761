"""What holds for the repository as a whole: documents, walls, files. Knows no chapter and loads no model."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
OURS = ("explorer", "pages", "tests", "benchmarks", "training")
NOT_OURS = {".git", ".venv", "__pycache__", "node_modules", "out", ".hypothesis"}
CLUSTER = ROOT / "explorer/engine/ray_serve/deployment.py"  # imports Ray, which is not required
TEXT = {".py", ".js", ".css", ".md", ".toml", ".txt", ".yaml", ".yml", ".html", ""}
LONGEST = {"pages": 80, "explorer/views": 180, "explorer": 350, "app.py": 100}


@cache
def everything() -> tuple[Path, ...]:
    """Files of the project, without what tools and installers leave behind (an environment alone is 50,000 files)."""

    def kept(names: list[str]) -> list[str]:
        return [one for one in names if not (one.endswith("_cache") or one in NOT_OURS)]

    found = []
    for folder, inside, names in os.walk(ROOT):
        inside[:] = kept(inside)
        found += [Path(folder) / one for one in kept(names)]
    return tuple(sorted(found))


def files(*suffixes: str) -> list[Path]:
    """Those with one of these suffixes."""
    return [path for path in everything() if path.suffix in suffixes and path.is_file()]


def ours() -> list[Path]:
    """The project's own Python files."""
    return [path for path in files(".py") if name(path).split("/")[0] in OURS or path.parent == ROOT]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def read(path: Path | str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def imported(path: Path) -> Iterator[str]:
    """Full names of the modules a file imports, anywhere in it (relative imports are not used here)."""
    for node in ast.walk(ast.parse(read(path))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def commands(document: str) -> list[str]:
    """The lines of a document's shell blocks."""
    blocks = re.findall(r"```(?:bash|powershell)\n(.*?)```", read(document), re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line and not line.startswith("#")]


# --- documents -----------------------------------------------------------------------------------------------


def test_the_readme_s_test_command_is_what_continuous_integration_runs() -> None:
    pattern = re.search(r"grep -m1 -E '(.+)' README\.md", read(".ci/run"))
    assert pattern, ".ci/run no longer takes its command from the README"
    first = next(line for line in read("README.md").splitlines() if re.search(pattern[1], line))
    steps = [step.strip() for step in first.split("&&")]
    assert steps[0].startswith("python3 -m venv")
    assert "-r requirements-dev.txt" in steps[1]
    assert steps[-1] == ".venv/bin/python -m pytest"


def test_the_first_command_installs_and_runs_the_app() -> None:
    first = commands("README.md")[0]
    assert "-r requirements.txt" in first
    assert first.endswith("streamlit run app.py")


def test_both_readmes_show_the_same_commands() -> None:
    assert commands("README.md") == commands("README.zh.md")


@pytest.mark.parametrize(
    "document", ["README.md", "README.zh.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "CHANGELOG.md"]
)
def test_links_between_documents_lead_somewhere(document: str) -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", read(document))
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_the_licence_is_apache() -> None:
    assert "Apache License" in read("LICENSE")
    assert "Version 2.0, January 2004" in read("LICENSE")


# --- files ---------------------------------------------------------------------------------------------------


def test_no_file_names_a_place_on_somebody_s_machine() -> None:
    place = re.compile(r"(?<![\w.*/])/(?!tmp/ray\b)(home|root|Users|work|tmp|opt|mnt)/\w|\b[A-Z]:\\Users\\")
    found = [
        f"{name(path)}: {line.strip()[:80]}"
        for path in files(*TEXT)
        if not name(path).startswith("assets/models/") and path != Path(__file__)
        for line in read(path).splitlines()
        if place.search(line)
    ]
    assert found == []


def test_every_python_file_says_what_it_is() -> None:
    assert [name(path) for path in ours() if read(path).strip() and not ast.get_docstring(ast.parse(read(path)))] == []


@pytest.mark.parametrize("folder", LONGEST)
def test_no_file_outgrows_its_idea(folder: str) -> None:
    lengths = {name(path): len(read(path).splitlines()) for path in ours() if name(path).startswith(folder)}
    assert {path: length for path, length in lengths.items() if length > LONGEST[folder]} == {}


def test_text_files_are_opened_as_utf8() -> None:
    """read_text, write_text and text-mode open() name their encoding: Windows would take another one."""
    found = []
    for path in ours():
        for node in ast.walk(ast.parse(read(path))):
            if isinstance(node, ast.Call) and _opens_text(node) and not _names_encoding(node):
                found.append(f"{name(path)}:{node.lineno}")
    assert found == []


def _opens_text(call: ast.Call) -> bool:
    method = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if method in ("read_text", "write_text"):
        return True
    on_path_or_builtin = isinstance(call.func, ast.Name) or not isinstance(getattr(call.func, "value", None), ast.Name)
    modes = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    return method == "open" and on_path_or_builtin and bool(call.args) and not any("b" in mode for mode in modes[-1:])


def _names_encoding(call: ast.Call) -> bool:
    positional = [arg.value for arg in call.args if isinstance(arg, ast.Constant)]
    return any(keyword.arg == "encoding" for keyword in call.keywords) or "utf-8" in positional


def test_nothing_dangerous_is_asked_of_the_libraries() -> None:
    """No remote code, no pickled weights, no unescaped HTML through Markdown."""
    words = re.compile(
        r"trust_remote_code\s*=\s*True|^import pickle|torch\.load\(|unsafe_allow_html\s*=\s*True", re.MULTILINE
    )
    assert [name(path) for path in ours() if not name(path).startswith("tests/") and words.search(read(path))] == []


def test_no_test_needs_a_thread_without_a_loop() -> None:
    """A worker that has driven Chromium keeps Playwright's loop in its thread: `tests.loops.run` takes another."""
    tests = [path for path in map(name, ours()) if path.startswith("tests/")]
    calls = [(path, node) for path in tests for node in ast.walk(ast.parse(read(path))) if isinstance(node, ast.Call)]
    assert [path for path, call in calls if ast.unparse(call.func) in ("asyncio.run", "anyio.run")] == []


# --- walls (those within the package explorer are import-linter's: tests/test_quality.py) ----------------------


def test_pages_know_views_and_ui_only() -> None:
    allowed = ("explorer.views", "explorer.ui", "explorer.lab.types", "streamlit", "__future__")
    # One page hands its view what no view may know: the bench that measures evidence, which itself asks the engine.
    handed = {("pages/evidence.py", "explorer.evidence"), ("pages/evidence.py", "explorer.evidence.runner")}
    found = {
        f"{name(path)} imports {module}"
        for path in ours()
        if name(path).startswith("pages/")
        for module in imported(path)
        if not (module == "explorer" or module.startswith(allowed) or (name(path), module) in handed)
    }
    assert found == set()


@pytest.mark.parametrize("layer", ["views", "ui", "figures", "components", "lab/types", "engine"])
def test_importing_a_layer_loads_no_torch(layer: str) -> None:
    """In a fresh process, and however indirectly: a first paint must not wait for torch."""
    modules = [
        name(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for path in ours()
        if name(path).startswith(f"explorer/{layer}/") and path != CLUSTER
    ]
    assert modules
    script = (
        f"import importlib, sys\nfor m in {modules!r}: importlib.import_module(m)\n"
        "print(sorted({'torch', 'transformers'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


# --- requirements --------------------------------------------------------------------------------------------


def requirements(document: str) -> set[str]:
    lines = (line.split("#")[0].strip() for line in read(document).splitlines())
    return {canonicalize_name(re.split(r"[<>=!~\[; ]", line)[0]) for line in lines if line and not line.startswith("-")}


def third_party(paths: list[Path]) -> set[str]:
    """The distributions that files import, by the names pip knows; "module (not installed)" for others."""
    known = packages_distributions()
    roots = {module.split(".")[0] for path in paths for module in imported(path)}
    outside = roots - set(sys.stdlib_module_names) - set(OURS) - {"app"}
    return {
        canonicalize_name(known[root][0]) if root in known else f"{root} (not installed)".lower() for root in outside
    }


def test_what_the_app_imports_is_what_it_requires() -> None:
    app = [path for path in ours() if name(path).startswith(("explorer/", "pages/")) or name(path) == "app.py"]
    assert third_party([path for path in app if path != CLUSTER]) == requirements("requirements.txt")
    known = requirements("requirements.txt") | requirements("requirements-ray.txt")
    assert {one.removesuffix(" (not installed)") for one in third_party([CLUSTER])} <= known


def test_what_tests_and_benchmarks_import_is_required() -> None:
    others = [path for path in ours() if name(path).startswith(("tests/", "benchmarks/"))]
    module = {"llama-cpp-python": "llama_cpp"}  # where the name to import is not the package's
    compared = {
        spelled
        for one in requirements("requirements-bench.txt")
        for spelled in (one, f"{module.get(one, one)} (not installed)")
    }
    required = requirements("requirements.txt") | requirements("requirements-dev.txt") | compared
    assert third_party(others) - required == set()


def test_every_requirement_has_a_tested_range() -> None:
    documents = ("requirements.txt", "requirements-dev.txt", "requirements-bench.txt", "requirements-ray.txt")
    lines = "".join(map(read, documents)).splitlines()
    loose = [line for line in lines if line and line[0] not in "#-" and not re.search(r"(<\d|==\d)", line)]
    assert loose == []


def test_torch_comes_without_cuda_where_a_cpu_build_is_to_be_had() -> None:
    lines = read("requirements.txt").splitlines()
    assert "--extra-index-url https://download.pytorch.org/whl/cpu" in lines
    torch = next(line for line in lines if line.startswith("torch"))
    assert torch.startswith("torch=="), "a range would let pip prefer a newer CUDA build to the CPU build"


def test_python_versions_agree() -> None:
    project = tomllib.loads(read("pyproject.toml"))
    assert project["project"]["requires-python"] == ">=3.11"
    assert "3.11" in read("README.md")
    assert "3.11" in read("README.zh.md")


@pytest.mark.parametrize("document", ["README.md", "README.zh.md"])
def test_what_a_proxy_in_front_needs_is_told(document: str) -> None:
    """Without these the page stays grey for ever, and nothing on it can say why."""
    (row,) = [line for line in read(document).splitlines() if "nginx" in line]
    assert all(word in row for word in ("Host", "Upgrade", "Connection", "WebSocket"))
