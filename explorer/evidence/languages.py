"""Evidence of chapter 6, 跨语言: one space for several languages, measured on all parallel sentences.

Knows the claims, their sources and how each is measured through the engine; neither torch nor a page. What is called
best (a layer, an alpha) is chosen on half a of the project's sentences and measured on half b, unless the row says so.
"""

from __future__ import annotations

import hashlib
import lzma
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np

from explorer.content import corpora
from explorer.engine import get_engine
from explorer.evidence.texts import OWN, Row, own, row
from explorer.lab.types.languages import (
    ALIGN,
    AVERAGE,
    KEEP,
    LANGUAGES,
    RIGHT,
    SURVEY,
    AlignInputs,
    AverageResult,
    KeepInputs,
    SurveyInputs,
    SurveyResult,
    average_inputs,
    best_of,
    profile_inputs,
    survey_of,
)
from explorer.lab.types.tagging import LEARN, LearnInputs
from explorer.models.catalog import catalog

ALPHAS = (0.0, 0.5, 1.0, 1.5, 2.0)
SEEDS = 20
CONVERTED, MEANING, COPIED = 0, 2, 3
LIU = "Liu, Hsu, Chuang & Lee 2020 (arXiv 2004.09205; 2010.10041)"
PIRES = "Pires, Schlinger & Garrette 2019 (ACL, P19-1493)"
HSU = "Hsu, Liu & Lee 2019 (arXiv 1909.09587)"
POS_SENTENCES = 500
EN, ZH = LANGUAGES.index("en"), LANGUAGES.index("zh")


def measure(data: Path | None) -> Iterator[Row]:
    """The chapter's rows, each as soon as it is measured. With `data`, those on PUD and UD lying there come as well."""
    model_id = catalog.default("masked").id
    survey = get_engine().run(SURVEY, model_id, SurveyInputs(corpora.digest())).result
    yield from _shift(model_id, survey)
    yield _retrieval(model_id, survey)
    yield from _kept(model_id, survey)
    if data is not None:
        yield from _pud(model_id, data)
        yield from _pos(model_id, data)


_row = partial(row, "languages")


