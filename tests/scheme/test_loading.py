"""Schemes from YAML: inheritance, refusals with file, line and key, and the cache of parsed files."""

# ruff: noqa: E501  (tables: one case a line)

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from scheme import trees

from xlauto import yamlfile
from xlauto.checking.kinds import RULES
from xlauto.scheme import SchemeError, available, load_scheme
from xlauto.scheme.lint import lint
from xlauto.scheme.load import overlay

BASE, CHECKS, SCHEME = "hunan-2023/forms/base.yaml", "hunan-2023/checks.yaml", "hunan-2023/scheme.yaml"
CHILD = "hengyang-2023/scheme.yaml"
PARENT_CHECKS = "mof-2020/checks.yaml"


# --- inheritance --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parent", "child", "merged"),
    [
        ({"甲": 1}, {"乙": 2}, {"甲": 1, "乙": 2}),
        ({"甲": {"子": 1, "丑": 2}}, {"甲": {"丑": 3}}, {"甲": {"子": 1, "丑": 3}}),
        ({"甲": 1, "乙": 2}, {"甲": None}, {"乙": 2}),
        ({"甲": {"子": 1}}, {"甲": {"replace": True, "丑": 3}}, {"甲": {"丑": 3}}),
        ({"甲": {"子": 1}}, {"甲": 5}, {"甲": 5}),
        ({"甲": [1, 2]}, {"甲": [3]}, {"甲": [3]}),
        ({}, {"甲": {"子": None, "丑": 1}}, {"甲": {"丑": 1}}),
        ({"甲": 1, "乙": 2}, {"甲": 3}, {"甲": 3, "乙": 2}),
    ],
    ids=["另加", "逐键合并", "null去掉", "replace整个换掉", "换成值", "列表整个换掉", "没有可去掉的", "次序照旧"],
)
def test_a_child_says_only_what_differs(parent: Any, child: Any, merged: Any) -> None:
    result = overlay(parent, child)
    assert result == merged
    assert list(result) == list(merged)


RULE = ("scoring", "items", "评分表", "控制率", "rule")
ITEM, EVIDENCE, CHECK = RULE[:-1], (*RULE[:-1], "evidence", "甲"), ("checks", "甲")
STEPS, RATIO = {"kind": "超标扣分", "value": "率", "bound": 1}, {"kind": "比例", "value": "率"}


@pytest.mark.parametrize(
    ("path", "parent", "child", "merged"),
    [
        (RULE, STEPS, RATIO, RATIO),
        (RULE, STEPS, {"kind": "超标扣分", "bound": 2}, STEPS | {"bound": 2}),
        (RULE, STEPS, {"bound": 2}, STEPS | {"bound": 2}),
        ((*ITEM, "parts", "甲"), STEPS | {"points": 2}, RATIO, RATIO),
        (ITEM, {"points": 5, "rule": STEPS}, {"parts": {"甲": RATIO}}, {"points": 5, "parts": {"甲": RATIO}}),
        (ITEM, {"points": 5, "parts": {"甲": STEPS}}, {"rule": RATIO}, {"points": 5, "rule": RATIO}),
        (ITEM, {"points": 5, "parts": {"甲": STEPS}}, {"points": 6}, {"points": 6, "parts": {"甲": STEPS}}),
        (EVIDENCE, {"ask": "甲", "kind": "选择", "choices": ["乙"]}, {"kind": "金额"}, {"ask": "甲", "kind": "金额"}),
        (CHECK, {"code": "01", "kind": "空指标", "params": {"甲": 1}}, {"kind": "公式"}, {"code": "01", "kind": "公式"}),
        (CHECK, {"code": "01", "that": "甲 = 乙"}, {"kind": "空指标"}, {"code": "01", "kind": "空指标"}),
        (CHECK, {"code": "01", "kind": "空指标", "params": {"甲": 1}}, {"that": "甲 = 乙"}, {"code": "01", "that": "甲 = 乙"}),
        (CHECK, {"code": "01", "kind": "空指标", "params": {"甲": 1}}, {"params": {"甲": 2}}, {"code": "01", "kind": "空指标", "params": {"甲": 2}}),
    ],
    ids=["换规则", "同一种", "没有说", "换分项的规则", "整条换成分项", "分项换成整条", "分项照旧", "换依据", "换审核", "公式换成审核", "审核换成公式", "只换参数"],
)  # fmt: skip
def test_what_belongs_to_another_kind_of_rule_does_not_stay(
    path: tuple[str, ...], parent: Any, child: Any, merged: Any
) -> None:
    assert overlay(parent, child, path) == merged


