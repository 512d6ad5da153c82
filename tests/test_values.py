"""Text to value, by the numbers of the catalogue of bad input (V01 to V31)."""

import re
import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlauto.catalogue import from_note
from xlauto.model import BLANK_CELL, Cell, Kind, State, Where
from xlauto.values import (
    Spec,
    decompose,
    is_date_format,
    normalise_code,
    normalise_name,
    parse,
    parse_actual,
    parse_target,
    show,
    years_in,
)

D = Decimal
AMOUNT = Spec("金额")
YUAN = Spec("金额", unit="元")
RATE = Spec("百分比")
COUNT = Spec("数量", unit="辆", decimals=0)
AREA = Spec("面积", unit="㎡")
SCORE = Spec("分值", unit="分")
TEXT = Spec("文本")
DATE = Spec("日期")
CODE = Spec("代码")
CHOICE = Spec("选项", choices=("优", "良（含）", "中"))
LABELLED = Spec("金额", prefix="其中：一般公共预算：")


def text(characters):
    return Cell(Kind.TEXT, characters)


def number(digits, code="General", formula=None):
    return Cell(Kind.NUMBER, digits, formula, code)


def codes(parsed):
    return [note.code for note in parsed.notes]


@pytest.mark.parametrize(
    ("cell", "spec", "value", "decimals", "notes"),
    [
        # V01 V02: width, spaces, thousands, currency
        (text("１２３．５"), AMOUNT, "123.5", 1, ["值01"]),
        (text("\u300051"), COUNT, "51", 0, ["值01"]),
        (text("12.50\u200b"), AMOUNT, "12.50", 2, ["值01"]),
        (text("−5"), AMOUNT, "-5", 0, ["值01"]),
        (text("1,234.5"), AMOUNT, "1234.5", 1, ["值02"]),
        (text("1，234，567"), AMOUNT, "1234567", 0, ["值02"]),
        (text("￥ 12.00"), AMOUNT, "12", 2, ["值02"]),
        # V03: rates
        (text("95％"), RATE, "0.95", 0, ["值01"]),
        (text("92%\u3000"), RATE, "0.92", 0, ["值01"]),
        (text("91.17%"), RATE, "0.9117", 2, []),
        (text("200.00%"), RATE, "2", 2, []),
        (number("0.95", "0%"), RATE, "0.95", 0, []),
        (number("0.9130434", "0.00%"), RATE, "0.9130434", 2, []),
        (number("0.9130434", "0.0%;[Red]-0.0%"), RATE, "0.9130434", 1, []),
        (number("0"), RATE, "0", 0, []),
        (text("91.176%"), RATE, "0.91176", 3, ["值18"]),
        # V04: units
        (text("251.89万元"), AMOUNT, "251.89", 2, ["值04"]),
        (text("12 万"), AMOUNT, "12", 0, ["值04"]),
        (text("120000元"), AMOUNT, "12", 4, ["值04"]),
        (text("1.2亿元"), AMOUNT, "12000", 0, ["值04"]),
        (text("12万元"), YUAN, "120000", 0, ["值04"]),
        (text("1,234.5万元"), AMOUNT, "1234.5", 1, ["值04"]),
        (text("15辆"), COUNT, "15", 0, ["值04"]),
        (text("15人"), COUNT, "15", 0, ["值04"]),
        (text("6417㎡"), AREA, "6417", 0, ["值04"]),
        (text("86m²"), AREA, "86", 0, ["值04"]),
        (text("1.2万平方米"), AREA, "12000", 0, ["值04"]),
        (text("2例"), Spec("数量", unit="例", decimals=0), "2", 0, ["值04"]),
        (text("3项"), Spec("数量", unit="项", decimals=0), "3", 0, ["值04"]),
        (text("9.5分"), SCORE, "9.5", 1, ["值04"]),
        # V08: alias of %
        (text("95百分比"), RATE, "0.95", 0, ["值08"]),
        # V14: number as text
        (text("12.5"), AMOUNT, "12.5", 1, ["值14"]),
        (text("10"), SCORE, "10", 0, ["值14"]),
        # V15: negative
        (text("(12.5)"), AMOUNT, "-12.5", 1, ["值15"]),
        (text("（1,234）"), AMOUNT, "-1234", 0, ["值15"]),
        (text("△5"), AMOUNT, "-5", 0, ["值15"]),
        (text("负5"), AMOUNT, "-5", 0, ["值15"]),
        (text("-5"), AMOUNT, "-5", 0, ["值14"]),
        # V18 V19: decimals and noise
        (number("7.6"), AMOUNT, "7.6", 1, []),
        (number("2170.1999999999998"), AMOUNT, "2170.2", 1, []),
        (number("0.30000000000000004"), AMOUNT, "0.3", 1, []),
        (number("1.4E-09"), AMOUNT, "0", 0, ["值19"]),
        (number("99.990000003"), AMOUNT, "99.99", 2, ["值19"]),
        (number("12.345"), AMOUNT, "12.345", 3, ["值18"]),
        (number("89.974", "0.00", "A1/3"), AMOUNT, "89.974", 2, []),
        (number("3.5"), COUNT, "3.5", 1, ["值18"]),
        (number("1E+3"), AMOUNT, "1000", 0, []),
        # labels printed inside the cell
        (text("其中：一般公共预算：2166.10"), LABELLED, "2166.10", 2, []),
        (text("  其中:  一般公共预算： 872.71 "), LABELLED, "872.71", 2, []),
        (text("其中：一般公共预算 3万元"), LABELLED, "3", 0, ["值04"]),
        (number("872.71"), LABELLED, "872.71", 2, []),
    ],
)
def test_a_number_is_read(cell, spec, value, decimals, notes):
    parsed = parse(cell, spec)
    assert (parsed.state, parsed.number, parsed.decimals, codes(parsed)) == (State.NUMBER, D(value), decimals, notes)
    assert parsed.raw == cell.text


