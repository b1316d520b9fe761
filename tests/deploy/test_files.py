"""The files of deploy/ agree with each other and with the app, and give nobody more than is needed.

No Docker runs here: what is read is the files themselves.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from explorer.engine import budget
from explorer.server import health
from tests import nginx

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
SERVICE = {
    "build", "cap_drop", "command", "cpus", "depends_on", "environment", "healthcheck", "image", "init", "mem_limit",
    "networks", "pids_limit", "ports", "read_only", "restart", "security_opt", "stop_grace_period", "tmpfs", "user",
    "volumes",
}  # fmt: skip


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf-8"))
    return loaded


SERVICES: dict[str, dict[str, Any]] = compose()["services"]
APPS = [name for name in SERVICES if name.startswith("app-")]


def dockerfile() -> list[str]:
    """Its instructions, each in one line."""
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    text = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)
    return [re.sub(r"\s+", " ", line) for line in re.sub(r"\\\n", " ", text).splitlines() if line]


def test_the_parts_are_those_that_are_promised() -> None:
    assert len(APPS) > 1
    assert set(SERVICES) == {*APPS, "proxy", "redis"}
    for name, service in SERVICES.items():
        assert set(service) <= SERVICE, f"{name}: a key that compose does not know would stop it"
        assert set(service["networks"]) <= set(compose()["networks"])
        assert set(service.get("depends_on", ())) <= set(SERVICES)
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"], "one door"
    assert compose()["networks"]["inside"]["internal"] is True


@pytest.mark.parametrize("name", SERVICES)
def test_nobody_is_root_or_can_write(name: str) -> None:
    service = SERVICES[name]
    assert int(service["user"].split(":")[0]) > 0
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not any("docker.sock" in volume or not volume.endswith(":ro") for volume in service.get("volumes", ()))


@pytest.mark.parametrize("name", SERVICES)
def test_each_is_asked_whether_it_is_well(name: str) -> None:
    asked = SERVICES[name].get("healthcheck", {}).get("test", "")
    if name in APPS:
        (asked,) = [line for line in dockerfile() if line.startswith("HEALTHCHECK")]
    assert ("ping" if name == "redis" else "/healthz") in str(asked)
    for other, needs in SERVICES[name].get("depends_on", {}).items():
        assert needs == {"condition": "service_healthy"}, other


def test_the_proxy_knows_every_process_and_its_port() -> None:
    conf = nginx.CONF.read_text(encoding="utf-8")
    assert re.findall(r"server (app-\d+):(\d+) ", conf) == [(name, "8501") for name in APPS]
    assert "EXPOSE 8501" in dockerfile()
    listens = re.search(r"listen (\d+);", conf)
    assert listens is not None
    assert SERVICES["proxy"]["ports"] == [f"{listens[1]}:{listens[1]}"]
    assert {mount.split(":")[0] for mount in SERVICES["proxy"]["tmpfs"]} == set(nginx.WRITES)
    written = re.findall(r"(?:pid|_temp_path) (\S+);", conf)
    assert len(written) == 6
    assert all(path.startswith(nginx.WRITES) for path in written)
    (mounted,) = SERVICES["proxy"]["volumes"]
    source, inside, _ = mounted.split(":")
    assert (DEPLOY / source).resolve() == nginx.CONF
    assert inside in SERVICES["proxy"]["command"]


def test_the_processes_keep_within_what_they_are_given() -> None:
    for name in APPS:
        settings = SERVICES[name]["environment"]
        bound = budget.limit(settings)
        most = budget.limit({budget.VARIABLE: SERVICES[name]["mem_limit"]})
        assert bound is not None and most is not None
        assert bound < most, "the kernel would kill what could still let things go"
        assert int(settings["SESAME_THREADS"]) <= SERVICES[name]["cpus"]
        assert settings["SESAME_ROOMS"] == "redis://redis:6379"
        grace = int(SERVICES[name]["stop_grace_period"].removesuffix("s"))
        assert grace > health.PATIENCE_S + health.SETTLES_S + 10, "it would be killed before it has finished"
    assert SERVICES["redis"]["command"][1:] == ["--save", "", "--appendonly", "no"], "another one is refused"


def test_the_image_runs_the_app_as_nobody_from_the_lock() -> None:
    lines = dockerfile()
    assert lines[0].startswith("ARG BASE=python:3.11")
    assert [line for line in lines if line.startswith("FROM")] == ["FROM ${BASE} AS packages", "FROM ${BASE}"]
    user = next(line for line in lines if line.startswith("USER"))
    assert {SERVICES[name]["user"] for name in APPS} == {user.split()[1]}
    (run,) = [line for line in lines if "tests.lock without-torch" in line]
    assert "--require-hashes" in run
    assert lines[-1].startswith('CMD ["streamlit", "run", "app.py"'), "the exec form passes signals on"
    written = {mount.split(":")[0] for name in APPS for mount in SERVICES[name]["tmpfs"]}
    (environment,) = [line for line in lines if line.startswith("ENV")]
    for name in ("HOME", "SESAME_CACHE", "SESAME_MODELS"):
        path = next(part.split("=")[1] for part in environment.split() if part.startswith(f"{name}="))
        assert any(path.startswith(place) for place in written), f"{name} must be writable"
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8") + (DEPLOY / "compose.yml").read_text(encoding="utf-8")
    assert not re.search(r"sha256:[0-9a-f]", text), "no digest that nobody has looked up"


def test_what_the_image_takes_of_the_folder_is_there() -> None:
    lines = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    taken = [line[1:] for line in lines if line.startswith("!")]
    assert "*" in lines
    assert [name for name in taken if not (ROOT / name).exists()] == []
    assert {"app.py", "explorer", "pages", "assets", ".streamlit", "requirements.lock", "tests/lock.py"} <= set(taken)
