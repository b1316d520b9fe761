"""kuberay.yml and the chart's values describe one cluster, which fits the app and Ray's version. No Kubernetes here.

Which keys the chart takes was read in its own tests (helm-chart/ray-cluster of ray-project/kuberay).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from explorer.engine.ray_serve import deployment_settings
from explorer.server import health

ROOT = Path(__file__).resolve().parents[2]


def read(name: str) -> list[Any]:
    return list(yaml.safe_load_all((ROOT / "deploy" / name).read_text(encoding="utf-8")))


CLUSTER, *BESIDE = read("kuberay.yml")
[VALUES] = read("kuberay-values.yml")
GROUPS: dict[str, dict[str, Any]] = {group["groupName"]: group for group in CLUSTER["spec"]["workerGroupSpecs"]}
CHART = {"replicas": VALUES["worker"], **VALUES["additionalWorkerGroups"]}
HEAD = CLUSTER["spec"]["headGroupSpec"]


def containers(group: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = group["template"]["spec"]["containers"]
    return found


def the_app() -> dict[str, Any]:
    [app] = [one for one in containers(GROUPS["readers"]) if one["name"] == "app"]
    return app


def test_the_chart_s_values_give_the_same_cluster() -> None:
    assert set(CHART) == set(GROUPS)
    image = f"{VALUES['image']['repository']}"
    for name, group in GROUPS.items():
        values, spec = CHART[name], group["template"]["spec"]
        for key in ("replicas", "minReplicas", "maxReplicas", "rayStartParams"):
            assert values[key] == group[key], f"{name}: {key}"
        ray, *others = spec["containers"]
        assert ray["image"] == image
        for key in ("resources", "securityContext", "volumeMounts"):
            assert values.get(key) == ray.get(key), f"{name}: {key}"
        assert values.get("sidecarContainers", []) == others
        assert values.get("volumes", []) == spec.get("volumes", [])
        assert values.get("labels", {}) == group["template"].get("metadata", {}).get("labels", {})
    [ray] = containers(HEAD)
    assert VALUES["head"]["rayStartParams"] == HEAD["rayStartParams"]
    assert all(VALUES["head"][key] == ray[key] for key in ("resources", "securityContext"))
    assert VALUES["head"]["enableInTreeAutoscaling"] is CLUSTER["spec"]["enableInTreeAutoscaling"] is True


def test_ray_is_of_the_tested_version() -> None:
    [wanted] = re.findall(
        r"^ray\[serve\]>=([\d.]+),<([\d.]+)$", (ROOT / "requirements-ray.txt").read_text(encoding="utf-8"), re.M
    )
    low, high = ([int(part) for part in one.split(".")] for one in wanted)
    for version in (CLUSTER["spec"]["rayVersion"], VALUES["head"]["rayVersion"]):
        assert low <= [int(part) for part in version.split(".")] < high


@pytest.mark.parametrize("group", ["head", *GROUPS])
def test_nobody_is_root_and_everybody_is_bounded(group: str) -> None:
    for one in containers(HEAD if group == "head" else GROUPS[group]):
        assert one["securityContext"]["runAsNonRoot"] is True
        assert one["securityContext"]["allowPrivilegeEscalation"] is False
        assert one["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert set(one["resources"]["limits"]) == {"cpu", "memory"}


def test_only_replicas_compute() -> None:
    assert HEAD["rayStartParams"]["num-cpus"] == GROUPS["readers"]["rayStartParams"]["num-cpus"] == "0"
    settings = {one["name"]: one["value"] for one in the_app()["env"]}
    size = deployment_settings.size(settings)
    cores = float(containers(GROUPS["replicas"])[0]["resources"]["limits"]["cpu"])
    assert size.cpus <= cores, "no machine could give a replica what it is promised"
    assert size.most * size.cpus <= GROUPS["replicas"]["maxReplicas"] * cores
    assert settings["SESAME_ENGINE"] == "ray" and settings["SESAME_RAY"] == "auto"


def test_the_app_finds_the_ray_node_beside_it() -> None:
    shared = {(mount["name"], mount["mountPath"]) for mount in containers(GROUPS["readers"])[0]["volumeMounts"]}
    assert shared == {("ray", "/tmp/ray"), ("shared", "/dev/shm")}
    assert shared <= {(mount["name"], mount["mountPath"]) for mount in the_app()["volumeMounts"]}


def test_the_door_leads_to_the_app_and_rooms_to_redis() -> None:
    kinds = {(one["kind"], one["metadata"]["name"]): one for one in BESIDE}
    door, redis = kinds["Service", "open-sesame"], kinds["Service", "open-sesame-redis"]
    assert door["spec"]["selector"].items() <= GROUPS["readers"]["template"]["metadata"]["labels"].items()
    assert door["spec"]["sessionAffinity"] == "ClientIP"
    assert [port["name"] for port in the_app()["ports"]] == [door["spec"]["ports"][0]["targetPort"]]
    image = (ROOT / "deploy/Dockerfile").read_text(encoding="utf-8")
    assert f"EXPOSE {the_app()['ports'][0]['containerPort']}" in image
    rooms = next(one["value"] for one in the_app()["env"] if one["name"] == "SESAME_ROOMS")
    assert rooms == f"redis://{redis['metadata']['name']}:{redis['spec']['ports'][0]['port']}"
    store = kinds["Deployment", "open-sesame-redis"]["spec"]["template"]
    assert redis["spec"]["selector"] == store["metadata"]["labels"]


def test_answers_are_finished_before_a_process_is_killed() -> None:
    assert GROUPS["readers"]["template"]["spec"]["terminationGracePeriodSeconds"] > health.PATIENCE_S + health.SETTLES_S


def test_the_image_adds_ray_and_nothing_else() -> None:
    lines = (ROOT / "deploy/Dockerfile.ray").read_text(encoding="utf-8")
    assert "FROM ${BASE}" in lines and "ARG BASE=open-sesame\n" in lines
    assert lines.rstrip().splitlines()[-3].startswith("USER 10001")
    assert re.findall(r"-r (\S+)", lines) == ["requirements-ray.txt"]