@pytest.mark.parametrize(
    ("cell", "spec", "code"),
    [
        (text("1,23"), AMOUNT, "值02"),
        (text("12，"), AMOUNT, "值02"),
        (text("1,2345"), AMOUNT, "值02"),
        (number("95"), RATE, "值03"),
        (number("0.95"), RATE, "值03"),
        (text("0.95"), RATE, "值03"),
        (text("≥95%"), RATE, "值33"),
        (text("不超过12万元"), AMOUNT, "值33"),
        (text("约12"), AMOUNT, "值33"),
        (text("30%－50%"), RATE, "值34"),
        (text("3～5个"), COUNT, "值34"),
        (text("1、2"), AMOUNT, "值10"),
        (text("3；4"), AMOUNT, "值10"),
        (text("12/15"), AMOUNT, "值10"),
        (text("12 15"), AMOUNT, "值10"),
        (text("——"), AMOUNT, "值11"),
        (text("无"), CHOICE, "值28"),
        (text("——"), CHOICE, "值28"),
        (text("壹佰"), AMOUNT, "值16"),
        (text("十二"), COUNT, "值16"),
        (text("十二万元"), AMOUNT, "值16"),
        (text("inf"), AMOUNT, "值17"),
        (text("NaN"), AMOUNT, "值17"),
        (text("1_000"), AMOUNT, "值17"),
        (text("1e5"), AMOUNT, "值17"),
        (text("0x1F"), AMOUNT, "值17"),
        (text("5²"), AMOUNT, "值17"),
        (text("٣"), AMOUNT, "值17"),
        (text("①"), COUNT, "值17"),
        (number("NaN"), AMOUNT, "值17"),
        (number("1E+999999"), AMOUNT, "值17"),
        (number("45000", "yyyy/m/d"), AMOUNT, "值23"),
        (number("45000", 'm"月"d"日"'), COUNT, "值23"),
        (text("2024.13.1"), DATE, "值22"),
        (text("2024/2/30"), DATE, "值22"),
        (text("明年"), DATE, "值22"),
        (number("45000"), DATE, "值22"),
        (text("差"), CHOICE, "值28"),
        (Cell(Kind.BOOL, "TRUE"), AMOUNT, "值29"),
        (text("12\n（含税）"), AMOUNT, "值30"),
        (text("12(含税)"), AMOUNT, "值30"),
        (text("入选"), AMOUNT, "值32"),
        (text("12%"), AMOUNT, "值32"),
        (text("12人"), AMOUNT, "值32"),
        (text("12万元"), COUNT, "值32"),
        (text("12."), AMOUNT, "值32"),
        (text("--5"), AMOUNT, "值32"),
        (text("(-5)"), AMOUNT, "值32"),
        (text("9" * 30), AMOUNT, "值32"),
        (text("其中：政府性基金：5"), LABELLED, "值32"),
        (Cell(Kind.ERROR, "#REF!"), AMOUNT, "公式03"),
        (Cell(Kind.ERROR, "#DIV/0!", "A1/0"), TEXT, "公式03"),
        (number("5.1042300000000001E+17"), CODE, "身份17"),
        (number("1"), CODE, "身份18"),
    ],
)
def test_what_has_no_single_meaning_is_refused_with_one_note(cell, spec, code):
    parsed = parse(cell, spec)
    assert (parsed.state, parsed.number, codes(parsed)) == (State.ERROR, None, [code])