def test_child_inherits_and_differs() -> None:
    parent, child = load_scheme("hunan-2023"), load_scheme("hengyang-2023")
    assert child.definition.jurisdiction == "湖南省衡阳市"
    assert child.year == parent.year
    assert [folder.name for folder in child.folders] == ["hengyang-2023", "hunan-2023", "mof-2020"]
    assert [check.code for check in child.checks] == [check.code for check in parent.checks]
    assert "总分.得分" in parent.forms["整体支出自评表"].fields
    assert "总分.得分" not in child.forms["整体支出自评表"].fields
    assert child.forms["整体支出自评表"].tables["指标"].points_of("成本指标") == 20
    assert parent.forms["整体支出自评表"].tables["指标"].points_of("成本指标") is None


def test_rules_for_forms_that_a_child_leaves_out_go_with_them(tmp_path: Path) -> None:
    tree = trees.copied(tmp_path)
    tree.write("base-2023/scheme.yaml", "id: base-2023\nextends: hunan-2023\nforms: [cover, base]\n")
    tree.write("base-2023/scoring.yaml", "unit_form: null\n")
    parent, child = load_scheme("hunan-2023"), load_scheme("base-2023", [tree.root])
    kept = {check.key for check in child.checks}
    assert [*child.forms] == ["封面", "基础数据表"]
    assert {check.form for check in child.checks} == {"基础数据表"}
    assert child.scoring.scored == {}
    assert "决算超预算" in kept, "a rule for the form alone"
    assert "负数" in kept, "a rule for several forms"
    assert {check.key for check in parent.checks if check.form == "基础数据表"} - kept == {
        "基本支出调整", "基本支出调整（年初口径）", "项目支出预算",
    }, "rules that compare it with forms that are left out"  # fmt: skip


def test_a_wrong_form_in_a_rule_of_its_own_is_refused_all_the_same(tmp_path: Path) -> None:
    tree = trees.copied(tmp_path)
    tree.write("base-2023/scheme.yaml", "id: base-2023\nextends: hunan-2023\nforms: [cover, base]\n")
    tree.write("base-2023/checks.yaml", "多余:\n  code: 基础01\n  form: 没有的表\n  that: 控制率 <= 1\n  say: 不符\n")
    with pytest.raises(SchemeError, match="审核“多余”：没有“没有的表”这张表"):
        load_scheme("base-2023", [tree.root])


def test_order_puts_rows_elsewhere() -> None:
    def rows(scheme_id: str) -> list[str]:
        matrix = load_scheme(scheme_id).forms["项目支出自评表"].definition.blocks["资金"].matrix
        assert matrix is not None
        return matrix.order or list(matrix.rows)

    assert rows("hunan-2023")[0] == "年度资金总额"
    assert rows("hengyang-2023")[-1] == "年度资金总额"


def test_words_of_a_child_reach_the_parents_rules() -> None:
    rules = {check.key: check for check in load_scheme("hengshan-2023").checks}
    assert rules["按收入性质分"].that.endswith("年度资金总额.年初预算数")
    assert rules["项目支出一致"].that == "项目支出 = 基础数据表!项目支出.本年预算"


