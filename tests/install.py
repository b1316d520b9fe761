"""Install what the tests need and pip cannot bring: Chromium, Chinese fonts, Redis, nginx, what judges JavaScript.

`python -m tests.install` does nothing where all are there. On Debian apt brings all but the last, and
Chromium's headless shell (as root, or through sudo); elsewhere Playwright fetches its own Chromium. It knows nothing
of the tests themselves.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests import javascript, nginx, redis_server
from tests.browser.server import SHELL, system_chromium


def main() -> None:
    wanted = []
    if sys.platform.startswith("linux") and not has_chinese_font():
        wanted.append("fonts-noto-cjk")
    if not has_chromium() and distribution() == "debian":
        wanted.append("chromium")
    if wanted and shutil.which("apt-get"):
        apt_install(wanted)
    elif wanted:
        print("Please install a font with Chinese glyphs (Noto Sans CJK) with this system's package manager.")
    if distribution() == "debian" and not shutil.which(SHELL):
        apt_install([SHELL], needed=False)  # the journeys are faster with it, and run without it
    if distribution() == "debian" and not redis_server.there():
        apt_install([redis_server.COMMAND], needed=False)  # without it rooms in Redis are tested against a stand-in
    if distribution() == "debian" and not nginx.there():
        apt_install(["nginx-light"], needed=False)  # without it deploy/nginx.conf is read and not tried
    if not has_chromium():
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)
    javascript.install()
    print("Chromium:", system_chromium() or playwright_chromium())


def distribution() -> str:
    """The Linux distribution's id ("debian", "ubuntu" …); empty elsewhere. Only Debian's apt brings a Chromium."""
    try:
        return platform.freedesktop_os_release()["ID"]
    except OSError:
        return ""


def has_chromium() -> bool:
    return system_chromium() is not None or playwright_chromium().exists()


def playwright_chromium() -> Path:
    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path)


def has_chinese_font() -> bool:
    """Whether fontconfig knows a font for Chinese."""
    if not shutil.which("fc-list"):
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, check=True).stdout.strip())


def apt_install(packages: list[str], *, needed: bool = True) -> None:
    """Install Debian packages without questions; sudo asks for a password where it needs one."""
    prefix = [] if os.geteuid() == 0 else ["sudo"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([*prefix, "apt-get", "update", "-q"], check=needed, env=environment)
    subprocess.run(
        [*prefix, "apt-get", "install", "-y", "-q", "--no-install-recommends", *packages], check=needed, env=environment
    )


if __name__ == "__main__":
    main()