def test_a_rate_without_percent_names_both_meanings():
    assert parse(number("0.95"), RATE).notes[0].params == {"raw": "0.95", "first": "0.95%", "second": "95%"}


@pytest.mark.parametrize("sign", ["无", "——", "—", "－", "-", "/", "／", "不适用", " 无 "])
def test_declared_none_is_neither_zero_nor_blank(sign):
    parsed = parse(text(sign), Spec("金额", none_allowed=True))
    assert (parsed.state, parsed.number, parsed.raw, parsed.notes) == (State.NONE, None, sign, ())


@pytest.mark.parametrize(
    ("cell", "spec", "notes"),
    [
        (BLANK_CELL, AMOUNT, []),
        (Cell(Kind.BLANK, "", "A1+1"), AMOUNT, []),
        (Cell(Kind.TEXT, "", 'IF(A1=0,"",1)'), AMOUNT, []),
        (text("  \n\u3000\u200b"), AMOUNT, ["值13"]),
        (text(" "), TEXT, ["值13"]),
        (text("其中： 一般公共预算 ："), LABELLED, []),
        (text("其中:一般公共预算:\u3000"), LABELLED, []),
    ],
)
def test_blank(cell, spec, notes):
    parsed = parse(cell, spec)
    assert (parsed.state, parsed.number, codes(parsed)) == (State.BLANK, None, notes)


@pytest.mark.parametrize(
    ("cell", "spec", "shown", "notes"),
    [
        (text(" 保障机关运行\n提高效率 "), TEXT, "保障机关运行\n提高效率", []),
        (text("=1+1"), TEXT, "=1+1", []),
        (text("甲\x07乙"), TEXT, "甲乙", ["值26"]),
        (text("长" * 40_000), TEXT, "长" * 32_767, ["值26"]),
        (number("1", "0%"), TEXT, "100%", []),
        (number("0.985", "0.0%"), TEXT, "98.5%", []),
        (number("45000", "yyyy/m/d"), TEXT, "2023-03-15", []),
        (number("12.50"), TEXT, "12.5", []),
        (Cell(Kind.BOOL, "TRUE"), TEXT, "TRUE", []),
        (text("001"), CODE, "001", []),
        (text(" 良(含)"), CHOICE, "良（含）", []),
        (text("2024年3月"), DATE, "2024-03", ["值22"]),
        (text("2024年3月1日"), DATE, "2024-03-01", ["值22"]),
        (text("2024.3.1"), DATE, "2024-03-01", ["值22"]),
        (text("20240301"), DATE, "2024-03-01", ["值22"]),
        (text("２０２４/3/1"), DATE, "2024-03-01", ["值22"]),
        (text("2024-03-01"), DATE, "2024-03-01", []),
        (number("20240301"), DATE, "2024-03-01", ["值22"]),
        (number("45000", "yyyy/m/d"), DATE, "2023-03-15", []),
        (number("1", "yyyy/m/d"), DATE, "1900-01-01", []),
        (number("61", "yyyy/m/d"), DATE, "1900-03-01", []),
    ],
)
def test_a_text_is_read(cell, spec, shown, notes):
    parsed = parse(cell, spec)
    assert (parsed.state, parsed.text, codes(parsed)) == (State.TEXT, shown, notes)


