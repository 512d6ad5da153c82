"""What changed between two schemes: one line per change, in words, at its place; a year that moved on is none."""

# ruff: noqa: E501  (tables: one case a line)

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scheme import trees

from xlauto.scheme import available, load_scheme
from xlauto.scheme.diff import ADDED, CHANGED, GONE, KEPT_YEAR, Difference, cut, differences
from xlauto.scheme.diffwords import WORDS, shown
from xlauto.scheme.picture import WHOLE
from xlauto.scheme.renew import renew
from xlauto.scheme.strict import Strict

OWN = "id: mine\nextends: hunan-2023\nversion: '1'\n"
TITLE = "湖南省2023年度预算绩效自评套表"


def changed(folder: Path, file: str, text: str, old: str = "hunan-2023") -> list[Difference]:
    """The differences of a child of a scheme that says only this."""
    tree, own = trees.Tree(folder), OWN.replace("hunan-2023", old)
    tree.write("mine/scheme.yaml", own)
    if file == "scheme.yaml":
        tree.write("mine/scheme.yaml", own + text)
    else:
        tree.write(f"mine/{file}", text)
    return differences(load_scheme(old), load_scheme("mine", [folder]))


BASE, DEPT, PROJECT = "forms/base.yaml", "forms/dept.yaml", "forms/project.yaml"

