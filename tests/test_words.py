"""What the texts must not say, and what they must: private words give way to the field's, and facts are the right ones.

PRIVATE lists words that were used here alone where the field has a word of its own; a text that needs one of them for
something else (weights of attention, a command's name in code type) is outside the pattern.
"""

from __future__ import annotations

import re
import tomllib

import pytest

from explorer import chapters
from explorer.content import classroom, examples
from explorer.evidence import results_store
from explorer.ui import i18n
from tests.test_texts import texts

# word → the field's word
PRIVATE: dict[str, dict[str, str]] = {
    "zh": {
        "刀": "分词器",
        "取来|接着取|正在取|取到|取不到|再取一次": "下载",
        "身子|身体": "模型主体",
        "生文本": "原始文本",
        "三门试": "三门考试",
        "（nats?）|} nat\\b": "奈特",
        "(?<!站)台上": "选中的",
        "挪": "平移",
        "次序": "顺序",
        "分枝": "分支",
        "几束": "束宽",
        "真词元": "正确的词元",
        "量一遍|量一量|正在量|量到的|量在|自己量|量完|量好|量过|量出来|里量|量不出": "测",
        "遮住": "盖住",
        "最像的词": "概率最大的词",
        "意外程度": "惊讶度",
        "修好它": "修复",
        "从头来": "重新开始",
        "一去一留": "NSP 还是 SOP",
        "留到累计的?$": "累计概率上限",
        "每处几个": "每步展开几个",
        "几步深": "展开几步",
        "签落在": "抽中",
        "老选": "总选",
        "消息": "信息",
        "基础模型": "基座模型",
        "平均倒数名次": "平均倒数排名",
        "log P": "ln P",
        "多花": "损失高出",
        "架子": "列表",
        "改口": "读出中文",
        "剪去|一个也不剪": "截掉",
        "同义|异义": "意思相同, 意思不同",
        r"(?<![\w.])\.\d": "0.12, with its zero",
    },
    "en": {
        "kni(fe|ves)": "tokenizer",
        "fetch(ed|ing)?": "download",
        "M weights|counts weights only|[Mm]ore weights": "parameters",
        "embedded|(?:models?|[Tt]hose) in the box": "built-in",
        "covered|uncover": "masked",
        "news(?! by topic|, and stop it)": "information",
        "strangers?": "a sentence from elsewhere",
        "roads?(?! to artificial)": "path",
        "tongue": "language",
        "dear": "expensive",
        "heaps": "groups",
        "to be had|could not be had": "downloaded",
        "clumps?": "clusters",
        "of old": "earlier",
        "on the stage": "selected",
        "take off|tak(e|en) away": "subtract",
        "log P": "ln P",
        "true token": "right token",
    },
}
PLAIN = re.compile(r"\{\w+(?::[^}]*)?\}|`[^`]*`|\[\[[^\]|]*\||\(\^?\)")  # placeholders and code are nobody's words


def lesson_texts(lang: str) -> dict[str, str]:
    """What a lesson is held with (assets/classroom), by file and place."""
    found: dict[str, str] = {}

    def read(value: object, place: str, inside: bool) -> None:
        if isinstance(value, str) and inside:
            found[place] = value
        elif isinstance(value, list):
            for n, one in enumerate(value):
                read(one, f"{place}.{n}", inside)
        elif isinstance(value, dict):
            for name, one in value.items():
                read(one, f"{place}.{name}", name == lang or (inside and name not in i18n.LANGUAGES))

    for path in classroom.FOLDER.rglob("*.toml"):
        read(tomllib.loads(path.read_text(encoding="utf-8")), path.stem, False)
    assert len(found) > 400
    return found


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_no_private_word_stands_in_a_text(lang: str) -> None:
    edge = (r"\b", r"\b") if lang == "en" else ("", "")
    private = {word: re.compile(f"{edge[0]}(?:{word}){edge[1]}") for word in PRIVATE[lang]}
    found = {
        f"{key}: {word} → {PRIVATE[lang][word]}"
        for key, text in {**texts(lang), **lesson_texts(lang)}.items()
        for word, pattern in private.items()
        if pattern.search(PLAIN.sub(" ", text))
    }
    assert found == set()


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_evidence_uses_the_same_words(lang: str) -> None:
    figures = [figure for name in MEASURED for figure in results_store.figures(name)]
    said = [
        figure.row.published_zh or figure.row.published if lang == "zh" else figure.row.published for figure in figures
    ]
    assert [text for text in said if re.search(r"(?<![\w.])\.\d|平均倒数名次|次序", text)] == []


KEYS = re.compile(r"\bShift\b|Ctrl|\bEsc(ape)?\b|Backspace|[Aa]rrow key|space bar|方向键|空格键|退格键|键盘")
HIDDEN = re.compile(r"\.(\w+_)?keys(_one)?$")  # not drawn where there is no keyboard (.keys in style.css and base.css)
AT_A_DESK = ("common.widgets.ctrl_enter", "classroom.papers.sub")  # not said on a phone; how a sheet is printed


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_keys_are_named_only_where_there_is_a_keyboard(lang: str) -> None:
    told = [key for key, text in texts(lang).items() if KEYS.search(text) and not key.startswith("languages.")]
    assert told
    assert [key for key in told if not HIDDEN.search(key) and key not in AT_A_DESK] == []


MEASURED = tuple(chapter.id for chapter in chapters.CHAPTERS if chapter.evidence)