def test_a_declared_none_in_a_text_field_is_one():
    assert parse(text("无"), TEXT)[:4] == (State.NONE, "无", None, "无")


def test_dates_of_the_1904_system_are_shifted():
    assert parse(number("43538", "yyyy/m/d"), DATE, date1904=True).text == "2023-03-15"


@pytest.mark.parametrize(
    ("code", "dated"),
    [("General", False), ("0.00", False), ("yyyy/m/d", True), ('#,##0.00"元"', False), ("[Red]0.00", False),
     ('0.00"年"', False), ("[$-804]yyyy年m月", True), ("h:mm", True), ("[h]:mm", True), ("@", False), (r"0\d", False)],
)  # fmt: skip
def test_date_formats(code, dated):
    assert is_date_format(code) is dated


@pytest.mark.parametrize(
    ("words", "op", "low", "high", "unit", "kind"),
    [
        ("≥95%", "≥", "0.95", None, "%", "比率"),
        ("≧95％", "≥", "0.95", None, "%", "比率"),
        (">=95%", "≥", "0.95", None, "%", "比率"),
        ("≥ 95 %", "≥", "0.95", None, "%", "比率"),
        ("达到95%以上", "≥", "0.95", None, "%", "比率"),
        ("98%以上", "≥", "0.98", None, "%", "比率"),
        ("95%（含）以上", "≥", "0.95", None, "%", "比率"),
        ("不低于3次", "≥", "3", None, "次", "数量"),
        ("≥1000人次", "≥", "1000", None, "人次", "数量"),
        ("＞5", ">", "5", None, "", "数量"),
        ("大于5家", ">", "5", None, "家", "数量"),
        ("≤482.29万元", "≤", None, "482.29", "万元", "金额"),
        ("≦0", "≤", None, "0", "", "数量"),
        ("<=120000元", "≤", None, "12", "万元", "金额"),
        ("不超过76万元", "≤", None, "76", "万元", "金额"),
        ("成本不超过76万元", "≤", None, "76", "万元", "金额"),
        ("成本控制在17万元内", "≤", None, "17", "万元", "金额"),
        ("3天以内", "≤", None, "3", "天", "数量"),
        ("小于10%", "<", None, "0.1", "%", "比率"),
        ("=100%", "=", "1", "1", "%", "比率"),
        ("═100%", "=", "1", "1", "%", "比率"),
        ("﹦100%", "=", "1", "1", "%", "比率"),
        ("95%", "=", "0.95", "0.95", "%", "比率"),
        ("\u3000100%", "=", "1", "1", "%", "比率"),
        ("193.5万元", "=", "193.5", "193.5", "万元", "金额"),
        ("477.6万", "=", "477.6", "477.6", "万元", "金额"),
        ("86平方米", "=", "86", "86", "平方米", "数量"),
        ("6417㎡", "=", "6417", "6417", "平方米", "数量"),
        ("1年", "=", "1", "1", "年", "数量"),
        ("±10%", "±", "-0.1", "0.1", "%", "比率"),
        ("30%－50%", "范围", "0.3", "0.5", "%", "比率"),
        ("3～5个", "范围", "3", "5", "个", "数量"),
    ],
)
def test_a_target_is_a_comparison_a_number_and_a_unit(words, op, low, high, unit, kind):
    target = parse_target(words)
    assert target is not None
    bounds = tuple(None if bound is None else D(bound) for bound in (low, high))
    assert (target.op, (target.low, target.high), target.unit, target.kind) == (op, bounds, unit, kind)
    assert target.notes == ()