def test_a_bureaus_own_scheme_comes_first(tmp_path: Path) -> None:
    tree = trees.copied(tmp_path, (SCHEME, "title: 湖南省2023", "title: 本局2023"))
    tree.write("mine-2023/scheme.yaml", "id: mine-2023\nextends: hengyang-2023\njurisdiction: 某县\n")
    mine = load_scheme("mine-2023", [tree.root])
    assert (mine.id, mine.definition.jurisdiction, mine.year) == ("mine-2023", "某县", 2023)
    assert load_scheme("hunan-2023", [tree.root]).definition.title.startswith("本局")
    assert load_scheme("hunan-2023").definition.title.startswith("湖南省")
    assert {folder.id for folder in available([tree.root])} == {*(f.id for f in available()), "mine-2023"}


# --- refusals -----------------------------------------------------------------------------------------------------

REFUSALS = [
    ("多余的键", (BASE, "label_at: A", "label_ta: A"), "base.yaml 第25行 blocks → 经费 → matrix → label_ta：没有“label_ta”这个键"),
    ("深处多余的键", (BASE, "{label: 3、公务接待,", "{lable: 3、公务接待,"), "第37行 blocks → 经费 → matrix → rows → 公务接待 → lable：没有“lable”这个键"),
    ("类型不对", (BASE, "indent: 1", "indent: 深"), "第33行 blocks → 经费 → matrix → rows → 公务用车 → indent：应为整数，实为文字"),
    ("不认识的类型", (BASE, "type: 面积", "type: 面子"), "第58行 blocks → 楼堂馆所 → grid → B2 → type：不认识的值 '面子'"),
    ("不认识的级别", (CHECKS, "level: 警告", "level: 严重"), "checks.yaml 第56行 在职超编 → level：不认识的值 '严重'"),
    ("缺少必要的键", (CHECKS, "  say: 控制率应等于实际在职人数÷编制数\n", ""), "checks.yaml 第5行 控制率：缺少“say”"),
    ("不是YAML", (CHECKS, "控制率:\n", "控制率: [\n"), "checks.yaml 第5行：不是正确的YAML：“[”没有合上"),
    ("键写了两次", (CHECKS, "三公经费合计:\n", "控制率:\n"), "checks.yaml 第12行：不是正确的YAML：“控制率”写了两次"),
    ("没有这张表", (PARENT_CHECKS, "code: 自评03\n  form: 项目支出自评表\n", "code: 自评03\n  form: 项目评价表\n"), "审核“项目资金合计”：没有“项目评价表”这张表；现有：封面、"),
    ("规则没有内容", (CHECKS, "  that: 控制率 <= 1\n", ""), "审核“在职超编”：that 和 kind 至少要有一个"),
    ("没有同列的行", (CHECKS, "that: 公用经费.{列} >=", "that: 年度.{列} >="), "审核“公用经费其中”：基础数据表没有同时含年度"),
    ("名称重复", (BASE, "{field: 在职人数", "{field: 编制数"), "表“基础数据表”：名称“编制数”重复"),
    ("表名重复", ("hunan-2023/forms/dept.yaml", "form: 整体支出自评表", "form: 基础数据表"), "表名“基础数据表”重复"),
    ("forms里没有文件", (SCHEME, "dept, project]", "dept, proj]"), "scheme.yaml：forms 列出了没有文件的表：proj"),
    ("extends自己", (SCHEME, "id: hunan-2023", "id: hunan-2023\nextends: hunan-2023"), "scheme.yaml：extends 绕成了圈"),
    ("under绕圈", (PARENT_CHECKS, "under: [自评02, 自评12]", "under: [自评17]"), "审核代码“自评08”的 under 绕成了圈"),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "message"), [case[1:] for case in REFUSALS], ids=[case[0] for case in REFUSALS])
def test_refusal_says_where(tmp_path: Path, edit: trees.Edit, message: str) -> None:
    tree = trees.copied(tmp_path, edit)
    with pytest.raises(SchemeError, match=re.escape(message)):
        load_scheme("hunan-2023", [tree.root])