def _shift(model_id: str, survey: SurveyResult) -> Iterator[Row]:
    """English sentences moved to Chinese: the layer with most right conversions on half a, measured on half b."""
    engine, digest = get_engine(), corpora.digest()

    def moved(half: str, alphas: tuple[float, ...] = ALPHAS, *, seed: int | None = None) -> AverageResult:
        """Along the arrow, or with a seed in random directions."""
        inputs = average_inputs(
            digest, "en", "zh", (layer,), alphas, random=seed is not None, half=half, seed=seed or 0
        )
        result = engine.run(AVERAGE, model_id, inputs).result
        return result

    layer = best_of(engine.run(AVERAGE, model_id, profile_inputs(digest, "en", "zh", survey.means.shape[2] - 1)).result)
    chosen, result, whole = moved("a"), moved("b"), moved("")
    data = f"parallel/sentences.tsv, half b; layer {layer} chosen on half a"
    yield _row(
        model_id,
        id="languages.alpha0",
        claim_zh="α = 0 时，没有盖住的词原样读出来",
        claim_en="At α = 0 the words that nobody covered are read as they are",
        published="",
        source=OWN,
        measured=float(whole.curves[COPIED, 0, 0]),
        unit="share of tokens read as written, all own sentences",
        unit_zh="原样读出来的词元所占的比例，全部自拟的句子",
        op=">=",
        target=0.95,
        n=whole.n,
        data="parallel/sentences.tsv",
    )
    share = result.curves[CONVERTED, 0]
    yield _row(
        model_id,
        id="languages.han_share_a1",
        claim_zh="把“中文减英文”加到英文句子上，α = 1 时三成以上的词元变成汉字",
        claim_en="With “Chinese minus English” added to English sentences, at α = 1 three in ten tokens turn into 汉字",
        published="mBERT: more Chinese tokens as α grows (slide example at α = 1, 2, 3)",
        published_zh="mBERT：α 越大中文词元越多（讲义里 α = 1、2、3 的例子）",
        source=LIU,
        measured=float(share[ALPHAS.index(1.0)]),
        unit="share of 汉字 among all fill-ins at α = 1",
        unit_zh="α = 1 时读出来的词元里汉字的比例",
        op=">=",
        target=0.3,
        n=result.n,
        data=data,
    )
    yield _row(
        model_id,
        id="languages.han_monotone",
        claim_zh="α 越大，汉字越多",
        claim_en="The larger α, the more 汉字",
        published="Conversion rises with α",
        published_zh="换过去的比例随 α 上升",
        source=LIU,
        measured=float((np.diff(share) > 0).all()),
        unit=f"1 if the share rises over α = {', '.join(f'{alpha:g}' for alpha in ALPHAS)}: "
        + ", ".join(f"{value:.3f}" for value in share),
        unit_zh=f"比例在 α = {'、'.join(f'{alpha:g}' for alpha in ALPHAS)} 上一路上升就是 1："
        + "、".join(f"{value:.3f}" for value in share),
        op=">=",
        target=1,
        n=result.n,
        data=data,
    )
    at = max(range(1, len(ALPHAS)), key=lambda n: chosen.curves[RIGHT, 0, n])
    random = np.mean([moved("b", (ALPHAS[at],), seed=seed).curves[RIGHT, 0, 0] for seed in range(SEEDS)])
    right = float(result.curves[RIGHT, 0, at])
    yield _row(
        model_id,
        id="languages.correct_gain",
        claim_zh="换成的词常常是对的；随机方向走同样远，几乎没有",
        claim_en="The new words are often right; equally far in a random direction hardly any are",
        published="",
        source=f"{OWN}; the method is of {LIU}",
        measured=right - float(random),
        unit=f"right conversions ÷ all tokens at α = {ALPHAS[at]:g} (best of half a), minus random: "
        f"{right:.3f} − {random:.3f} ({SEEDS} seeds; the dictionary knows {result.known:.2f} of the tokens)",
        unit_zh=f"换对的词元 ÷ 全部词元，α = {ALPHAS[at]:g}（在甲半上最好），减去随机方向的："
        f"{right:.3f} − {random:.3f}（{SEEDS} 个种子；词典认得词元的 {result.known:.2f}）",
        op=">=",
        target=0.1,
        n=result.n,
        data=data,
    )
    last = result.curves[MEANING, 0]
    yield _row(
        model_id,
        id="languages.meaning_kept",
        claim_zh="α = 1 时换了语言，句子还认得出来",
        claim_en="At α = 1 the language has changed and the sentence can still be told",
        published="Meaning decays as α grows (slide example)",
        published_zh="α 越大，意思丢得越多（讲义的例子）",
        source=LIU,
        measured=float(last[ALPHAS.index(1.0)]),
        unit="mean reciprocal rank of the sentence among all; by α: " + ", ".join(f"{value:.3f}" for value in last),
        unit_zh="在所有句子里找回这一句的平均倒数排名；各个 α：" + "、".join(f"{value:.3f}" for value in last),
        op=">=",
        target=0.5,
        n=result.n,
        data=data,
    )


def _retrieval(model_id: str, survey: SurveyResult) -> Row:
    accuracy = survey.accuracy[0, 1, :, EN, ZH]
    return _row(
        model_id,
        id="languages.retrieval_own",
        claim_zh="减去语言以后，英文句子能在中文里找到自己的译文",
        claim_en="With the language taken away, an English sentence finds its Chinese translation",
        published="EN–DE above 0.5 at all but the bottom layers (5,000 WMT16 pairs)",
        published_zh="英德之间，除了最底下几层都在 0.5 以上（WMT16，5,000 对）",
        source=PIRES,
        measured=float(accuracy.max()),
        unit=f"accuracy en→zh, mean vectors, centred, layer {int(accuracy.argmax())} (best of all layers)",
        unit_zh=f"英→中的正确率，平均向量，减去语言，第 {int(accuracy.argmax())} 层（各层中最好）",
        op=">=",
        target=0.95,
        n=survey.pool.shape[1],
        data="parallel/sentences.tsv",
    )