@pytest.mark.parametrize(
    "words",
    [
        "", "无", "长期", "逐步提高", "≥", "12#", "30-20", "≥5%以下", "1 2", "成本95%", "降低5%", "100%统计",
        "完成1965家单位统计，100%", "统一管理全市501台公车", "2021年1-12月", "衡阳市厅级干部周转房租赁10套",
        "初步支付56.26万元，未超过预算成本", "完成5号楼会议室维修", "95%左右",
        "全市公共机构事业单位人均能耗同比下降1%；水耗下降1%，单位建筑面积能耗同比下降1%。",
        "项目估算总投资为195693.69万元。其中：工程费用15099.34万元，工程建设其他费用3190.09万元",
    ],
)  # fmt: skip
def test_a_sentence_is_qualitative_whatever_numbers_it_holds(words):
    assert parse_target(words) is None
    assert parse_actual(words) is None


@pytest.mark.parametrize(
    ("words", "op", "date"),
    [
        ("2023年12月前", "≤", (2023, 12, 0)),
        ("2023年12月31日之前完成", "≤", (2023, 12, 31)),
        ("2023年12月31日前", "≤", (2023, 12, 31)),
        ("项目于2023年12月31日之前完成", "≤", (2023, 12, 31)),
        ("2026年12月31日前竣工验收", "≤", (2026, 12, 31)),
        ("2023年12月底前完成", "≤", (2023, 12, 0)),
        ("2024年", "=", (2024, 0, 0)),
    ],
)
def test_a_deadline_is_a_target(words, op, date):
    target = parse_target(words)
    assert target is not None
    assert (target.op, target.kind, target.date, target.low, target.high) == (op, "日期", date, None, None)


def test_faults_of_targets_and_results_are_noted():
    missing, alias = parse_target("≤万元"), parse_target("≥100百分比")
    assert missing and [note.code for note in missing.notes] == ["值06"] and missing.high is None
    assert alias and [note.code for note in alias.notes] == ["值08"] and alias.low == 1
    typed = parse_actual("≥95%")
    assert typed and (typed.op, typed.number, [note.code for note in typed.notes]) == ("≥", D("0.95"), ["值07"])
    plain = parse_actual("2642次")
    assert plain and plain[:5] == ("=", D(2642), "次", "数量", ())
    assert parse_actual("≤万元") is None


def test_a_total_and_its_parts_without_what_is_in_brackets():
    words = (
        "项目估算总投资为195693.69万元。其中：工程费用15099.34万元，"
        "工程建设其他费用3190.09万元（含征拆费用1542.37万元（不含税）），预备费用1280.26万元。"
    )
    assert decompose(words) == (D("195693.69"), (D("15099.34"), D("3190.09"), D("1280.26")))
    assert decompose("总额1.5亿元，其中：甲5000万元，乙10000万元") == (D(15000), (D(5000), D(10000)))


@pytest.mark.parametrize("words", ["", "总投资5万元", "其中：甲1万元，乙2万元", "支出5万元，其中：甲2万元，乙3万元"])
def test_other_sentences_have_no_parts(words):
    assert decompose(words) is None


def test_years():
    words = "2021年1-12月，2024.3.1，2024-03-01，2022 年，12023年，2023.5，2023项，1899年"
    assert years_in(words) == (2021, 2024, 2024, 2022)