CASES = [
    ("标题", "scheme.yaml", "title: 新的", (WHOLE, "scheme.yaml", "套表·标题", CHANGED, TITLE, "新的")),
    ("用词", "scheme.yaml", "words: {新词: 甲}", (WHOLE, "scheme.yaml", "套表·用词“新词”", CHANGED, "", "甲")),
    ("小数位数", "scheme.yaml", "score_decimals: 2", (WHOLE, "scheme.yaml", "套表·得分小数位数", CHANGED, "", "2")),
    ("表的标题", BASE, "title: 新的", ("基础数据表", "", "表“基础数据表”·标题", CHANGED, "部门整体支出绩效评价基础数据表", "新的")),
    ("印刷文字", BASE, "blocks: {人员: {grid: {B1:C1: 人员编制}}}", ("基础数据表", "B3", "印刷文字", CHANGED, "编制数", "人员编制")),
    ("项目的类型", BASE, "blocks: {人员: {grid: {B2:C2: {type: 金额}}}}", ("基础数据表", "B4", "项目“编制数”·类型", CHANGED, "数量", "金额")),
    ("项目的公式", BASE, "blocks: {人员: {grid: {F2:G2: {is: 在职人数 / 编制数}}}}", ("基础数据表", "F4", "项目“控制率”·公式", CHANGED, 'IF(N(编制数) = 0, "", ROUND(在职人数 / 编制数, 4))', "在职人数 / 编制数")),
    ("必填", BASE, "blocks: {人员: {grid: {B2:C2: {required: false}}}}", ("基础数据表", "B4", "项目“编制数”·必填", CHANGED, "是", "否")),
    ("行的文字", BASE, "blocks: {经费: {matrix: {rows: {政府采购: {label: 采购}}}}}", ("基础数据表", "第20行", "行“政府采购”·文字", CHANGED, "政府采购金额", "采购")),
    ("行的公式", BASE, "blocks: {经费: {matrix: {rows: {公务用车: {is: '公车购置.{列}'}}}}}", ("基础数据表", "第7行", "行“公务用车”·公式", CHANGED, "SUM(公车购置.{列}, 公车运维.{列})", "公车购置.{列}")),
    ("多一行", BASE, "blocks: {经费: {matrix: {rows: {会议费: {label: 会议费}}}}}", ("基础数据表", "第22行", "行“会议费”", ADDED, "", "会议费")),
    ("少一行", BASE, "blocks: {经费: {matrix: {rows: {政府采购: null}}}}", ("基础数据表", "第20行", "行“政府采购”", GONE, "政府采购金额", "")),
    ("列的栏目", BASE, "blocks: {经费: {matrix: {columns: {本年预算: {heading: 预算}}}}}", ("基础数据表", "D列", "列“本年预算”·栏目", CHANGED, "2023年预算数", "预算")),
    ("多一列", BASE, "blocks: {经费: {matrix: {columns: {上年预算: {at: H, heading: 上年预算数}}}}}", ("基础数据表", "H列", "列“上年预算”", ADDED, "", "上年预算数")),
    ("指标表的栏目", DEPT, "blocks: {指标: {table: {columns: {得分: {heading: 自评得分}}}}}", ("整体支出自评表", "H列", "“指标”的栏“得分”·栏目", CHANGED, "得分", "自评得分")),
    ("一级指标的分值", DEPT, "blocks: {指标: {table: {groups: {产出指标: {points: 45}}}}}", ("整体支出自评表", "B12", "一级指标“产出指标”·分值", CHANGED, "50", "45")),
    ("一级指标没有了", DEPT, "blocks: {指标: {table: {groups: {满意度指标: null}}}}", ("整体支出自评表", "B12", "一级指标“满意度指标”", GONE, "10分：服务对象满意度指标1行", "")),
    ("等次", "scoring.yaml", "grades: [{name: 优, at_least: 95}, {name: 良, at_least: 80}, {name: 中, at_least: 60}, {name: 差, at_least: 0}]", (WHOLE, "scoring.yaml", "计分·评价等次“优”·起点分", CHANGED, "90", "95")),
    ("反向指标", "scoring.yaml", "quantitative: {reverse: 超出不得分}", (WHOLE, "scoring.yaml", "计分·定量指标·反向指标", CHANGED, "按超出比例扣减", "超出不得分")),
    ("审核的级别", "checks.yaml", "在职超编: {level: 错误}", ("基础数据表", "checks.yaml", "审核“在职超编”·级别", CHANGED, "警告", "错误")),
    ("审核的说法", "checks.yaml", "在职超编: {say: 超编}", ("基础数据表", "checks.yaml", "审核“在职超编”·说法", CHANGED, "在职人数超过编制数，控制率高于100%", "超编")),
    ("审核的公式", "checks.yaml", "在职超编: {that: 控制率 <= 1.1}", ("基础数据表", "checks.yaml", "审核“在职超编”·公式", CHANGED, "控制率 <= 1", "控制率 <= 1.1")),
    ("审核的参数", "checks.yaml", "执行偏低: {params: {below: 0.8}}", (WHOLE, "checks.yaml", "审核“执行偏低”·参数·低于", CHANGED, "0.9", "0.8")),
    ("新审核", "checks.yaml", "新的: {code: 基础09, form: 基础数据表, that: 控制率 > 0, level: 提示, say: 没有人}", ("基础数据表", "checks.yaml", "审核“新的”", ADDED, "", "[基础09] 提示：没有人")),
    ("审核没有了", "checks.yaml", "在职超编: null", ("基础数据表", "checks.yaml", "审核“在职超编”", GONE, "[基础09] 警告：在职人数超过编制数，控制率高于100%", "")),
    ("少一个格子", DEPT, "blocks: {资金: {grid: {B7:E7: null}}}", ("整体支出自评表", "B9", "项目“其他资金”", GONE, "金额", "")),
]  # fmt: skip