# Terms a learner searches by: each stands in some text of the language.
TERMS = {
    "zh": "掩码语言模型 下一句预测 句序预测 自注意力 交叉注意力 查询 稠密 稀疏注意力 自回归 自编码 top-k top-p "
    "下游任务 迁移学习 连续词袋 word2vec 上下文窗口 马尔可夫 最大似然 零样本 余弦 损失 多头注意力 残差 对比学习 "
    "训练集 测试集 过拟合 命名实体识别 自然语言推理 监督微调 校准 基准",
    "en": "masked-language-model next-sentence sentence-order self-attention Cross-attention query dense "
    "sparse-attention autoregressive autoencoding top-k top-p downstream transfer-learning word2vec context-window "
    "Markov likelihood zero-shot multi-head residual contrastive-learning training-set test-set overfitting "
    "named-entity-recognition natural-language-inference supervised-fine-tuning calibration benchmark",
}


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_the_terms_of_the_field_are_named(lang: str) -> None:
    said = "\n".join(texts(lang).values())
    assert [term for term in TERMS[lang].split() if not re.search(term.replace("-", "[- ]"), said)] == []


# What was wrong or misleading, by key: what each must say now, and what it must not say.
RIGHT = {
    "generation.title": ("概率最大", "最像", "likeliest", "similar"),
    "languages.title": ("英文句子", "说英语的模型", "English sentence", "English model"),
    "home.family.honesty": ("两张图", "纵轴", "Both figures", "vertical"),
    "languages.keep.step2": ("104 种语言", "改口", "104 languages", "tongue"),
    "home.family.sub": ("最大的模型", "个头", "largest models", "larger every year"),
    "home.split.step3": ("参数", "照着改多少", "nudged", "by that much"),
    "home.split.honesty": ("33 亿", "几亿字", "3.3 billion", "hundreds of millions"),
    "home.why.step1": ("取之不尽", "分钟", "almost endless", "minutes"),
    "glossary.预训练": ("接龙", "做别的事。", "", ""),
    "glossary.pre-training": ("", "", "predict the next token", "being used for something else"),
    "generation.inside.step3": ("读完整个开头", "只在训练时", "whole beginning", "in training only"),
    "generation.both.step3": ("只看左边", "放弃", "left side alone", "give up"),
    "generation.train.honesty": ("一般越小", "总比", "usually lower", "always"),
    "context.look.step2": ("{word}", "果", "{word}", "apple"),
    "context.cbow.step3": ("{word}", "果", "{word}", "apple"),
    "context.caption": ("各层", "十三", "All layers", "thirteen"),
    "masking.cover.honesty": ("冷门", "35 M", "rarer facts", "35 M"),
    "languages.map.honesty": ("{d}", "384", "{d}", "384"),
    "input.sum.caption": ("{d}", "384", "{d}", "384"),
    "input.positions.caption": ("{last}", "511", "{last}", "511"),
    "attention.dense.caption": ("原来的四倍", "翻四倍", "four times", "quadruple"),
    "attention.sparse.sub": ("原来的四倍", "大四倍", "four times", "square"),
    "masking.preset.fails.text": ("企鹅", "记不住", "penguins", "rarer"),
    "languages.near.step3": ("0", "字形", "0", "spelling"),
    "attention.price.caption": ("没有测", "不会差这么多", "not measured", "would not lose"),
    "attention.atlas.step2": ("猜测", "没什么可看", "One guess", "nothing to see"),
    "attention.off.step2": ("Michel", "顶上", "Michel", "step in"),
    "input.tokens.step2": ("Ġ", "一族", "Ġ", "knife"),
    "pairs.lesson.honesty": ("合起来", "可以长到", "together", "up to 512"),
    "pairs.why.roberta_reason": ("不降", "太容易", "stay the same", "too easy"),
    "pairs.why.step1": ("推测", "太容易：", "authors suspect", "so it was dropped"),
    "evidence.step1": ("转述", "自己的话", "restates", "own words"),
    "evidence.step3": ("对照", "事先定的", "control", "set beforehand"),
    "generation.ways.chain_source": ("Carson", "李宏毅", "Carson", "Hung-yi Lee"),
    "masking.see.step3_num": ("94.9", "几乎没有", "94.9", "hardly for MNLI"),
}


@pytest.mark.parametrize("key", RIGHT)
def test_what_was_misleading_says_what_is_right(key: str) -> None:
    zh, not_zh, en, not_en = RIGHT[key]
    for lang, says, never in (("zh", zh, not_zh), ("en", en, not_en)):
        if says:
            assert says in texts(lang)[key]
            assert never not in texts(lang)[key]


def test_the_published_chain_has_all_its_steps_and_the_text_before_each() -> None:
    chain = examples.load("generation")["chain"]
    assert chain[0]["text"] == "My name is Carson and my main"
    assert [(step["taken"], step["p_taken"]) for step in chain] == [
        ("interest", 0.0747), ("in", 0.1291), ("life", 0.0450), ("is", 0.9059), (".", 0.6340),
    ]  # fmt: skip
    assert [step["taken"] == step["likeliest"] for step in chain] == [False, False, False, True, True]


def test_published_directions_of_zero_shot_tagging() -> None:
    """Pires et al. 2019: trained on English and tested on Bulgarian 87.1; the other way round it is 82.2."""
    rows = {figure.row.id: figure.row for figure in results_store.figures("languages")}
    assert "English→Bulgarian 0.871" in rows["languages.pos_zero_shot"].published
    assert "英语→保加利亚语 0.871" in rows["languages.pos_zero_shot"].published_zh
