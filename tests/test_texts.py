"""Every word of the interface: in both languages, asked for by the code with what fills it, and in one language only.

Which keys the code asks for is read from its syntax trees, so that a text nobody shows and a key nobody wrote are both
found. Where a key is put together (f"masking.tool.{tool}"), the values are taken from the loop, the comprehension or
the choice that runs over them; the few that come from elsewhere are named in ELSEWHERE.
"""

from __future__ import annotations

import ast
import importlib
import itertools
import json
import re
import string
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import pytest

from explorer import chapters
from explorer.content import choice, dna, entities, examples, minimal_pairs, passages, teaching, three_starts, units
from explorer.evidence import heldout_results
from explorer.lab.types.breaking import KINDS as KINDS_OF_BREAKING
from explorer.lab.types.contest import ENTRANTS, TASKS
from explorer.models.catalog.catalog import KINDS
from explorer.ui import i18n, sidebar
from explorer.views.attention import atlas, sparse
from explorer.views.beyond import common as beyond_common
from explorer.views.beyond import dna as beyond_dna
from explorer.views.beyond import field as beyond_field
from explorer.views.denoising import published as denoising_published
from explorer.views.evidence import claims
from explorer.views.family import adapt as family_adapt
from explorer.views.family import common as family_common
from explorer.views.family import line as family_line
from explorer.views.family import norms as family_norms
from explorer.views.family import roads as family_roads
from explorer.views.family import tasks as family_tasks
from explorer.views.family import voted as family_voted
from explorer.views.finetuning import common as finetuning_common
from explorer.views.finetuning import exams as finetuning_exams
from explorer.views.finetuning import papers as finetuning_papers
from explorer.views.languages import common as languages_common
from explorer.views.languages import keep as keep_view

ROOT = Path(__file__).resolve().parents[1]
TEXT = ROOT / "assets" / "text"
LANGUAGES = i18n.LANGUAGES
HAN = "\u4e00-\u9fff"

# Who takes a key, and which texts it then reads.
ASK = {
    "t": ("{}",),
    "text": ("{}",),
    "notice": ("{}",),
    "honesty": ("{}",),
    "section": ("{}.title", "{}.sub"),
    "subsection": ("{}.title", "{}.sub"),
    "question": ("{}.title", "{}.sub"),
    "map_of": ("{}.map.title",),
}
RAISE = ("Told", "Busy", "Cancelled", "ModelUnavailable")
HELPERS = {"explorer/ui/page_parts.py", "explorer/ui/markup.py", "explorer/ui/i18n.py"}  # pass on the keys of others


def carried_by() -> list[str]:
    """The chapters from which a sentence can come."""
    return [page for page in chapters.IDS if page != "evidence"]