@pytest.mark.parametrize(
    "raw",
    [
        " 衡山县（机关） ",
        "衡山县(机关)",
        "衡山县\u3000(机\u00a0关)\u200b",
        "衡山县（机关)\n",
    ],
)
def test_names_of_units_are_compared_without_spaces_and_widths(raw):
    assert normalise_name(raw) == "衡山县(机关)"


@pytest.mark.parametrize(
    ("value", "kind", "decimals", "shown"),
    [
        ("0.911765", "百分比", None, "91.18%"),
        ("0.92", "百分比", 0, "92%"),
        ("12.3", "金额", None, "12.30"),
        ("12.345", "金额", None, "12.345"),
        ("0.50", "", None, "0.5"),
        ("1E3", "", None, "1000"),
        ("22.275", "", 2, "22.28"),
        ("-0.001", "", 2, "0.00"),
        ("1E40", "金额", 2, "1" + "0" * 40),
    ],
)
def test_show(value, kind, decimals, shown):
    assert show(D(value), kind, decimals) == shown


def test_nothing_shows_as_blank():
    assert show(None) == "空"


SPECS = st.sampled_from([AMOUNT, YUAN, RATE, COUNT, AREA, SCORE, TEXT, DATE, CODE, CHOICE, LABELLED])
TYPED = st.one_of(
    st.text(max_size=12),
    st.text(alphabet="0123456789.,，。-+()（）%％万元亿年月日≥≤~、/ \n一十²٣eE_无—", max_size=12),
)


@given(TYPED, SPECS)
def test_any_text_is_read_or_refused_in_words_that_can_be_shown(characters, spec):
    parsed = parse(text(characters), spec)
    assert parsed.raw == characters
    assert (parsed.number is not None) is (parsed.state is State.NUMBER)
    assert parsed.state is not State.ERROR or len(parsed.notes) == 1
    assert all(from_note(note, Where(), parsed.state).fact for note in parsed.notes)


@given(TYPED, SPECS)
def test_a_number_read_has_the_digits_that_were_typed(characters, spec):
    parsed = parse(text(characters), spec)
    if parsed.state is State.NUMBER:
        typed = "".join(re.findall(r"\d", characters)).translate({0xFF10 + digit: str(digit) for digit in range(10)})
        assert parsed.number is not None
        read = "".join(map(str, parsed.number.as_tuple().digits))
        assert read.strip("0") == typed.strip("0")


@pytest.mark.parametrize("spec", [AMOUNT, YUAN, COUNT, AREA, SCORE, Spec("百分比")], ids=lambda spec: spec.type)
@pytest.mark.parametrize("sign", ["", "-"])
def test_no_figure_is_read_that_no_bureau_has(spec, sign):
    shown = "0%" if spec is not None and spec.type == "百分比" else "General"
    for cell in (number(f"{sign}1E+12", shown), number(f"{sign}9e307", shown), number(f"{sign}1000000000000", shown)):
        assert (parse(cell, spec).state, codes(parse(cell, spec))) == (State.ERROR, ["值35"])
    assert parse(number(f"{sign}999999999999", shown), spec).number == D(f"{sign}999999999999")


def test_a_text_of_too_great_a_figure_is_refused():
    assert codes(parse(text("1234567890123"), AMOUNT)) == ["值35"]
    assert codes(parse(text("100000亿元"), AMOUNT)) == ["值04"]
    assert codes(parse(text("10000000亿元"), AMOUNT)) == ["值04"]
    assert codes(parse(text("100000000亿元"), AMOUNT)) == ["值35"]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("００７００１", "007001"),
        ("007 001", "007001"),
        ("007\u3000001", "007001"),
        ("Ａ-1", "A-1"),
        ("007001", "007001"),
    ],
)
def test_a_code_has_one_width_and_no_spaces(typed, code):
    parsed = parse(text(typed), CODE)
    assert (parsed.text, normalise_code(typed)) == (code, code)
    assert codes(parsed) == (["身份20"] if typed != code else [])