def test_a_childs_mistake_is_told_with_the_childs_file(tmp_path: Path) -> None:
    tree = trees.copied(tmp_path, ("hengyang-2023/forms/base.yaml", "公用经费: {label:", "公用经费: {lable:"))
    with pytest.raises(SchemeError, match=r"hengyang-2023/forms/base\.yaml 第\d+行 .*没有“lable”这个键"):
        load_scheme("hengyang-2023", [tree.root])


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        ((CHILD, "id: hengyang-2023", "id: hengyang"), "id “hengyang”与文件夹名“hengyang-2023”不一致"),
        ((CHILD, "extends: hunan-2023", "extends: hunan-2022"), "没有套表“hunan-2022”（"),
        ((SCHEME, "id: hunan-2023", "id: hunan-2023\nextends: hengyang-2023"), "extends 绕成了圈"),
    ],
    ids=["id与文件夹不同", "没有上级", "绕圈"],
)
def test_lineage_is_refused(tmp_path: Path, edit: trees.Edit, message: str) -> None:
    tree = trees.copied(tmp_path, edit)
    with pytest.raises(SchemeError, match=re.escape(message)):
        load_scheme("hengyang-2023", [tree.root])


def test_unknown_scheme_names_those_there_are() -> None:
    with pytest.raises(SchemeError, match="没有套表“hunan-1999”；现有：beita-2023、"):
        load_scheme("hunan-1999")


LINE = "items:\n  评分表:\n"
DERIVED = [
    ("项目写错", LINE + "    供养人员控制律: {points: 6}\n", "第3行 items → 评分表 → 供养人员控制律：底本没有这一项；是不是“供养人员控制率”？确实是新的一项的，要写 under"),
    ("项目只有规则", LINE + "    供养人员控制律: {rule: {per: 1}}\n", "底本没有这一项；是不是“供养人员控制率”？"),
    ("不像哪一项", LINE + "    会议费: {points: 6}\n", "会议费：底本没有这一项；确实是新的一项的，要写 under"),
    ("去掉没有的", LINE + "    供养人员控制律: null\n", "底本没有“供养人员控制律”，没有可以去掉的；是不是“供养人员控制率”？"),
    ("表名写错", "items:\n  评分镖:\n    甲: {under: [], points: 5}\n", "第2行 items → 评分镖：没有“评分镖”这张表；是不是“评分表”？现有：封面、"),
    ("依据写错", LINE + "    重点支出安排率:\n      evidence: {安排律: {who: 财务}}\n", "第4行 items → 评分表 → 重点支出安排率 → evidence → 安排律：缺少“ask”：底本没有“安排律”；是不是“安排率”？新增的要写全"),
    ("清单写错", LINE + "    管理制度健全性: {rule: {checks: {有制渡: {points: 2}}}}\n", "checks → 有制渡：底本的清单里没有这一条；是不是“有制度”？"),
    ("情形写错", LINE + "    资金使用合规性: {rule: {cases: {手续不权: {who: 财务}}}}\n", "cases → 手续不权：缺少“ask”：底本没有“手续不权”；是不是“手续不全”？"),
    ("换了规则没写全", LINE + "    供养人员控制率:\n      rule:\n        kind: 比例\n", "第4行 items → 评分表 → 供养人员控制率 → rule：缺少“value”：kind 由底本的“超标扣分”改成了“比例”，底本这条规则的其他键不再沿用，要写全"),
    ("换了规则留着旧键", LINE + "    供养人员控制率: {rule: {kind: 比例, value: 实有人数 / 人员编制, bound: 1}}\n", "没有“bound”这个键；可用：points、text、note、cap"),
    ("没有这种规则", LINE + "    供养人员控制率:\n      rule:\n        kind: 比列\n", "第5行 items → 评分表 → 供养人员控制率 → rule → kind：不认识的值 '比列'；是不是“比例”？可用：比例、超标扣分、分档、"),
    ("没有这种依据", LINE + "    重点支出安排率:\n      evidence: {安排率: {kind: 百分率}}\n", "第4行 items → 评分表 → 重点支出安排率 → evidence → 安排率 → kind：不认识的值 '百分率'；是不是“百分比”？可用：是否、次数、"),
    ("键写错", LINE + "    供养人员控制率: {poinst: 6}\n", "第3行 items → 评分表 → 供养人员控制率 → poinst：没有“poinst”这个键；是不是“points”？"),
    ("分值是字", LINE + "    供养人员控制率: {points: 五}\n", "points：应为数或空，实为文字"),
]  # fmt: skip


