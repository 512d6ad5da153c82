"""Schemes from YAML: inheritance, refusals with file, line and key, and the cache of parsed files."""

# ruff: noqa: E501  (tables: one case a line)

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from scheme import trees

from xlauto import yamlfile
from xlauto.scheme import SchemeError, available, load_scheme
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
    ("类型不对", (BASE, "indent: 1", "indent: 深"), "第33行 blocks → 经费 → matrix → rows → 公务用车 → indent：应为 int，实为 str"),
    ("不认识的类型", (BASE, "type: 面积", "type: 面子"), "第58行 blocks → 楼堂馆所 → grid → B2 → type：不认识的值 '面子'"),
    ("不认识的级别", (CHECKS, "level: 警告", "level: 严重"), "checks.yaml 第56行 在职超编 → level：不认识的值 '严重'"),
    ("缺少必要的键", (CHECKS, "  say: 控制率应等于实际在职人数÷编制数\n", ""), "checks.yaml 第5行 控制率：缺少“say”"),
    ("不是YAML", (CHECKS, "控制率:\n", "控制率: [\n"), "checks.yaml 第7行：不是正确的YAML"),
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