@pytest.mark.parametrize(("file", "text", "line"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_change_is_one_line(tmp_path: Path, file: str, text: str, line: tuple[str, ...]) -> None:
    assert changed(tmp_path, file, text) == [Difference(*line)]


TABLE, RATE, REST = "评分表", "评分项“供养人员控制率”", "评分项“重点支出安排率”"
STEPS = "超标扣分：数值 实有人数 / 人员编制，界限 100%，方向 ≤，每超 1%，每次扣 0.5，取整 精确，越过界限 满分"
TIERS = "≥90% 5分；[80%, 90%) 4分；[70%, 80%) 3分；[60%, 70%) 2分；<60% 0分"
ITEM_CASES = [
    ("分值", "供养人员控制率: {points: 4}", (f"{RATE}·分值", CHANGED, "5", "4")),
    ("每次扣", "供养人员控制率: {rule: {per: 1}}", (f"{RATE}·规则·每次扣", CHANGED, "0.5", "1")),
    ("评分标准", "供养人员控制率: {text: 新的}", (f"{RATE}·评分标准", CHANGED, "以100%为标准。在职人员控制率≦100%，计5分；每超过一个百分点扣0.5分，扣完为止。", "新的")),
    ("所属指标", "供养人员控制率: {under: [投入（15分）]}", (f"{RATE}·所属指标", CHANGED, "投入（15分）、预算配置（15分）", "投入（15分）")),
    ("另一种规则", "供养人员控制率: {rule: {kind: 比例, value: 人员编制}}", (f"{RATE}·规则", CHANGED, STEPS, "比例：数值 人员编制，上限 1")),
    ("档次", 'g: &t [{in: "≥90%", points: 5}, {in: "<90%", points: 0}]', (f"{REST}·规则·档次", CHANGED, TIERS, "≥90% 5分；<90% 0分")),
    ("依据的类型", "重点支出安排率: {evidence: {安排率: {kind: 数量}}}", (f"{REST}·依据“安排率”·类型", CHANGED, "百分比", "数量")),
    ("由谁提供", "重点支出安排率: {evidence: {安排率: {who: 业务}}}", (f"{REST}·依据“安排率”·由谁提供", CHANGED, "财务", "业务")),
    ("多一个依据", "重点支出安排率: {evidence: {另加: {ask: 问}}}", (f"{REST}·依据“另加”", ADDED, "", "问")),
    ("清单多一条", "信息公开性: {rule: {checks: {新的: {points: 0.5, ask: 问}}}}", ("评分项“信息公开性”·规则·清单·“新的”", CHANGED, "", "问（分值 0.5）")),
    ("多一项", "会议费: {under: [过程（40分）, 预算管理（15分）], points: 5}", ("评分项“会议费”", ADDED, "", "会议费（5分）")),
    ("清单的分值", "信息公开性: {rule: {checks: {按时限: {points: 1}}}}", ("评分项“信息公开性”·规则·清单·“按时限”", CHANGED, "是否按规定时限公开预决算信息（分值 0.5，由谁提供 财务）", "是否按规定时限公开预决算信息（分值 1，由谁提供 财务）")),
    ("新的一项", "会议费: {under: [投入（15分）], points: 5}", ("评分项“会议费”", ADDED, "", "会议费（5分）")),
    ("没有了", "信息公开性: null", ("评分项“信息公开性”", GONE, "预决算信息公开性和完善性（3分）", "")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line"), [case[1:] for case in ITEM_CASES], ids=[case[0] for case in ITEM_CASES])
def test_a_change_of_a_score_table_is_one_line(tmp_path: Path, text: str, line: tuple[str, ...]) -> None:
    if "&t" in text:
        text = f"重点支出安排率: {{rule: {{tiers: {text.partition('&t ')[2]}}}}}"
    found = changed(tmp_path, "scoring.yaml", f"items:\n  评分表:\n    {text}\n", "junshan-2021")
    assert found == [Difference(TABLE, "scoring.yaml", *line)]


def test_a_rule_in_parts_is_a_line_for_each(tmp_path: Path) -> None:
    parts = "{甲: {kind: 比例, points: 2, value: 实有人数}, 乙: {kind: 人工, points: 3, ask: 问}}"
    found = changed(
        tmp_path, "scoring.yaml", f"items: {{评分表: {{供养人员控制率: {{parts: {parts}}}}}}}", "junshan-2021"
    )
    assert [line[2:] for line in found] == [
        (f"{RATE}·规则", GONE, STEPS, ""),
        (f"{RATE}·分项“甲”", ADDED, "", "比例：分值 2，数值 实有人数，上限 1"),
        (f"{RATE}·分项“乙”", ADDED, "", "人工：分值 3，问题 问"),
    ]


def test_the_order_of_items_is_told(tmp_path: Path) -> None:
    old = load_scheme("junshan-2021").definition.scoring.items["评分表"]
    first, second, third = [key for key in old if old[key].under == old[next(iter(old))].under][:3]
    moved = trees.copied(tmp_path).root / "junshan-2021/scoring.yaml"
    text = moved.read_text(encoding="utf-8")
    starts = [text.index(f"    {key}:\n") for key in (first, second, third)]
    pieces = text[: starts[0]], text[starts[0] : starts[1]], text[starts[1] : starts[2]], text[starts[2] :]
    moved.write_text("".join(pieces[at] for at in (0, 2, 1, 3)), encoding="utf-8")
    found = differences(load_scheme("junshan-2021"), load_scheme("junshan-2021", [tmp_path / "schemes"]))
    assert [(line.item, line.change) for line in found] == [("评分项·次序", CHANGED)]


def test_a_form_that_goes_takes_its_rules_with_it_in_one_line(tmp_path: Path) -> None:
    found = changed(tmp_path, "scheme.yaml", "forms: [cover, dept, score]\n", "junshan-2021")
    gone = {line.form: line.old for line in found if line.change == GONE and line.item == f"表“{line.form}”"}
    assert set(gone) == {"项目评价报告", "项目指标体系"}
    assert re.fullmatch(r"项目支出绩效评价指标体系（连同22个评分项、\d+条审核）", gone["项目指标体系"])
    assert {line.item for line in found if line.form in gone} == {f"表“{form}”" for form in gone}
    assert not [line for line in found if line.item.endswith("·表")]


PAIRS = [(one.id, other.id) for one in available() for other in available() if one.id < other.id]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_what_is_shown_on_screen_differs(one: str, other: str) -> None:
    lines = [line for line in differences(load_scheme(one), load_scheme(other)) if line.change != KEPT_YEAR]
    assert [line for line in lines if cut(line.old, 36, line.new) == cut(line.new, 36, line.old)] == []
    assert [line.item for line in lines if re.search("[a-z_]{3,}", line.item)] == []


@pytest.mark.parametrize(
    ("text", "other", "shown"),
    [
        ("短的", "", "短的"),
        ("一二三四五六七八九十", "一二三四五六七八九十", "一二三四五六七八九十"),
        ("一二三四五六七八九十" * 3, "", "一二三四五六七八九十一二三四五六七八九…"),
        (
            "一二三四五六七八九十" * 3 + "甲",
            "一二三四五六七八九十" * 3 + "乙",
            "…三四五六七八九十一二三四五六七八九十甲",
        ),
        ("一二三四五六七八九十" * 3, "一二三四五六七八九十" * 2 + "乙", "…二三四五六七八九十一二三四五六七八九十"),
        ("一二三四五六七八九十" * 5, "一二三四五六七八九十" * 2 + "乙", "…三四五六七八九十一二三四五六七八九十…"),
        ("一\n二", "", "一 二"),
    ],
)
def test_a_long_text_is_shown_from_where_it_differs(text: str, other: str, shown: str) -> None:
    assert cut(text, 20, other) == shown


@given(st.text("甲乙 丙", max_size=60), st.text("甲乙 丙", max_size=60), st.integers(20, 40))
def test_texts_that_differ_are_never_shown_alike(one: str, other: str, longest: int) -> None:
    shown_one, shown_other = cut(one, longest, other), cut(other, longest, one)
    assert max(len(shown_one), len(shown_other)) <= longest
    assert (shown_one == shown_other) is (one.split() == other.split())


def test_every_key_has_a_word() -> None:
    structs = [Strict]
    for struct in structs:
        structs += struct.__subclasses__()
    keys = {key for struct in structs for key in struct.__struct_encode_fields__}
    params = {
        key
        for folder in available()
        for check in load_scheme(folder.id).definition.checks.values()
        for key in check.params
    }
    assert (keys | params) - WORDS.keys() <= UNTOLD


UNTOLD = {
    "blocks", "border", "extends", "field", "forms", "grid", "groups", "height", "heights", "id", "items", "label_at",
    "landscape", "look", "matrix", "scores", "scoring", "sheet", "system", "template", "top", "widths", "words", "year",
}  # fmt: skip
"""What is told in another way, or is of the looks alone."""


def test_a_form_more_or_less_is_one_line(tmp_path: Path) -> None:
    text = "form: 附表\ntitle: 附加的表\nwidths: {A: 9}\nblocks: {格: {grid: {A1: 人数, A2: {field: 附加人数, type: 数量}}}}\n"
    trees.Tree(tmp_path).write("mine/forms/more.yaml", text)
    more = changed(tmp_path, "scheme.yaml", "forms: [cover, base, dept, project, more]\n")
    assert more == [Difference("附表", "", "表“附表”", ADDED, "", "附加的表")]
    fewer = differences(load_scheme("mine", [tmp_path]), load_scheme("hunan-2023"))
    assert fewer == [Difference("附表", "", "表“附表”", GONE, "附加的表", "")]


def test_a_row_of_text_put_in_moves_nothing_else(tmp_path: Path) -> None:
    tree = trees.copied(
        tmp_path, ("hunan-2023/forms/base.yaml", "  经费:\n", "  注:\n    grid: {A1:G1: 先填人数}\n  经费:\n")
    )
    found = differences(load_scheme("hunan-2023"), load_scheme("hunan-2023", [tree.root]))
    assert [line for line in found if line.item == "印刷文字"] == [
        Difference("基础数据表", "A5", "印刷文字", ADDED, "", "先填人数")
    ]
    assert {line.change for line in found} == {ADDED}


@pytest.mark.parametrize("scheme_id", [folder.id for folder in available()])
def test_a_scheme_does_not_differ_from_itself(scheme_id: str) -> None:
    assert differences(load_scheme(scheme_id), load_scheme(scheme_id)) == []


@pytest.mark.parametrize("scheme_id", [folder.id for folder in available()])
def test_a_year_that_moved_on_is_no_difference(scheme_id: str, tmp_path: Path) -> None:
    old = load_scheme(scheme_id)
    new = renew(scheme_id, "next", old.year + 1, tmp_path, title=old.definition.title).scheme
    own = [line for line in differences(old, new) if line.change is not KEPT_YEAR]
    assert {line.item for line in own} <= {"套表·依据"}


def test_a_year_that_stayed_behind_is_told(tmp_path: Path) -> None:
    base = "hengyang-2023/forms/base.yaml"
    tree = trees.copied(tmp_path, (base, 'heading: "{年}决算数"', "heading: 2023决算数"))
    old = load_scheme("hengyang-2023", [tree.root])
    new = renew("hengyang-2023", "next", 2024, tmp_path / "new", title=old.definition.title, extra=[tree.root]).scheme
    (line,) = [found for found in differences(old, new) if found.change == KEPT_YEAR and found.form != WHOLE]
    assert (line.form, line.item, line.old, line.new) == ("基础数据表", "列“本年决算”·栏目", "2023决算数", "2023决算数")


def test_the_real_pair_of_province_and_city() -> None:
    found = differences(load_scheme("hunan-2023"), load_scheme("hengyang-2023"))
    assert {
        Difference("整体支出自评表", "E3", "印刷文字", CHANGED, "全年预算数", "调整后预算数（万元）"),
        Difference("整体支出自评表", "B12", "一级指标“产出指标”·分值", CHANGED, "50", "40"),
        Difference("整体支出自评表", "B12", "一级指标“成本指标”", ADDED, "", "20分：经济成本指标1行"),
        Difference("项目支出自评表", "资金", "“资金”·次序", CHANGED, "年度资金总额、当年财政拨款、上年结转资金、其他资金",
                   "当年财政拨款、上年结转资金、其他资金、年度资金总额"),
    } <= {*found}  # fmt: skip
    assert not [line for line in found if line.place == "checks.yaml"]
    forms = [line.form for line in found]
    order = [WHOLE, *load_scheme("hunan-2023").forms]
    assert forms == sorted(forms, key=order.index)


def test_what_is_new_one_way_is_gone_the_other() -> None:
    one, other = load_scheme("beita-2023"), load_scheme("hengyang-2023")
    there, back = differences(one, other), differences(other, one)

    def parts(lines: list[Difference], change: str) -> set[str]:
        return {f"{line.form}{line.item}" for line in lines if line.change == change and line.item != "印刷文字"}

    assert parts(there, ADDED) == parts(back, GONE)
    assert parts(there, GONE) == parts(back, ADDED)
    assert parts(there, CHANGED) == parts(back, CHANGED)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "是"),
        (False, "否"),
        (50.0, "50"),
        (0.5, "0.5"),
        (["甲", "乙"], "甲、乙"),
        ({"low": 1}, "下限1"),
    ],
)
def test_values_are_shown_as_officials_write_them(value: object, text: str) -> None:
    assert shown(value) == text