def derived(folder: Path, text: str, file: str = "scoring.yaml", parent: str = "junshan-2021") -> Path:
    tree = trees.Tree(folder)
    tree.write("mine/scheme.yaml", f"id: mine\nextends: {parent}\nversion: '1'\n")
    tree.write(f"mine/{file}", text)
    return tree.root


@pytest.mark.parametrize(("text", "message"), [case[1:] for case in DERIVED], ids=[case[0] for case in DERIVED])
def test_a_derived_score_table_says_what_was_probably_meant(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SchemeError, match=f"mine/scoring.yaml .*{re.escape(message)}"):
        load_scheme("mine", [derived(tmp_path, text)])


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("checks.yaml", "控制绿: {level: 警告}\n", "第1行 控制绿：缺少“code”：底本没有“控制绿”；是不是“控制率”？新增的要写全"),
        ("checks.yaml", "控制绿: null\n", "底本没有“控制绿”，没有可以去掉的；是不是“控制率”？"),
        ("forms/bsae.yaml", "title: 新的\n", "forms/bsae.yaml：scheme.yaml 的 forms（没有写的按底本）没有列出“bsae”；是不是“base”？列出的有：cover、base、"),
        ("forms/base.yaml", "blocks: {经菲: {matrix: {rows: {三公经费: {label: 甲}}}}}\n", "缺少“label_at”：底本没有“经菲”；是不是“经费”？新增的要连同里面的一起写全"),
        ("forms/base.yaml", "blocks: {经费: {matrix: {rows: {三公经菲: {indent: 1}}}}}\n", "缺少“label”：底本没有“三公经菲”；是不是“三公经费”？"),
    ],
    ids=["审核", "去掉的审核", "表", "段", "行"],
)  # fmt: skip
def test_other_misspelt_keys_of_a_child(tmp_path: Path, file: str, text: str, message: str) -> None:
    with pytest.raises(SchemeError, match=re.escape(message)):
        load_scheme("mine", [derived(tmp_path, text, file, "hunan-2023")])


def test_an_unknown_kind_of_check_is_told_with_those_there_are(tmp_path: Path) -> None:
    root = derived(tmp_path, "执行偏低:\n  kind: 执行偏抵\n", "checks.yaml", "hunan-2023")
    (found,) = [finding for finding in lint("mine", [root], RULES) if finding.code == "套表05"]
    assert (
        "mine/checks.yaml 第2行 执行偏低 → kind：没有“执行偏抵”这种规则；是不是“执行偏低”？可用：公式、" in found.fact
    )
    assert all(kind in found.fact for kind in RULES)


@pytest.mark.parametrize(
    "text",
    [
        LINE + "    会议费: {under: [投入（15分）, 预算配置（15分）], points: 5, text: 由人工评分}\n",
        LINE + "    会议费: {under: [], text: 分值由单位自定}\n",
        LINE + "    管理制度健全性: {rule: {checks: {新的: {points: 2, ask: 是否}}}}\n",
        LINE + "    供养人员控制率: {points: 6}\n    三公经费变动率: null\n",
        "items:\n  评分表:\n    replace: true\n" + "".join(f"    {key}: {{points: 5}}\n" for key in ("甲", "乙")),
    ],
    ids=["新的一项", "分值自定的", "清单新的一条", "改和去掉", "整张换掉"],
)
def test_what_is_meant_as_new_is_taken(tmp_path: Path, text: str) -> None:
    (tmp_path / "mine").mkdir()
    tree = trees.Tree(tmp_path)
    tree.write("mine/scheme.yaml", "id: mine\nextends: junshan-2021\nversion: '1'\n")
    tree.write("mine/scoring.yaml", text)
    tree.write("mine/checks.yaml", "replace: true\n")
    assert load_scheme("mine", [tree.root]).items["评分表"]