LONGEST = 32_767
ENDLESS = [
    "1" * LONGEST, "≥" + "1" * (LONGEST - 1), "1、" * (LONGEST // 2), "1" * (LONGEST - 1) + "x", "(" * LONGEST,
    "(" * (LONGEST // 2) + ")" * (LONGEST // 2), "1" + " " * (LONGEST - 2) + "x", "(" + " " * (LONGEST - 2) + "x",
    "总1万元其中" + "1" * (LONGEST - 10), "2023年" + " " * (LONGEST - 10) + "x", "1," * (LONGEST // 2), "长" * LONGEST,
    "总1万元其中：" + "1" * 1990 + "。" + "1" * (LONGEST - 2000), "1-" * (LONGEST // 2),
]  # fmt: skip


@pytest.mark.parametrize("words", ENDLESS, ids=lambda words: words[:8].strip())
def test_the_longest_text_costs_no_time_and_is_told_in_short(words):
    started = time.process_time()
    target, actual = parse_target(words), parse_actual(words)
    read = [parse(text(words), spec) for spec in (AMOUNT, RATE, AREA, TEXT, DATE, CODE, LABELLED)]
    decompose(words)
    years_in(words)
    assert time.process_time() - started < 0.5
    assert (target, actual) == (None, None)
    assert all(len(word) < 100 for parsed in read for note in parsed.notes for word in note.params.values())


@pytest.mark.parametrize("read", [parse_target, parse_actual])
def test_a_text_of_hundreds_of_characters_is_qualitative(read):
    assert read("≥10" + "万元" * 2) is None
    assert read("达到" + " " * 490 + "10万元") is not None
    assert read("达到" + " " * 500 + "10万元") is None


def test_brackets_within_brackets_are_left_out_and_open_ones_stay():
    assert decompose("总投资10万元，其中：甲4万元（含乙（丙1万元）2万元），丁6万元") == (D(10), (D(4), D(6)))
    assert decompose("总投资10万元，其中：甲4万元（含乙，丁6万元") == (D(10), (D(4), D(6)))


def test_of_a_very_long_text_only_whole_sentences_are_taken_apart():
    sentence = "总投资10万元，其中：甲4万元，丁6万元。"
    assert decompose(sentence + "长" * 5000) == (D(10), (D(4), D(6)))
    assert decompose("长" * 1980 + sentence) is None


FORMATS = st.sampled_from(["General", "0.00", "0.0%", "yyyy/m/d"])


@given(st.floats(allow_nan=False, allow_infinity=False), SPECS, FORMATS)
def test_any_stored_number_is_read_or_refused(stored, spec, code):
    parsed = parse(number(repr(stored), code), spec)
    assert parsed.state in (State.NUMBER, State.TEXT, State.ERROR)
    assert all(from_note(note, Where(), parsed.state).fact for note in parsed.notes)
    if parsed.state is State.NUMBER:
        assert parsed.number is not None
        noise = max(D(1).scaleb(-spec.decimals - 6), abs(D(repr(stored))) * D("1e-14"))
        assert abs(parsed.number - D(repr(stored))) <= noise


@given(TYPED)
def test_any_text_is_a_target_or_none(words):
    target, actual = parse_target(words), parse_actual(words)
    assert target is None or target.kind in ("比率", "金额", "数量", "日期", "缺数")
    assert actual is None or actual.kind == "日期" or actual.number is not None
    decompose(words)
    years_in(words)


@given(st.decimals(min_value=0, max_value=10**8, places=2), st.sampled_from(["≥", "≤", "=", "不超过", "达到"]))
def test_a_target_written_is_the_target_read(figure, sign):
    target = parse_target(f"{sign}{figure}万元")
    assert target is not None and target.number == figure


def test_none_may_be_one_of_the_choices():
    spec = Spec("选项", choices=("有", "无"))
    parsed = parse(text(" 无 "), spec)
    assert (parsed.state, parsed.text, codes(parsed)) == (State.TEXT, "无", [])
