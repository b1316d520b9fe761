"""Models that the catalogue does not have: an id of the hub, typed; a folder of this machine. And the stick."""

from __future__ import annotations

import streamlit as st

from explorer.engine import library
from explorer.ui import page_parts, permission, widgets
from explorer.ui.i18n import t
from explorer.views.models import common, progress

COMMANDS = """python -m explorer models fetch --all-for masking
python -m explorer models pack models.zip
python -m explorer models unpack models.zip"""


def draw() -> None:
    page_parts.section("models.other")
    left, right = st.columns([1, 0.44], gap="large")
    with left:
        if common.may("fetch"):
            _typed()
        on_shelf = {one.info.id for one in library.shelf()}
        for job in library.fetches.jobs():
            if job.model not in on_shelf:
                progress.draw(job.model)
        if common.may("folder"):
            _folder()
        if message := common.said(""):
            key, tone, values = message
            page_parts.notice(key, tone, **values)
        _stick()
    with right:
        page_parts.steps([(t(f"models.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("models.honesty")


def shared() -> None:
    """On a server that others reach too: what readers can't do, and how the teacher does it."""
    policy = permission.policy()
    if not policy.alone:
        page_parts.notice("models.shared_some" if policy.allowed else "models.shared")


def _typed() -> None:
    page_parts.subtitle(t("models.typed.title"))
    page_parts.quiet(t("models.typed.sub"))
    typed = st.session_state.get("models-typed-kept", "")
    widgets.text_line("models-typed", t("models.typed.label"), typed, _look_up, "hfl/rbt3")


def _look_up(name: str) -> None:
    """Ask where the model is and what it is; its line above says so, and fetches it."""
    st.session_state["models-typed-kept"] = name[: common.LONGEST_ID]
    if not name.strip():
        return
    policy = permission.policy()

    def act() -> None:
        info = library.named_model(name)
        if library.standing(info).here:
            common.say("", "models.already", model=info.name)
        else:
            library.ask(info, policy)

    common.do("", act)


def _folder() -> None:
    page_parts.subtitle(t("models.folder.title"))
    page_parts.quiet(t("models.folder.sub"))
    typed = st.session_state.get("models-folder-kept", "")
    widgets.text_line("models-folder", t("models.folder.label"), typed, _use, t("models.folder.placeholder"))


def _use(folder: str) -> None:
    st.session_state["models-folder-kept"] = folder
    if not folder.strip():
        return

    def act() -> None:
        info = library.use_folder(folder.strip(), permission.policy())
        common.say("", "models.folder_note.used", "good", model=info.id)

    common.do("", act)


def _stick() -> None:
    """One file for a classroom without a network, and the same things on the command line."""
    page_parts.subtitle(t("models.stick.title"))
    page_parts.quiet(t("models.stick.sub"))
    page_parts.block(f'<pre class="lines" lang="en" tabindex="0">{COMMANDS}</pre>')