@pytest.mark.parametrize(
    ("under", "before", "after"),
    [
        (["投入（15分）", "预算配置（15分）"], "重点支出安排率", "预算调整率"),
        (["过程（40分）", "预算管理（15分）"], "公务卡刷卡率", "资产制度健全性"),
        (["投入（15分）", "新的"], "重点支出安排率", "预算调整率"),
        (["别的（5分）"], "服务对象满意度", ""),
    ],
    ids=["同一个二级", "中间", "同一个一级", "新的一级"],
)
def test_a_new_item_comes_last_of_its_group(tmp_path: Path, under: list[str], before: str, after: str) -> None:
    root = derived(tmp_path, f"items: {{评分表: {{新的: {{under: [{', '.join(under)}], points: 5}}}}}}\n")
    trees.Tree(root).write("mine/checks.yaml", "replace: true\n")
    order = ["", *load_scheme("mine", [root]).items["评分表"], ""]
    at = order.index("新的")
    if not after:
        before = order[-3]
    assert (order[at - 1], order[at + 1]) == (before, after)


def test_items_of_a_form_that_is_left_out_go_with_it(tmp_path: Path) -> None:
    root = derived(tmp_path, "replace: true\n", "checks.yaml")
    trees.Tree(root).write(
        "mine/scheme.yaml", "id: mine\nextends: junshan-2021\nversion: '1'\nforms: [cover, dept, score]\n"
    )
    assert list(load_scheme("mine", [root]).items) == ["评分表"]


@pytest.mark.parametrize(
    "line", ["extends: hunan-2023 # 省", '"extends": hunan-2023', "extends:\n  hunan-2023", "extends: &up hunan-2023"]
)
def test_extends_in_any_layout(tmp_path: Path, line: str) -> None:
    tree = trees.Tree(tmp_path)
    tree.write("mine/scheme.yaml", f"id: mine\n{line}\nversion: '1'\n")
    assert [folder.name for folder in load_scheme("mine", [tree.root]).folders] == ["mine", "hunan-2023", "mof-2020"]


# --- the cache ----------------------------------------------------------------------------------------------------


@pytest.fixture
def parsed_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the YAML files that are parsed, with an empty cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "cache"))
    parsed: list[str] = []
    load = yamlfile.load

    def watched(path: Path, **more: Any) -> Any:
        parsed.append(path.name)
        return load(path, **more)

    monkeypatch.setattr(yamlfile, "load", watched)
    return parsed


def fresh(tree: trees.Tree) -> Any:
    """Load as a new process would."""
    from xlauto.scheme.load import _load

    _load.cache_clear()
    return load_scheme("hunan-2023", [tree.root])


def test_second_load_parses_no_yaml(tmp_path: Path, parsed_files: list[str]) -> None:
    tree = trees.copied(tmp_path)
    first = fresh(tree)
    assert {"scheme.yaml", "checks.yaml", "scoring.yaml", "base.yaml"} <= set(parsed_files)
    parsed_files.clear()
    assert fresh(tree).definition == first.definition
    assert parsed_files == []


def test_changed_file_is_noticed(tmp_path: Path, parsed_files: list[str]) -> None:
    tree = trees.copied(tmp_path)
    fresh(tree)
    tree.edit(PARENT_CHECKS, "say: 金额和数量不能是负数", "say: 不能填负数！")
    parsed_files.clear()
    assert "不能填负数！" in {check.definition.say for check in fresh(tree).checks}
    assert parsed_files


def test_broken_cache_is_no_fault(tmp_path: Path, parsed_files: list[str]) -> None:
    tree = trees.copied(tmp_path)
    first = fresh(tree)
    for kept in (tmp_path / "cache").rglob("*.json"):
        kept.write_text("{", encoding="utf-8")
    assert fresh(tree).definition == first.definition