def _kept(model_id: str, survey: SurveyResult) -> Iterator[Row]:
    """Every seventh token of the running text covered; kinds 0 and 2 are 汉字 and English."""
    for lang, kind, target in (("zh", 0, 0.8), ("en", 2, 0.6)):
        texts = tuple(text for half, text in zip(corpora.halves(), corpora.sentences(lang), strict=True) if half == "b")
        result = get_engine().run(KEEP, model_id, KeepInputs(texts, 7, 100, survey_of(corpora.digest()))).result
        yield _row(
            model_id,
            id=f"languages.kept_{lang}",
            claim_zh=f"{'中文' if lang == 'zh' else '英文'}句子里的空，用{'汉字' if lang == 'zh' else '英文'}来填",
            claim_en=f"A blank in a {'Chinese' if lang == 'zh' else 'English'} sentence is filled in that language",
            published="",
            source=OWN,
            measured=float(result.shares[:, kind].mean()),
            unit="share of that language among the 100 likeliest tokens, every 7th token covered",
            unit_zh="最可能的 100 个词元里这种文字的比例，每 7 个词元盖住一个",
            op=">=",
            target=target,
            n=len(result.position),
            data="parallel/sentences.tsv, half b",
        )
    mixed = own("languages", "mixed")
    result = get_engine().run(KEEP, model_id, KeepInputs(mixed.lines, 3, 100, survey_of(corpora.digest()))).result
    agrees = np.where(result.own == 0, result.shares[:, 0], result.shares[:, 2])
    yield _row(
        model_id,
        id="languages.kept_mixed",
        claim_zh="中英夹杂的句子里，空的语言不再那么确定",
        claim_en="In a mixed sentence the language of a blank is less certain",
        published="",
        source=OWN,
        measured=float(agrees.mean()),
        unit="share of the covered word's own language among the 100 likeliest tokens, every 3rd token covered",
        unit_zh="最可能的 100 个词元里，与被盖住的词同一种文字的比例，每 3 个词元盖住一个",
        op="<",
        target=0.8,
        n=len(result.position),
        data=mixed.origin,
    )


def _pud(model_id: str, data: Path) -> Iterator[Row]:
    """All pairs of Parallel Universal Dependencies, English and Chinese."""
    path = data / "parallel" / "ud-pud.en-zh.tsv.xz"
    packed = path.read_bytes()
    rows = [line.split("\t") for line in lzma.decompress(packed).decode("utf-8").splitlines() if "\t" in line]
    texts = tuple(tuple(row[side] for row in rows) for side in (0, 1))
    result = get_engine().run(ALIGN, model_id, AlignInputs(texts)).result
    origin = f"{path.name} sha256:{hashlib.sha256(packed).hexdigest()[:12]}"
    centred, raw = result.accuracy[0, 1, :, 0, 1], result.accuracy[0, 0, :, 0, 1]
    yield _row(
        model_id,
        held_out=True,
        id="languages.retrieval_pud",
        claim_zh="新闻和百科的句子也找得到译文",
        claim_en="Sentences of news and encyclopaedia find their translations as well",
        published="EN–DE above 0.5 at all but the bottom layers (5,000 WMT16 pairs)",
        published_zh="英德之间，除了最底下几层都在 0.5 以上（WMT16，5,000 对）",
        source=PIRES,
        measured=float(centred.max()),
        unit=f"accuracy en→zh, mean vectors, centred, layer {int(centred.argmax())} (best of all layers)",
        unit_zh=f"英→中的正确率，平均向量，减去语言，第 {int(centred.argmax())} 层（各层中最好）",
        op=">=",
        target=0.7,
        n=result.n,
        data=origin,
    )
    yield _row(
        model_id,
        held_out=True,
        id="languages.centring_helps",
        claim_zh="减去语言，几乎每一层都对得更齐",
        claim_en="Taking the language away aligns nearly every layer better",
        published="Per-language centring raises neutrality",
        published_zh="各语言分别减去平均，向量更不分语言",
        source="Libovický, Rosa & Fraser 2020 (Findings of EMNLP, 150)",
        measured=float((centred >= raw).sum()),
        unit=f"layers of {len(raw)} at which centred ≥ raw",
        unit_zh=f"{len(raw)} 层里，减去语言后不比原来差的层数",
        op=">=",
        target=10,
        n=result.n,
        data=origin,
    )


