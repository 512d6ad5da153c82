"""Faults of score tables: what a scheme's author got wrong is refused, what is printed wrong is told."""

# ruff: noqa: E501  (tables: one case a line)

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from xlauto.checking.kinds import RULES
from xlauto.model import Finding, Level
from xlauto.scheme.intervals import edges, interval, number_of
from xlauto.scheme.lint import lint
from xlauto.scheme.strict import SchemeError

MADE_UP = Path(__file__).parent.parent / "schemes" / "made-up-2024"
ERROR, WARNING = Level.ERROR, Level.WARNING

FAULTS = [
    ("合计不是100", "      points: 12\n      text: 完成100%", "      points: 13\n      text: 完成100%", "套表04", ERROR, "各项分值合计101分，应为100分"),
    ("一级不符", "投入（35分）", "投入（36分）", "套表04", ERROR, "“投入（36分）”下各项分值合计35分，与所印的36分不符"),
    ("二级不符", "配置（12分）", "配置（11分）", "套表04", ERROR, "“配置（11分）”下各项分值合计12分"),
    ("各部分不够", "手续: {kind: 按例扣分, points: 4", "手续: {kind: 按例扣分, points: 3", "套表04", ERROR, "“资金合规性”分值8分，评分标准各部分合计7分"),
    ("最高一档", '{in: ">3", points: 2}', '{in: ">3", points: 1.5}', "套表04", ERROR, "“目标明确性·量化”最高一档1.5分，应为2分"),
    ("选择的最高一档", "choices: {及时: 4,", "choices: {及时: 5,", "套表04", ERROR, "“到位时效”最高一档5分，应为4分"),
    ("清单合计", "目标: {kind: 清单, checks", "目标: {kind: 清单, points: 3.5, checks", "套表04", ERROR, "“目标明确性·目标”的清单合计3分，应为3.5分"),
    ("档次重叠", '{in: "[85%, 95%)", points: 2}', '{in: "[85%, 95%]", points: 2}', "套表06", ERROR, "“预算执行率·全年”的评分档次在等于95%处重叠"),
    ("区间倒了", "least: 4, most: 5", "least: 6, most: 5", "套表01", ERROR, "表“评分依据”的“资金使用.虚列套取”：least（6）大于 most（5）"),
    ("没有这个名称", "value: 控制率, bound", "value: 控制比, bound", "套表03", ERROR, "“控制比”没有定义"),
    ("引用多张表", "value: 控制率, bound", "value: 项目评分表!总分.得分, bound", "套表03", ERROR, "这张表每个项目一份，单元格的公式不能引用"),
    ("没有这种规则", "kind: 比例, value: 完成数 / 计划数", "kind: 比率, value: 完成数 / 计划数", "套表01", ERROR, "不认识的值"),
    ("没有这个参数", "kind: 比例, value: 完成数 / 计划数", "kind: 比例, values: 完成数", "套表01", ERROR, "没有“values”这个键"),
    ("不是区间", '{in: "=2", points: 1}', '{in: "两个", points: 1}', "套表01", ERROR, "“两个”不是区间"),
    ("选项太长", "不及时但未影响进度: 2", f"{'甲' * 250}: 2", "套表02", ERROR, "Excel的下拉列表放不下"),
    ("空档", '{in: "[85%, 95%)", points: 2}', '{in: "[85%, 94%)", points: 2}', "套表08", WARNING, "“预算执行率·全年”的评分标准对94%至95%的没有规定"),
    ("一点空档", '{in: "<85%", points: 0}', '{in: "<84.5%", points: 0}', "套表08", WARNING, "对84.5%至85%的没有规定"),
    ("下面没有档", ', {in: "<85%", points: 0}', "", "套表08", WARNING, "“预算执行率·全年”的评分标准对低于85%的没有规定"),
    ("上面没有档", '{in: ">年初结转", points: 0}', '{in: "(年初结转, 100]", points: 0}', "套表08", WARNING, "“结余”的评分标准对高于100的没有规定"),
    ("标准多于分值", "      text: 完成100%得满分", "      text: 完成100%得18分", "套表07", WARNING, "“完成率”的评分标准写的是18分，分值却是12分"),
    ("两栏写反", "      text: 完成100%得满分，未完成的同比例扣减。", "      basis: 完成100%得12分，否则不得分\n      text: 完成率=完成数/计划数", "套表07", WARNING, "“完成率”的评分要点写着怎样得分，评分标准却没有，疑似两栏印反了"),
    ("二级印成一级", "过程（25分）, 管理（25分）", "过程（25分）, 投入（25分）", "套表07", WARNING, "“过程”下的二级指标印作“投入”，与一级指标同名"),
    ("旧年度", "      text: 完成100%得满分", "      text: 按2021年度办法，完成100%得满分", "套表07", WARNING, "“完成率”的评分标准说的是2021年，套表是2024年的"),
    ("封顶不到满分", "kind: 比例, value: 完成数 / 计划数", "kind: 比例, cap: 0.9, value: 完成数 / 计划数", "套表07", WARNING, "“完成率”按评分标准最多得10.8分，分值却是12分"),
    ("得不到的分", "kind: 比例, value: 完成数 / 计划数", "kind: 比例, cap: 0.9, value: 完成数 / 计划数", "套表07", WARNING, "最多只能得97.8分，不是100分：资金使用1分没有评分标准；完成率1.2分按评分标准得不到"),
    ("封顶为0", "kind: 比例, value: 完成数 / 计划数", "kind: 比例, cap: 0, value: 完成数 / 计划数", "套表06", ERROR, "“完成率”的 cap 是最多得几成，应大于0（0）"),
    ("每级没有宽度", "value: 控制率, bound: 100%, per: 0.5", "value: 控制率, bound: 100%, step: 0, per: 0.5", "套表06", ERROR, "“人员控制率·在职”的 step 是每一级的宽度，应是大于0的数（0）"),
    ("每级不是数", "value: 控制率, bound: 100%, per: 0.5", "value: 控制率, bound: 100%, step: 编制数, per: 0.5", "套表06", ERROR, "应是大于0的数（编制数）"),
    ("每级不扣分", "value: 控制率, bound: 100%, per: 0.5", "value: 控制率, bound: 100%, per: 0", "套表06", ERROR, "“人员控制率·在职”的 per 是每次扣的分，应大于0（0）"),
    ("每例倒加分", "手续: {kind: 按例扣分, points: 4, per: 0.5", "手续: {kind: 按例扣分, points: 4, per: -0.5", "套表06", ERROR, "“资金合规性·手续”的 per 是每次扣的分，应大于0（-0.5）"),
    ("档次是负分", '{in: "<85%", points: 0}', '{in: "<85%", points: -1}', "套表06", ERROR, "“预算执行率·全年”的“<85%”是-1分，分不能是负数"),
    ("选项是负分", "不及时但未影响进度: 2", "不及时但未影响进度: -2", "套表06", ERROR, "“到位时效”的“不及时但未影响进度”是-2分，分不能是负数"),
    ("分值是负数", "      points: 12\n      text: 完成100%", "      points: -12\n      text: 完成100%", "套表06", ERROR, "“完成率”的分值是-12分，分不能是负数"),
    ("扣的是负分", "least: 4, most: 5", "least: -4, most: 5", "套表06", ERROR, "的“虚列套取”是-4分，分不能是负数"),
    ("界限不能比较", '{in: ">年初结转", points: 0}', '{in: ">在职人数", points: 0}', "套表08", WARNING, "“结余”的评分档次以年初结转与在职人数为界，两个数不能比较，看不出有没有空档或重叠"),
    ("空区间", '{in: "[85%, 95%)", points: 2}', '{in: "(95%, 95%]", points: 2}', "套表01", ERROR, "区间“(95%, 95%]”里没有一个数：两头都是95%，又不全包含；正好等于的写“=95%”"),
    ("倒区间", '{in: "[85%, 95%)", points: 2}', '{in: "[95%, 85%)", points: 2}', "套表01", ERROR, "区间“[95%, 85%)”写反了：95%大于85%"),
    ("依据界限倒了", "聘用人数: {ask: 实际聘用人数,", "聘用人数: {ask: 实际聘用人数, least: 5, most: 1,", "套表01", ERROR, "“人员控制率.聘用人数”：least（5）大于 most（1）"),
    ("没有大小的依据", "聘用人数: {ask: 实际聘用人数,", "聘用人数: {ask: 实际聘用人数, kind: 文本, most: 1,", "套表01", ERROR, "只用于填数的格"),
    ("界限少了百分号", "value: 控制率, bound: 100%", "value: 控制率, bound: 10", "套表06", ERROR, "第21行 items → 评分表 → 人员控制率 → parts → 在职 → bound：“控制率”是比率，10就是1000%；10%的写 10%，确是1000%的写 1000%"),
    ("时点少了百分号", "value: 一季度 / 总支出.预算, target: 20%", "value: 一季度 / 总支出.预算, target: 20", "套表06", ERROR, "target：“一季度 / 总支出.预算”是比率，20就是2000%；20%的写 20%"),
    ("每级少了百分号", "value: 控制率, bound: 100%", "value: 控制率, step: 2, bound: 100%", "套表06", ERROR, "step：“控制率”是比率，2就是200个百分点；每2个百分点的写 2%，确是200个百分点的写 200%"),
    ("每级半个百分点", "value: 控制率, bound: 100%", "value: 控制率, step: 0.5, bound: 100%", "套表06", ERROR, "0.5就是50个百分点；每0.5个百分点的写 0.5%，确是50个百分点的写 50%"),
    ("数没有写每级", "value: 控制率, bound: 100%", "value: 在职人数, bound: 52", "套表06", ERROR, "“在职人数”不是比率，每级宽度1%（不写时是1%）就是0.01；每多1算一次的写 step: 1"),
    ("档次少了百分号", '"≥90%", points: 8', '"≥90", points: 8', "套表06", ERROR, "满意度 → rule → tiers → 0 → in：“满意率”是比率，90就是9000%；90%的写 90%"),
    ("数用了百分号", '{in: "=0", points: 5}, {in: "(0, 年初结转]"', '{in: "≤5%", points: 5}, {in: "(5%, 年初结转]"', "套表06", ERROR, "“结余.决算”不是比率，5%就是0.05；确是0.05的写 0.05"),
    ("全角逗号连成一个", "过程（25分）, 管理（25分）", "过程（25分），管理（25分）", "套表06", WARNING, "“过程（25分），管理（25分）”里印着两个分值；是不是应分成两个？"),
    ("名称写错", "value: 完成数 / 计划数", "value: 完成教 / 计划数", "套表03", ERROR, "第113行 items → 评分表 → 完成率 → rule → value：“完成教”没有定义；是不是“完成数”？"),
    ("公式写错", "value: 控制率, bound", "value: 控制率 +, bound", "套表01", ERROR, "第21行 items → 评分表 → 人员控制率 → parts → 在职 → value：公式有错：公式在这里断了"),
    ("区间写错", '{in: "=2", points: 1}', '{in: "两个", points: 1}', "套表01", ERROR, "第81行 items → 评分表 → 目标明确性 → parts → 量化 → tiers → 1 → in：“两个”不是区间"),
    ("封顶过高", "kind: 比例, value: 完成数 / 计划数", "kind: 比例, cap: 2, value: 完成数 / 计划数", "套表01", ERROR, "第113行 items → 评分表 → 完成率 → rule → cap：比例的 cap 是最多得几成，不能大于1（2）"),
    ("扣到没有的一条", "kind: 一票否决", "kind: 一票否决, scope: 手序", "套表01", ERROR, "parts → 挪用 → scope：没有“手序”：scope 应是“本项”、“本条”或另一条的名称；现有：手续、票据"),
    ("差额下面没有档", "value: 结余.决算\n", "value: 结余.决算 - 年初结转\n", "套表08", WARNING, "“结余”的评分标准对低于0的没有规定"),
    ("不是条件", "when: 聘用人数 <= 批复人数", "when: 聘用人数 - 批复人数", "套表06", ERROR, "when 要是条件，如 聘用人数 - 批复人数 > 0"),
    ("选项里有逗号", "不及时但未影响进度: 2", '"不及时,但未影响进度": 2', "套表06", ERROR, "“不及时,但未影响进度”有半角逗号，Excel的下拉列表会拆成两个"),
    ("选项只差大小写", "不及时但未影响进度: 2", "a: 2, A: 1", "套表06", ERROR, "有两个只差大小写，公式分不出来"),
    ("用文字计算", "evidence: {满意率: {ask: 被调查人的满意率, kind: 百分比", "evidence: {满意率: {ask: 被调查人的满意率, kind: 文本", "套表06", ERROR, "“满意率”填的不是数，不能用来计算"),
    ("依据和得分同名", "evidence: {满意率: {ask: 被调查人的满意率, kind: 百分比", "evidence: {得分: {ask: 几分}, 满意率: {ask: 被调查人的满意率, kind: 百分比", "套表01", ERROR, "依据不能叫“得分”，评分表里已有这一格"),
    ("没有用到的依据", "evidence: {满意率:", "evidence: {问卷数: {ask: 发放的问卷}, 满意率:", "套表09", WARNING, "依据“满意度.问卷数”没有一条计分规则用到"),
]  # fmt: skip