# Values of what stands in a key's braces and comes neither from a loop nor from a choice: (file, expression) → values.
FAMILY = examples.load("home")["family"]
CHAPTERS = list(chapters.IDS)
ELSEWHERE: dict[tuple[str, str], list[str]] = {
    ("explorer/ui/navigation.py", "name"): list(chapters.PAGES),
    ("explorer/ui/navigation.py", "chapter.id"): CHAPTERS[1:],
    ("explorer/views/attention/atlas.py", "state.sort"): list(atlas.MEASURES),
    ("explorer/ui/sidebar.py", "word"): [*sidebar.NAMED],
    ("explorer/views/attention/beside.py", "verdict(rho)"): ["alike", "unlike"],
    ("explorer/views/attention/sides.py", "name"): ["with", "without"],
    ("explorer/views/attention/sides.py", "kind"): ["masked", "causal"],
    ("explorer/views/attention/sparse.py", "state.pattern"): list(sparse.PATTERNS),
    ("explorer/views/attention/sparse.py", "dial"): ["n", "w", "depth"],
    ("explorer/ui/navigation.py", "home"): CHAPTERS[:1],
    ("explorer/views/page_footer.py", "following"): CHAPTERS[1:],
    ("explorer/ui/page_parts.py", "problem.key"): [],  # errors: see raised()
    ("explorer/views/page_footer.py", "problem.key"): [],
    ("explorer/views/page_footer.py", "sentence.page"): carried_by(),
    ("explorer/ui/tour.py", "current"): [chapter.id for chapter in chapters.CHAPTERS if chapter.tour],
    ("explorer/ui/tour.py", "STOPS[at + 1]"): [chapter.id for chapter in chapters.CHAPTERS if chapter.tour],
    ("explorer/views/context/cross.py", "name"): ["first", "second", "a", "b"],
    ("explorer/views/in_context/speech.py", "name"): ["first", "second"],
    ("explorer/views/in_context/speech.py", "lang"): [*i18n.LANGUAGES],
    ("explorer/views/in_context/speech.py", "kind"): [kind for kinds in minimal_pairs.KINDS.values() for kind in kinds],
    ("explorer/views/finetuning/common.py", "name"): [
        *teaching.LABELS,
        *(label for labels in teaching.PAIR_LABELS.values() for label in labels),
    ],
    ("explorer/views/finetuning/common.py", "tag"): list(units.tags()),
    ("explorer/views/finetuning/common.py", "kind"): list(entities.KINDS),
    ("explorer/views/finetuning/said.py", "one.kind"): list(entities.KINDS),
    ("explorer/views/finetuning/scores.py", "start"): list(finetuning_common.STARTS),
    ("explorer/views/finetuning/scores.py", "kind"): ["bag", "usual"],
    ("explorer/views/finetuning/scores.py", "key"): ["accuracy_note", "accuracy_note_tokens"],
    ("explorer/views/finetuning/start.py", "of"): ["", "_tokens"],
    ("explorer/views/finetuning/start.py", "bench.inputs.shape"): ["class", "pair", "tokens"],
    ("explorer/views/finetuning/stage.py", "state.task"): list(finetuning_common.TASKS),
    ("explorer/views/finetuning/use.py", "task"): [*finetuning_common.TASKS, "own"],
    ("explorer/views/finetuning/use.py", "state.task"): list(teaching.PAIR_LABELS),
    ("explorer/views/finetuning/land.py", "start"): list(finetuning_common.STARTS),
    ("explorer/views/finetuning/start.py", "start"): list(finetuning_common.STARTS),
    ("explorer/views/finetuning/start.py", "name"): list(finetuning_common.STARTS),
    ("explorer/views/finetuning/training.py", "start"): list(finetuning_common.STARTS),
    ("explorer/views/finetuning/stage.py", "word"): list(finetuning_common.RATE_NAMES.values()),
    ("explorer/views/finetuning/choice.py", "which"): list(choice.QUESTIONS),
    ("explorer/views/finetuning/choice.py", "step"): ["asked", "flat", "scores", "folded", "softmax"],
    ("explorer/views/finetuning/answer.py", "kind"): list(passages.KINDS),
    ("explorer/views/finetuning/answer_parts.py", "state.taught"): list(finetuning_common.TAUGHT),
    ("explorer/views/finetuning/across.py", "lang"): list(passages.LANGS),
    ("explorer/views/finetuning/across.py", "state.taught"): list(finetuning_common.TAUGHT),
    ("explorer/views/finetuning/across.py", "taught_in"): list(finetuning_common.TAUGHT),
    ("explorer/views/finetuning/answer_parts.py", "lang"): list(finetuning_common.TAUGHT),
    ("explorer/views/finetuning/exam.py", "task"): list(finetuning_exams.GLUE),
    ("explorer/views/finetuning/exam.py", "metric"): list(finetuning_exams.METRICS),
    ("explorer/views/finetuning/exam.py", "way"): ["copies", "shared"],
    ("explorer/views/finetuning/papers.py", "name"): [name for name, _ in finetuning_papers.BERT],
    ("explorer/views/home/exhibits.py", "model['build']"): [model["build"] for model in FAMILY],
    ("explorer/views/home/exhibits.py", "model['target']"): [model["target"] for model in FAMILY],
    ("explorer/views/languages/common.py", "name"): list(languages_common.KINDS),
    ("explorer/views/languages/common.py", "lang"): list(languages_common.LANGUAGES),
    ("explorer/views/languages/keep.py", "state.guess"): list(keep_view.GUESSES),
    ("explorer/views/evidence/claims.py", "name"): CHAPTERS,
    ("explorer/views/denoising/contest.py", "entrant"): list(ENTRANTS),
    ("explorer/views/denoising/contest.py", "task"): list(TASKS),
    ("explorer/views/denoising/contest.py", "agrees"): ["agrees", "partly", "differs"],
    ("explorer/views/denoising/contesting.py", "TASKS[last.task]"): list(TASKS),
    ("explorer/views/evidence/claims.py", "part"): [*"published measured on with when held_out command".split()],
    ("explorer/views/evidence/claims.py", "remark"): [*claims.REMARKS.values()],
    ("explorer/views/evidence/claims.py", "verdict"): ["holds", "holds_not"],
    ("explorer/views/evidence/measuring.py", "status.chapter"): CHAPTERS,
    ("explorer/views/models/chapter_use.py", "how"): ["models.loaded", "models.to_load"],
    ("explorer/views/models/chapter_use.py", "key"): ["models.removed"],
    ("explorer/views/models/common.py", "code"): [*"zh en ja fr de es".split()],
    ("explorer/views/models/common.py", "info.kind"): [*KINDS],
    ("explorer/views/models/common.py", "name"): CHAPTERS,
    ("explorer/views/models/others.py", "key"): ["models.already", "models.folder_note.used"],
    ("explorer/views/models/progress.py", "f'errors.{error.key}'"): [],  # errors: see raised()
    ("explorer/views/models/progress.py", "f'errors.{key}'"): [],
    ("explorer/views/models/progress.py", "step.phase"): [
        *"queued looking fetching waiting preparing done found".split()
    ],
    ("explorer/views/models/progress.py", "step.reason"): [*KINDS],
    ("explorer/views/models/shelf.py", "key"): ["models.verify_right", "models.verify_wrong"],
    ("explorer/views/models/shelf.py", "one.state"): [*"embedded whole partial damaged absent".split()],
    ("explorer/views/models/shelf.py", "word"): ["resume", "repair", "fetch"],
    ("explorer/views/family/line.py", "name"): list(family_common.MODELS),
    ("explorer/views/family/line.py", "stop"): list(family_line.TIMELINE),
    ("explorer/views/family/judged.py", "panel"): list(family_common.PANELS),
    ("explorer/views/family/judged.py", "judge"): list(family_common.PANELS),
    ("explorer/views/family/adapt.py", "way"): list(family_adapt.WAYS),
    ("explorer/views/family/adapt.py", "where"): ["taught", "taught_before"],
    ("explorer/views/family/told.py", "at"): ["0", "1", "2"],
    ("explorer/views/family/roads.py", "road"): list(family_roads.ROADS.values()),
    ("explorer/views/family/tasks.py", "job"): list(family_common.JOBS),
    ("explorer/views/family/tasks.py", "word"): list(family_tasks.OLD),
    ("explorer/views/family/tasks.py", "picture"): list(family_tasks.PICTURES),
    ("explorer/views/family/norms.py", "part"): [*family_norms.PARTS["pre"]],
    ("explorer/views/family/norms.py", "fallen"): [*family_norms.PARTS],
    ("explorer/views/family/norms.py", "other"): [*family_norms.PARTS],
    ("explorer/views/family/rlhf.py", "state.panel"): list(family_common.PANELS),
    ("explorer/views/family/tuning.py", "state.method"): list(family_common.METHODS),
    ("explorer/views/family/voted.py", "state.vote"): ["1", "2", "3", "4"],
    ("explorer/views/family/voted.py", "fact"): list(family_voted.INSTRUCT),
    ("explorer/views/beyond/collapse.py", "name"): list(beyond_common.SWITCHES),
    ("explorer/views/beyond/common.py", "label"): list(dna.LABELS),
    ("explorer/views/beyond/dna.py", "start"): list(beyond_dna.KAO),
    ("explorer/views/beyond/dna.py", "task"): list(beyond_dna.TASKS),
    ("explorer/views/beyond/field.py", "state.kind"): list(beyond_common.KINDS),
    ("explorer/views/beyond/field.py", "kind"): list(beyond_common.KINDS),
    ("explorer/views/beyond/field.py", "method"): list(beyond_field.METHODS),
    ("explorer/views/beyond/field.py", "group"): list(beyond_field.SUPERB),
    ("explorer/views/beyond/field.py", "task"): [task for tasks in beyond_field.SUPERB.values() for task in tasks],
    ("explorer/views/beyond/field.py", "figure"): list(beyond_field.FIGURES),
    ("explorer/views/beyond/starts.py", "how"): ["better", "worse", "open"],
    ("explorer/views/beyond/starts.py", "start"): list(three_starts.STARTS),
    ("explorer/views/denoising/breaking.py", "state.kind"): list(KINDS_OF_BREAKING),
    ("explorer/views/denoising/restore.py", "kind"): list(KINDS_OF_BREAKING),
    ("explorer/views/denoising/papers.py", "state.bart"): list(denoising_published.BART_COLUMNS),
    ("explorer/views/denoising/papers.py", "state.t5"): list(denoising_published.T5_COLUMNS),
    ("explorer/views/input/merges.py", "cut.kind"): ["wordpiece", "bpe"],
    ("explorer/views/masking/cover.py", "answer.key"): [],  # errors: see raised()
    ("explorer/views/masking/cover.py", "note"): ["word_unknown", "pieces"],
    ("explorer/views/masking/joint.py", "order.name"): ["independent", "left_to_right", "best_first"],
    ("explorer/views/pairs/judge.py", "head"): ["next", "order"],
    ("explorer/views/pairs/guess.py", "name"): ["kept", "swapped", "random"],
    ("explorer/views/pairs/guess.py", "say"): ["yes", "no", "open"],
    ("explorer/views/pairs/measure.py", "who"): ["nsp", "nsp_overlap", "sop", "sop_overlap"],
    ("explorer/views/pairs/road.py", "asked"): ["next", "order"],
}