def _pos(model_id: str, data: Path) -> Iterator[Row]:
    """Heads learnt from UD dev sets, tested on the Chinese test set: from English only, and from Chinese."""
    folder = data / "labelled" / "pos"
    files = {
        "en": "UD_English-EWT__en_ewt-ud-dev.conllu.xz",
        "zh": "UD_Chinese-GSDSimp__zh_gsdsimp-ud-dev.conllu.xz",
        "test": "UD_Chinese-GSDSimp__zh_gsdsimp-ud-test.conllu.xz",
    }
    read = {name: conllu(folder / file) for name, file in files.items()}
    last = get_engine().facts(model_id).n_layers
    origin = {name: f"{file} sha256:{_digest(folder / file)}" for name, file in files.items()}
    for id, lang, op, target in (("zero_shot", "en", ">=", 0.55), ("in_language", "zh", ">", 0.0)):
        train = read[lang][:POS_SENTENCES]
        inputs = LearnInputs(train, lang, read["test"], "zh", last * 2 // 3, 0, 300)
        result = get_engine().run(LEARN, model_id, inputs).result
        english = lang == "en"
        yield _row(
            model_id,
            held_out=True,
            id=f"languages.pos_{id}",
            claim_zh="只学英文词性的头，在中文上远胜瞎猜" if english else "同样多的中文句子教出来的头，对照用",
            claim_en="A head taught English parts of speech only does far better than chance in Chinese"
            if english
            else "For comparison: a head taught with as many Chinese sentences",
            published="POS Urdu→Hindi 0.911, English→Bulgarian 0.871, Japanese→English 0.574 (whole model tuned)",
            published_zh="词性：乌尔都语→印地语 0.911，英语→保加利亚语 0.871，日语→英语 0.574（整个模型一起微调）",
            source=PIRES,
            measured=result.accuracy,
            unit=f"accuracy on {result.words} words, body frozen, layer {last * 2 // 3}, {len(train)} sentences of "
            f"{lang}; commonest training tag everywhere: {result.majority:.3f}",
            unit_zh=f"{result.words} 个词的正确率，模型不动，第 {last * 2 // 3} 层；"
            f"{len(train)} 句{'英文' if english else '中文'}，全猜最常见的词性：{result.majority:.3f}",
            op=op,
            target=target if english else result.majority,
            n=result.words,
            data=f"{origin[lang]} → {origin['test']}",
        )


def conllu(path: Path) -> tuple[tuple[tuple[str, str], ...], ...]:
    """Sentences of a CoNLL-U file as (form, universal tag) pairs; a form of several words has the first one's tag."""
    sentences, words, covered, form = [], [], 0, ""
    for line in lzma.decompress(path.read_bytes()).decode("utf-8").splitlines():
        columns = line.split("\t")
        if len(columns) < 4:
            if words and not line.strip():
                sentences.append(tuple(words))
                words = []
            continue
        if "-" in columns[0]:
            covered, form = int(columns[0].split("-")[1]), columns[1]
        elif "." not in columns[0]:
            number = int(columns[0])
            if form:
                words.append((form, columns[3]))
                form = ""
            elif number > covered:
                words.append((columns[1], columns[3]))
            if number >= covered:
                covered = 0
    return tuple([*sentences, tuple(words)] if words else sentences)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
