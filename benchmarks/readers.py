"""What a reader runs into: an abandoned sentence, code taken home, a phone's first sight, a sentence carried on.

Of the pages it knows their tools and models (explorer/chapters.py), and the hooks that the browser tests use too.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page, ViewportSize

from benchmarks import browser, plain_environment
from benchmarks.rows import Row, load_now
from explorer import chapters
from explorer.engine import uses
from explorer.engine.uses import Policy
from tests.browser.server import ROOT, running
from tests.pages.app import open_page, snippets

COMMAND = "python -m benchmarks readers"
RUNS = 3
PHONE: ViewportSize = {"width": 390, "height": 844}
PASTED = "那年夏天，河水涨得很高，村里的孩子们每天傍晚都跑到堤上去看船。" * 100
SHORT = "我想吃冰。"
WAIT_S = 1.5
READ = [chapter for chapter in chapters.CHAPTERS if chapter.examples]
CARRIED = "傍晚的时候，小女孩抱着一只白猫站在门口。"


# --- code taken home ------------------------------------------------------------------------------------------


def shown_code() -> dict[str, str]:
    """Every snippet that the pages show: tool by tool, with each model that the page offers, in both languages."""
    found: dict[str, str] = {}
    for chapter in READ:
        models: tuple[str, ...] = ("",)
        if chapter.reader_kinds:
            models = tuple(info.id for info in uses.offered(chapter.id, Policy(alone=True)))
        for tool in chapter.tools or ("",):
            for model in models:
                fields = {"tool": tool, "model": model}
                at = open_page(chapter.id, "zh", **{name: value for name, value in fields.items() if value})
                for n, code in enumerate(snippets(at)):
                    found[f"{chapter.id} {tool} {model} {n}".strip()] = code
    return found


def tried(python: Path, codes: dict[str, str], *options: str) -> dict[str, str]:
    """What each snippet ran into (nothing: ""), run by this Python in a folder where nothing of the project lies."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(plain_environment.__file__).read_text(encoding="utf-8")
        (Path(folder) / "run.py").write_text(script, encoding="utf-8")
        done = subprocess.run(
            [str(python), "run.py", *options], cwd=folder, input=json.dumps(codes), capture_output=True, text=True
        )
    if done.returncode:
        raise RuntimeError(f"exit status {done.returncode}: {done.stderr}")
    answers: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return answers


def _snippets_run() -> Iterator[Row]:
    """In an environment made anew from requirements.txt."""
    load, codes = load_now(), shown_code()
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        install = [str(python), "-m", "pip", "install", "-q", "--retries", "1", "-r", str(ROOT / "requirements.txt")]
        subprocess.run(install, check=True)
        answers = tried(python, codes)
    for name, problem in answers.items():
        if problem:
            print(f"{name}: {problem}", file=sys.stderr)
    share = sum(not problem for problem in answers.values()) / len(answers)
    what = f"{len(codes)} snippets (tools × models offered) that run in an environment made from requirements.txt"
    yield Row("readers.snippets_run", f"share of {what}, from another folder", "", (share,), load, COMMAND, ">=", 1)


# --- at a browser ---------------------------------------------------------------------------------------------


def _abandoned() -> Iterator[Row]:
    """On 填空: a long text, and before it is read a short one; until the bars are those of the short one."""
    load, runs = load_now(), []
    with browser.chromium() as chromium, running() as server:
        for _ in range(RUNS):
            page = chromium.new_context(locale="zh-CN", viewport=browser.VIEWPORT).new_page()
            page.goto(f"{server.url}/masking?{urlencode({'v': '1', 'text': SHORT[:4], 'masks': '2', 'focus': '2'})}")
            page.locator(browser.BAR).first.wait_for(timeout=60_000)
            page.locator(browser.IDLE).wait_for(state="attached", timeout=60_000)
            box = page.locator(".st-key-masking-text input")
            box.fill(PASTED[:3000])
            box.press("Enter")
            page.wait_for_timeout(WAIT_S * 1000)
            box.fill(SHORT)
            box.press("Enter")
            asked = time.perf_counter()
            _bars_of(page, SHORT)
            runs.append(time.perf_counter() - asked)
            page.context.close()
    what = f"3,000 characters pasted on 填空, {WAIT_S} s later “{SHORT}” → its bars"
    yield Row("readers.abandoned_s", what, "s", tuple(runs), load, COMMAND, "<=", 1.5)