def linted(folder: Path, old: str = "", new: str = "") -> list[Finding]:
    shutil.copytree(MADE_UP, folder / "made-up-2024")
    path = folder / "made-up-2024" / "scoring.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(
        text.replace(old, new) if old.startswith(("投入", "配置", "过程")) else text.replace(old, new, 1),
        encoding="utf-8",
    )
    return lint("made-up-2024", [folder], RULES)


@pytest.mark.parametrize(("old", "new", "code", "level", "words"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_fault_is_told(tmp_path: Path, old: str, new: str, code: str, level: Level, words: str) -> None:
    found = linted(tmp_path, old, new)
    assert any((f.code, f.level) == (code, level) and words in f.fact for f in found), [f.message() for f in found]


def test_tiers_below_zero_join() -> None:
    spans = [interval(text) for text in ("≤-10%", "(-10%, 0]", "(0, 10%]", ">10%")]
    assert number_of("-10%") == number_of("-0.1") and not list(edges(spans, signed=True))
    assert [edge.where for edge in edges(spans[1:], signed=True)] == ["低于-10%"]


def test_what_the_made_up_county_printed_wrong(tmp_path: Path) -> None:
    assert [(str(found.level), found.fact) for found in linted(tmp_path)] == [
        ("警告", "“支付率”的评分标准对高于100%的没有规定；遇到时不计分，由人工判断"),
        ("警告", "“目标明确性·量化”的评分标准对等于3的没有规定；遇到时不计分，由人工判断"),
        ("警告", "“资金使用”分值8分，评分标准只有7分，有1分没有评分标准"),
        ("警告", "“满意度”印刷的评分标准对等于60%的没有规定；本套表按“在60%（含）至80%（不含）之间”理解"),
        ("警告", "按印刷的评分标准最多只能得99分，不是100分：资金使用1分没有评分标准"),
        (
            "提示",
            "有30分所用的数在各张表里都没有，只能由单位填在“评分依据”：支付率5分、目标明确性5分、完成率12分、满意度8分",
        ),
        ("提示", "有60分所用的数在各张表里都没有，只能由单位填在“评分依据”：到位率40分、进度20分"),
    ]


FITTING = [
    ("比率用小数", "value: 控制率, bound: 100%", "value: 控制率, step: 0.02, bound: 1"),
    ("比率带百分号", "value: 控制率, bound: 100%", "value: 控制率, bound: 1000%"),
    ("数写了每级", "value: 控制率, bound: 100%", "value: 在职人数, step: 1, bound: 52"),
    ("百分数", "value: 控制率, bound: 100%", "value: 控制率 * 100, step: 1, bound: 100"),
    ("人均数看不出", "value: 控制率, bound: 100%", "value: 总支出.决算 / 在职人数, step: 1, bound: 12"),
    ("单位不同看不出", "value: 控制率, bound: 100%", "value: 聘用人数 / 完成率.完成数, step: 1, bound: 12"),
    ("标签里只有一个分值", "过程（25分）, 管理（25分）", "过程（25分）, 管理，监督（25分）"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new"), [case[1:] for case in FITTING], ids=[case[0] for case in FITTING])
def test_units_that_fit_or_cannot_be_told_are_left_alone(tmp_path: Path, old: str, new: str) -> None:
    assert not [found.fact for found in linted(tmp_path, old, new) if found.code in ("套表01", "套表03", "套表06")]


@pytest.mark.parametrize(
    ("texts", "whole", "found"),
    [
        (["[95%, )", "[85%, 95%)", "<85%"], False, []),
        (["<5%", "[5%, 10%]", ">10%"], False, []),
        (["<5%", "(5%, 10%]", ">10%"], False, [("空档", "等于5%")]),
        (["<5%", "[5%, 10%]", "≥10%"], False, [("重叠", "等于10%")]),
        (["<5%", "[4%, 10%]", ">10%"], False, [("重叠", "4%至5%")]),
        (["=0", "(0, 10%]", ">10%"], False, []),
        (["(0, 10%]", ">10%"], False, []),
        (["=0", "(0, 上年结转]", ">上年结转"], False, []),
        (["=0", "(0, 上年结转]", ">本年结转"], False, [("不能比较", "上年结转与本年结转")]),
        (["=0", "(0, 上年结转)", ">上年结转"], False, [("空档", "等于上年结转")]),
        ([">3", "=2", "<2"], True, [("空档", "等于3")]),
        ([">3", "[2, 3]", "<2"], True, []),
        (["≥4", "[2, 3]", "≤1"], True, []),
        (["≥9", "[2, 3]", "≤1"], True, [("空档", "4至8")]),
        (["≥4", "≤3"], True, []),
        (["≥90%", "[80%, 90%)"], False, [("空档", "低于80%")]),
        (["<60%", "[60%, 100%]"], False, [("空档", "高于100%")]),
    ],
)  # fmt: skip
def test_holes_and_overlaps(texts: list[str], whole: bool, found: list[tuple[str, str]]) -> None:
    assert [tuple(edge) for edge in edges([interval(text) for text in texts], whole=whole)] == found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[90%, 95%)", "在90%（含）至95%（不含）之间"), ("≥95%", "不低于95%"), ("＜80%".replace("＜", "<"), "低于80%"),
        ("(0, 上年结转]", "在0（不含）至上年结转（含）之间"), ("=0", "等于0"), ("( , 5]", "不超过5"), ("（3，+∞）", "高于3"),
    ],
)  # fmt: skip
def test_intervals_in_words(text: str, words: str) -> None:
    assert interval(text).words() == words


@pytest.mark.parametrize("text", ["(10%, 10%]", "[10%, 10%)", "(0.1, 10%)", "(10%, 5%]", "[上年结转, 上年结转)", "( , )"])
def test_an_interval_without_a_number_is_refused(text: str) -> None:
    with pytest.raises(SchemeError):
        interval(text)


def test_an_interval_of_one_number() -> None:
    assert interval("[10%, 0.1]").words() == interval("=10%").words() == "等于10%"


def test_bounds_are_figures_or_fields() -> None:
    assert [str(number_of(text)) for text in ("95%", "0.5", "3", "上年结转", "1 +")] == [
        "0.95",
        "0.5",
        "3",
        "None",
        "None",
    ]