# Han in English texts, and Chinese texts without any: only these.
HAN_IN_ENGLISH: set[str] = set()
NO_HAN_IN_CHINESE = {
    "attention.cell.dot",
    "in_context.speech.row",
    "attention.cell.factor",
    "attention.curve.root",
    "attention.dense.mb",
    "attention.pattern.bigbird",
    "attention.pattern.sparse",
    "components.attention.weight",
    "common.progress",
    "components.export.svg",
    "components.shift.alpha",
    "components.shift.tip",
    "classroom.papers.guess",
    "denoising.breaking.quoted",
    "denoising.kind.mass",
    "denoising.papers.alt",
    "family.norms.norm",
    "finetuning.exam.metric.em",
    "finetuning.exam.metric.f1",
    "finetuning.exam.metric.f1a",
    "finetuning.exam.name.glue",
    "finetuning.exam.name.superglue",
    "family.norms.post",
    "family.norms.pre",
    "generation.train.log_p",
    "generation.train.product.sub",
    "generation.ways.log_p",
    "generation.inside.product",
    "components.layers.auc",
    "components.layers.pca",
    "components.layers.tsne",
    "components.layers.umap",
    "context.cross.in_sense",
    "masking.how.mask",
    "common.list_comma",
    "common.list_semicolon",
    "masking.joint.alone",
    "masking.repair.slip",
    "pairs.guess.one",
    "pairs.guess.score_next",
    "pairs.guess.score_order",
}


