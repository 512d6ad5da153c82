"""Published figures: how a samples file reads, what is refused in it, and how sheets are named."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlauto.figures import Figures, FormFigures, blank, read_sample, row_fields, safe_title, sheet_names
from xlauto.scheme import Scheme, available, load_scheme
from xlauto.yamlfile import YamlError


@pytest.fixture(scope="module")
def scheme() -> Scheme:
    return load_scheme("hengyang-2023")


def sample(folder: Path, text: str) -> Path:
    path = folder / "某局.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_each_shape_of_a_figure(tmp_path: Path, scheme: Scheme) -> None:
    text = """
封面: {单位名称: 某局, 单位代码: "007"}
texts: {填表人：: 制表：}
基础数据表:
  编制数: 29
  控制率: 93.10%
  三公经费: [4.3, 4.250, ""]
  专项资金: [[1, 2, 3], [4, 5, 6]]
整体支出自评表:
  年度资金总额: {执行率: 100%, 得分: 10}
  指标:
    - [成本指标, 经济成本指标, 成本控制, ≤20万元]
项目支出自评表:
  - 项目名称: 甲
  - 项目名称: 乙
"""
    figures = read_sample(sample(tmp_path, text), scheme)
    base, dept = figures.forms["基础数据表"][0], figures.forms["整体支出自评表"][0]
    assert figures.texts == {"填表人：": "制表："}
    assert figures.forms["封面"][0].values == {"单位名称": "某局", "单位代码": "007"}
    assert (base.text("编制数"), base.text("控制率"), base.text("在职人数")) == ("29", "93.10%", None)
    assert [base.text(f"三公经费.{column}") for column in ("上年决算", "本年预算", "本年决算")] == ["4.3", "4.250", ""]
    assert base.values["专项资金.本年预算"] == ("2", "5")
    assert (base.text("专项资金.本年预算", 1), base.text("专项资金.本年预算", 2)) == ("5", None)
    assert dept.values == {"年度资金总额.执行率": "100%", "年度资金总额.得分": "10"}
    assert dept.tables == {"指标": (("成本指标", "经济成本指标", "成本控制", "≤20万元"),)}
    assert [sheet.text("项目名称") for sheet in figures.forms["项目支出自评表"]] == ["甲", "乙"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("决算表: {}", "第1行 决算表：没有“决算表”这张表；现有：封面"),
        ("基础数据表:\n  三公经费: 4", "第2行 基础数据表 → 三公经费：应当是一行数"),
        ("基础数据表:\n  编制数: [1]", "第2行 基础数据表 → 编制数：应当是一个数或一段文字"),
        ("基础数据表:\n  编制: 1", "第2行 基础数据表 → 编制：基础数据表没有“编制”"),
        ("基础数据表:\n  编制数: 1\n  三公经费: [1, 2]", "第3行 基础数据表 → 三公经费：有2个数，应为3个：上年决算、"),
        ("基础数据表:\n  专项资金: [[1, 2, 3], [1]]", "专项资金 → 第2个：有1个数，应为3个"),
        ("整体支出自评表:\n  年度资金总额: {执行: 1}", "执行：整体支出自评表没有“年度资金总额.执行”"),
        ("整体支出自评表:\n  指标:\n    - [投入指标, 数量指标]", "第3行 整体支出自评表 → 指标 → 第1个：没有“投入指标”"),
        ("整体支出自评表:\n  指标: [[产出指标, 1, 2, 3, 4, 5, 6, 7, 8]]", "有9格，最多8格：一级指标、"),
        ("项目支出自评表: {}", "每个项目一段"),
        ("基础数据表: []", "这张表只有一份"),
        ("texts: 封面", "表样文字: 本单位文字"),
        ("- 封面", "应当是“表名: 填报内容”的形式"),
    ],
)
def test_refused_with_file_line_and_key(tmp_path: Path, scheme: Scheme, text: str, said: str) -> None:
    path = sample(tmp_path, text)
    with pytest.raises(YamlError) as refusal:
        read_sample(path, scheme)
    assert str(refusal.value).startswith(str(path))
    assert said in str(refusal.value)


SAMPLES = [(folder.id, file) for folder in available() for file in sorted((folder.path / "samples").glob("*.yaml"))]


@pytest.mark.parametrize(("scheme_id", "path"), SAMPLES, ids=[path.stem for _, path in SAMPLES])
def test_samples_of_the_schemes_read(scheme_id: str, path: Path) -> None:
    figures = read_sample(path, load_scheme(scheme_id))
    assert figures.forms["封面"][0].text("单位名称") == path.stem
    assert set(figures.forms) == set(load_scheme(scheme_id).forms) - ({"项目支出自评表"} - set(figures.forms))


def test_there_are_samples() -> None:
    assert len(SAMPLES) >= 3


def test_a_plain_row_leaves_out_columns_that_only_some_rows_have(scheme: Scheme) -> None:
    form = scheme.forms["项目支出自评表"]
    assert [field.column for field in row_fields(form, "年度资金总额")] == ["年初预算数", "全年预算数", "全年执行数"]
    assert row_fields(form, "没有的行") == []


@pytest.mark.parametrize(
    ("projects", "names"),
    [
        (0, ()),
        (2, ("项目01", "项目02")),
        (["公车管理专项经费"], ("项目01 公车管理专项经费",)),
        (["甲/乙:丙", "'丁'"], ("项目01 甲 乙 丙", "项目02 '丁")),
        (["很" * 40], ("项目01 " + "很" * 26,)),
    ],
)
def test_blank_has_one_sheet_per_project(scheme: Scheme, projects: int | list[str], names: tuple[str, ...]) -> None:
    figures = blank(scheme, "某局", "007", projects)
    assert figures.forms["封面"] == (FormFigures({"单位名称": "某局", "单位代码": "007"}),)
    assert sheet_names(scheme, figures)["项目支出自评表"] == names


def test_no_figures_at_all(scheme: Scheme) -> None:
    names = sheet_names(scheme, Figures())
    assert names["封面"] == ("封面",)
    assert names["项目支出自评表"] == ()


def test_numbers_of_sheets_have_one_width(scheme: Scheme) -> None:
    names = sheet_names(scheme, blank(scheme, "", "", 100))["项目支出自评表"]
    assert (names[0], names[99]) == ("项目001", "项目100")


@given(st.text(max_size=60))
def test_safe_title_is_one_that_excel_takes(title: str) -> None:
    safe = safe_title("项目01 " + title)
    assert safe.startswith("项目01")
    assert len(safe.encode("utf-16-le")) <= 62
    assert not set(safe) & set("[]:*?/\\")
    assert not safe.endswith(("'", " "))