def _bars_of(page: Page, text: str) -> None:
    """Wait until this text stands as chips, cover a token of it if none is, and wait for its bars."""
    chips = page.locator('.sesame[data-key="masking-strip"] .chip')
    page.wait_for_function(
        '([key, n]) => document.querySelectorAll(`.sesame[data-key="${key}"]`).length >= 0', arg=["masking-strip", 0]
    )
    deadline = time.perf_counter() + 120
    while chips.count() != len(text) + 2:
        if time.perf_counter() > deadline:
            raise RuntimeError("the short sentence never came")
        page.wait_for_timeout(10)
    bars = page.locator(browser.BAR)
    if not bars.count() or not bars.first.is_visible():
        page.locator(browser.CHIP.format(2)).click()
    bars.first.wait_for(timeout=60_000)


def _result(chapter: str) -> str:
    """What a page is opened for: the first thing on it that a model, or the reader's own tokens, made; a selector."""
    return str(importlib.import_module(f"benchmarks.{chapter}").RESULT)


def _first_result() -> Iterator[Row]:
    """Pages of which the first result is seen on a phone that nobody has scrolled."""
    load, seen = load_now(), []
    with browser.chromium() as chromium, running() as server:
        for chapter in READ:
            page = _phone(chromium)
            page.goto(f"{server.url}/{chapters.path(chapter.id)}")
            found = page.locator(_result(chapter.id)).first
            found.wait_for(timeout=60_000)
            page.locator(browser.IDLE).wait_for(state="attached", timeout=60_000)
            box = found.bounding_box()
            if box is not None and box["y"] >= 0 and box["y"] + min(box["height"], 120) <= PHONE["height"]:
                seen.append(chapter.id)
            page.context.close()
    missing = ", ".join(chapter.id for chapter in READ if chapter.id not in seen) or "none"
    what = f"pages whose first result is seen at 390 × 844 without scrolling; not: {missing}"
    runs = (float(len(seen)),)
    yield Row("readers.phone_first_result", what, "", runs, load, COMMAND, ">=", float(len(READ)))


def _carry() -> Iterator[Row]:
    """A sentence typed on Home, looked for on every chapter opened from the navigation."""
    load, found = load_now(), []
    wanted = [chapter for chapter in chapters.CHAPTERS if chapter.tour]
    with browser.chromium() as chromium, running() as server:
        page = chromium.new_context(locale="zh-CN", viewport=browser.VIEWPORT).new_page()
        page.goto(server.url)
        box = page.locator(".st-key-home-text input")
        box.fill(CARRIED)
        box.press("Enter")
        page.wait_for_url("**text=**", timeout=60_000)
        for chapter in wanted:
            page.locator(f'[data-testid="stSidebar"] a[href="{chapter.id}"]').click()
            try:
                page.wait_for_url(
                    f"**/{chapter.id}?*text=*" if chapter.id != "pairs" else "**/pairs?*a=*", timeout=60_000
                )
            except Exception:
                continue
            if _stands(page, CARRIED):
                found.append(chapter.id)
        page.context.close()
    missing = ", ".join(chapter.id for chapter in wanted if chapter.id not in found) or "none"
    what = f"chapters on which a sentence typed on Home is found; not: {missing}"
    yield Row("readers.carry", what, "", (float(len(found)),), load, COMMAND, ">=", float(len(wanted)))


def _stands(page: Page, text: str) -> bool:
    """Whether a text stands in a box or a figure of the page, or comes to stand there within a minute."""
    main, deadline = page.get_by_test_id("stMain"), time.perf_counter() + 60
    while time.perf_counter() < deadline:
        boxes = main.locator("input, textarea").evaluate_all("boxes => boxes.map((box) => box.value)")
        if any(text in shown.replace("\n", "") for shown in (*boxes, *main.locator(".sesame").all_inner_texts())):
            return True
        page.wait_for_timeout(200)
    return False


def _phone(chromium: Browser) -> Page:
    return chromium.new_context(locale="zh-CN", viewport=PHONE, is_mobile=True, has_touch=True).new_page()


GROUPS = {
    ("readers.abandoned_s",): _abandoned,
    ("readers.snippets_run",): _snippets_run,
    ("readers.phone_first_result",): _first_result,
    ("readers.carry",): _carry,
}