def flat(table: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


@lru_cache(maxsize=2)
def texts(lang: str) -> dict[str, str]:
    """Every text of a language by its key."""
    return {
        f"{path.stem}.{name}": value
        for path in sorted((TEXT / lang).glob("*.toml"))
        for name, value in flat(tomllib.loads(path.read_text(encoding="utf-8")))
    }


def interface(lang: str) -> dict[str, str]:
    """The texts without the glossary, whose keys are words of the language itself."""
    return {key: value for key, value in texts(lang).items() if not key.startswith("glossary.")}


def blanks(text: str) -> set[str]:
    """The names of what is to be filled in."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


# --- what the code asks for ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """A key the code asks for; `given` is None where the values cannot be read from the call."""

    key: str
    where: str
    given: frozenset[str] | None


class Module:
    """One file of ours: its tree, who stands above a node, and its names once imported."""

    def __init__(self, path: Path) -> None:
        self.name = path.relative_to(ROOT).as_posix()
        self.tree = ast.parse(path.read_text(encoding="utf-8"))
        self.parent = {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    @cached_property
    def names(self) -> dict[str, Any]:
        """What the module's code sees, once it is imported."""
        module = self.name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        return vars(importlib.import_module(module))

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        while node in self.parent:
            node = self.parent[node]
            yield node

    def values(self, node: ast.AST) -> list[str]:
        """What the expression in a key's braces may be. Fails where nobody says."""
        written = ast.unparse(node)
        if (self.name, written) in ELSEWHERE:
            return ELSEWHERE[self.name, written]
        for above in self.above(node):
            if isinstance(above, ast.GeneratorExp | ast.ListComp | ast.DictComp | ast.SetComp):
                loops = [(loop.target, loop.iter) for loop in above.generators]
            elif isinstance(above, ast.For):
                loops = [(above.target, above.iter)]
            elif isinstance(above, ast.Lambda) and isinstance(call := self.parent[above], ast.Call):
                if called(call) != "choice":
                    continue
                loops = [(ast.Name(above.args.args[0].arg), call.args[2])]
            else:
                continue
            for target, over in loops:
                if (found := self._run(target, over, written)) is not None:
                    return found
        pytest.fail(f"{self.name}:{node.lineno}: which values has {{{written}}}? Name them in ELSEWHERE.")

    def _run(self, target: ast.AST, over: ast.AST, written: str) -> list[str] | None:
        """The values of `written` in a loop over constants, or None if the loop is about something else."""
        names = [target] if isinstance(target, ast.Name) else getattr(target, "elts", [])
        place = next((n for n, name in enumerate(names) if ast.unparse(name) == written), None)
        if place is None:
            return None
        over = self._local(over)
        if isinstance(over, ast.Tuple) and all(isinstance(item, ast.Tuple) for item in over.elts):
            return [ast.literal_eval(item.elts[place]) for item in over.elts]  # the other columns may be anything
        items = list(eval(compile(ast.Expression(over), self.name, "eval"), dict(self.names)))
        return [str(item if isinstance(target, ast.Name) else item[place]) for item in items]

    def _local(self, over: Any) -> Any:
        """What a name was given in the function around it; anything else stays what it is."""
        if isinstance(over, ast.Name):
            for above in self.above(over):
                if isinstance(above, ast.FunctionDef):
                    for node in ast.walk(above):
                        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == over.id:
                            return node.value
        return over

    def keys(self, node: ast.AST) -> list[str]:
        """The keys that an argument may be."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return [node.value]
        if isinstance(node, ast.IfExp):
            return [*self.keys(node.body), *self.keys(node.orelse)]
        if (self.name, ast.unparse(node)) in ELSEWHERE:
            return ELSEWHERE[self.name, ast.unparse(node)]
        if isinstance(node, ast.JoinedStr):
            parts = [
                [part.value] if isinstance(part, ast.Constant) else self.values(part.value)  # type: ignore[attr-defined]
                for part in node.values
            ]
            return ["".join(choice) for choice in itertools.product(*parts)]
        pytest.fail(f"{self.name}:{node.lineno}: {ast.unparse(node)} is no key this test can read")


def called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def is_plain_section(call: ast.Call) -> bool:
    """i18n.section (labels for a component), as opposed to page_parts.section (a heading)."""
    return isinstance(call.func, ast.Name) and call.func.id == "section"


@lru_cache(maxsize=1)
def modules() -> tuple[Module, ...]:
    paths = [*(ROOT / "pages").glob("*.py"), *(ROOT / "explorer").rglob("*.py")]
    return tuple(Module(path) for path in sorted(paths))


def presets() -> Iterator[tuple[str, Iterator[tuple[str, str]]]]:
    """(chapter, (preset, title or text)) of every card."""
    for page in CHAPTERS:
        names = importlib.import_module(f"explorer.views.{page}.common").PRESETS
        yield page, itertools.product(names, ("title", "text"))


def page_keys(written: str) -> list[str]:
    """What the page skeleton asks for: a chapter's question, and what its tools are called."""
    if written == "chapter":
        return [f"{chapter}.{part}" for chapter in CHAPTERS for part in ("title", "sub")]
    with_tools = [chapter for chapter in chapters.CHAPTERS if chapter.tools]
    if written == "f'{chapter}.tools'":
        return [f"{chapter.id}.tools" for chapter in with_tools]
    assert written == "f'{chapter}.tool.{name}'", written
    return [f"{chapter.id}.tool.{tool}" for chapter in with_tools for tool in chapter.tools]


@lru_cache(maxsize=1)
def asked() -> tuple[Asked, ...]:
    """Every key that code outside the helpers asks for."""
    out: list[Asked] = []
    for module in modules():
        screen = module.name.startswith(("pages/", "explorer/server/health.py", "explorer/ui/", "explorer/views/"))
        for call in (node for node in ast.walk(module.tree) if isinstance(node, ast.Call)):
            name, where = called(call), f"{module.name}:{getattr(call, 'lineno', 0)}"
            given = {keyword.arg for keyword in call.keywords if keyword.arg not in (None, "lang")}
            whole = all(keyword.arg is not None for keyword in call.keywords)
            told = frozenset(map(str, given)) if whole else None
            if not screen or name not in ASK or not call.args or is_plain_section(call):
                continue
            if module.name in HELPERS and not _own_key(call.args[0]):
                continue
            if module.name == "explorer/views/page_footer.py" and "preset" in ast.unparse(call.args[0]):
                parts = ((page, preset, part) for page, names in presets() for preset, part in names)
                out += [Asked(f"{page}.preset.{preset}.{part}", where, frozenset()) for page, preset, part in parts]
                continue
            if module.name == "explorer/views/_shared/page.py":
                out += [Asked(key, where, frozenset()) for key in page_keys(ast.unparse(call.args[0]))]
                continue
            out += [Asked(form.format(key), where, told) for key in module.keys(call.args[0]) for form in ASK[name]]
    return tuple(out)


def _own_key(node: ast.AST) -> bool:
    """Whether a helper asks for a text of its own, not for the one it was called with."""
    return isinstance(node, ast.Constant) or (isinstance(node, ast.IfExp) and _own_key(node.body))


@lru_cache(maxsize=1)
def raised() -> tuple[Asked, ...]:
    """Every error key raised anywhere, with the values the raiser gives."""
    out = []
    for module in modules():
        for call in (node for node in ast.walk(module.tree) if isinstance(node, ast.Call)):
            if called(call) in RAISE and call.args and isinstance(call.args[0], ast.Constant):
                given = frozenset(str(keyword.arg) for keyword in call.keywords)
                out.append(Asked(f"errors.{call.args[0].value}", f"{module.name}:{call.lineno}", given))
    return tuple(out)


@lru_cache(maxsize=1)
def labels() -> dict[str, set[str]]:
    """What each component reads of its table."""
    folder = ROOT / "explorer" / "components"
    names = sorted(path.parent.name for path in folder.glob("*/__init__.py"))
    components = [importlib.import_module(f"explorer.components.{name}") for name in names]
    return {one.TABLE: set(one.LABELS) for one in components if hasattr(one, "TABLE")}


@lru_cache(maxsize=1)
def claimed() -> frozenset[str]:
    """The texts of every row of evidence that ships: those measured on our sentences, those on public test sets."""
    measured = json.loads((ROOT / "assets" / "precomputed" / "evidence.json").read_text(encoding="utf-8"))
    ids = {*measured, *heldout_results.read()}
    return frozenset(f"claims.{id}.{part}" for id in ids for part in ("claim", "published", "unit"))


def terms(text: str) -> list[str]:
    """The glossary words of a text: [[word]] or [[shown|word]]."""
    return [found.rpartition("|")[2] for found in re.findall(r"\[\[(.+?)\]\]", text)]


# --- the texts and the code ------------------------------------------------------------------------------------


def test_the_reader_of_the_code_finds_what_is_there() -> None:
    """One key of each kind, so that the tests below cannot pass by finding nothing."""
    keys = {ask.key for ask in asked()}
    assert {
        "masking.title",  # page_parts.question
        "masking.see.average.sub",  # page_parts.subsection
        "masking.tool.lens",  # a choice
        "masking.budget.step3",  # a comprehension over numbers
        "home.kinds.semi_answer",  # two loops
        "home.family.type_moe",  # from the examples
        "masking.budget.now_worse",  # a conditional expression
        "home.preset.poem.text",  # cards
        "masking.joint.best_first",  # named in ELSEWHERE
        "common.honesty",  # the furniture's own
    } <= keys
    assert {"errors.busy", "errors.model_damaged", "errors.position_outside"} <= {ask.key for ask in raised()}
    assert {"strip", "bars"} <= labels().keys()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_key_asked_for_is_written(lang: str) -> None:
    missing = {f"{ask.key} ({ask.where})" for ask in (*asked(), *raised()) if ask.key not in texts(lang)}
    assert missing == set()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_a_text_leaves_open_is_given(lang: str) -> None:
    open_ = {
        f"{ask.key}: {sorted(blanks(texts(lang)[ask.key]) - ask.given)} ({ask.where})"
        for ask in (*asked(), *raised())
        if ask.given is not None and not blanks(texts(lang).get(ask.key, "")) <= ask.given
    }
    assert open_ == set()


def test_no_text_is_there_for_nobody() -> None:
    keys = {ask.key for ask in (*asked(), *raised())} | claimed()
    unused = {key for key in interface("zh") if key not in keys and not key.startswith("components.")}
    assert unused == set()


def test_every_component_finds_its_labels_and_no_other() -> None:
    assert {section: set(table) for section, table in _component_tables("zh").items()} == labels()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_glossary_word_is_explained_and_used(lang: str) -> None:
    used = {term for text in interface(lang).values() for term in terms(text)}
    explained = {key.removeprefix("glossary.") for key in texts(lang) if key.startswith("glossary.")}
    assert used - explained == set(), "no meaning"
    assert explained - used == set(), "nobody refers to it"


# --- one language beside the other -----------------------------------------------------------------------------


def test_both_languages_have_the_same_keys() -> None:
    assert interface("zh").keys() ^ interface("en").keys() == set()


def test_both_languages_leave_the_same_open() -> None:
    en = interface("en")
    assert {key for key, text in interface("zh").items() if blanks(text) != blanks(en[key])} == set()


def test_tables_have_as_many_columns_in_both_languages() -> None:
    en = interface("en")
    columns = {key: text.count(",") for key, text in interface("zh").items() if ".csv_" in key}
    assert len(columns) >= 5
    assert columns == {key: en[key].count(",") for key in columns}


def test_both_languages_explain_as_many_words() -> None:
    assert len(texts("zh")) == len(texts("en"))


def _component_tables(lang: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for key, value in interface(lang).items():
        if key.startswith("components."):
            _, section, name = key.split(".")
            found.setdefault(section, {})[name] = value
    return found


# --- how texts are written -------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_text_is_empty_or_shouts(lang: str) -> None:
    assert {key for key, text in texts(lang).items() if not text.strip() or re.search("[!！]", text)} == set()


def test_english_texts_hold_no_chinese() -> None:
    chinese = re.compile(f"[{HAN}\u3000-\u303f\uff00-\uffef]")
    assert {key for key, text in texts("en").items() if chinese.search(text)} == HAN_IN_ENGLISH


def test_chinese_texts_are_chinese() -> None:
    han = re.compile(f"[{HAN}]")
    assert {key for key, text in texts("zh").items() if not han.search(text)} == NO_HAN_IN_CHINESE


def test_chinese_texts_have_chinese_punctuation() -> None:
    half = re.compile(f"[{HAN}][,.;:?()]|[,;?()][{HAN}]|[{HAN}]['\"]|['\"][{HAN}]")
    wrong = {key: half.findall(text) for key, text in texts("zh").items() if half.search(text) and ".csv_" not in key}
    assert wrong == {}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_text_has_markup_left_open(lang: str) -> None:
    def closed(text: str) -> bool:
        return text.count("**") % 2 == 0 and text.count("`") % 2 == 0 and text.count("[[") == text.count("]]")

    assert {key for key, text in texts(lang).items() if not closed(text)} == set()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_text_is_cut_off_in_the_middle_of_a_sentence(lang: str) -> None:
    """What holds one whole sentence ends like one: a full stop at the end if there is one inside."""
    stop = "。" if lang == "zh" else ". "
    ends = "。？…" if lang == "zh" else ".?…"
    odd = {
        key
        for key, text in texts(lang).items()
        if stop in text[:-1].replace("e.g. ", "") and text[-1] not in ends + "）)}"
    }
    assert odd == set()
