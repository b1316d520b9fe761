"""Starts Open Sesame from the folder that `python -m explorer offline` has written. No other machine is asked.

    python start.py                                     at this machine
    python start.py --server.address 0.0.0.0            for the phones in this network too
    python start.py --accept-terms                      having read the terms of the models in models.zip

The first start makes an environment of its own in the user's folder and takes a minute or two. Runs on the standard
library alone: nothing is installed yet.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
OTHER = """\
这个文件夹是为 {wanted} 做的，这台电脑是 {found}。请在同样的系统、同样的 Python 上重新做一份。
This folder was made for {wanted}; here is {found}. Make one on a machine with the same system and Python.
"""
UNFINISHED = """\
这个文件夹没有做完：回到原来的电脑，把同一条命令再运行一遍。
This folder was not finished: run the same command once more where it was made.
"""
INSTALLING = "第一次启动：正在安装，需要一两分钟 … / First start: installing, a minute or two …"
FAILED = "安装失败，原因见上面 / The installation failed; the reason stands above"


def main(arguments: list[str]) -> int:
    problem = unfit(HERE)
    if problem:
        print(problem, file=sys.stderr)
        return 1
    try:
        python = environment(HERE / "packages", HERE / "app" / "requirements.txt")
    except subprocess.CalledProcessError:
        print(FAILED, file=sys.stderr)
        return 1
    accepted = ["--accept-terms"] if "--accept-terms" in arguments else []
    if (HERE / "models.zip").is_file():
        subprocess.run([python, "-m", "explorer", "models", "unpack", str(HERE / "models.zip"), *accepted],
                       cwd=HERE / "app", check=False)  # fmt: skip
    rest = [one for one in arguments if one != "--accept-terms"]
    try:
        return subprocess.call([python, "-m", "streamlit", "run", "app.py", *rest], cwd=HERE / "app")
    except KeyboardInterrupt:
        return 0


def unfit(folder: Path) -> str:
    """Why it can't be started here; "" if it can."""
    if (folder / "UNFINISHED").exists():
        return UNFINISHED
    if not (folder / "packages").is_dir():
        return ""  # for machines that have the packages: any Python that has them will do
    made = json.loads((folder / "made.json").read_text(encoding="utf-8"))
    wanted = (made["system"], made["machine"], made["python"].rpartition(".")[0])
    found = (platform.system(), platform.machine(), platform.python_version().rpartition(".")[0])
    if wanted == found:
        return ""
    return OTHER.format(wanted="{} {}, Python {}".format(*wanted), found="{} {}, Python {}".format(*found))


def environment(packages: Path, requirements: Path, home: Path | None = None) -> str:
    """The Python that has the packages: one of its own, made once for what lies there; this one where nothing does."""
    if not packages.is_dir():
        return sys.executable
    names = "\n".join(sorted(file.name for file in packages.iterdir()))
    folder = (home or Path.home() / ".open-sesame") / hashlib.sha256(names.encode()).hexdigest()[:12]
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (folder / "whole").is_file():
        print(INSTALLING, flush=True)
        venv.create(folder, with_pip=True, clear=True)
        command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index"]
        subprocess.run([*command, "--find-links", str(packages), "-r", str(requirements)], check=True)
        (folder / "whole").touch()
    return str(python)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
