"""概览: counts, totals, distributions and charts, all of them formulas over the other sheets with their values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from xlauto import __version__, catalogue
from xlauto.consolidate.book import BOXED, SIZE, cached, clean, set_page
from xlauto.consolidate.extract import funds_form
from xlauto.consolidate.results import Receipt, Status
from xlauto.consolidate.summed import Accepted, Summed, money_of, schemes_of
from xlauto.consolidate.tables import FIRST_ROW, OVERVIEW, Formula, Table, quoted
from xlauto.formula import round_half_up
from xlauto.look import heights, styles
from xlauto.look.styles import Styles
from xlauto.model import Level, column_letters

MOST_UNITS_IN_CHART = 20
_MOST_PROBLEMS = 10
_RATE_EDGES = ("0.6", "0.8", "0.9", "0.95", "1")
_SCORE_EDGES = ("60", "70", "80", "90", "95", "100")
_WIDTHS = (1.0, 15.0, 12.0, 13.0, 13.0, 12.0, 12.0, 2.0, *(11.0,) * 11, 2.0)
_FIRST, _CHART_COLUMN = 1, 8
_CHART_SIZE, _GAP = {"width": 460, "height": 330}, 10
_FONT = {"name": styles.BODY_FONT, "size": 9}
_GRIDLINES = {"visible": True, "line": {"color": "#D9D9D9"}}
_BLUE, _ORANGE, _GREEN = "#2F75B5", "#ED7D31", "#70AD47"


class Sources(NamedTuple):
    """The tables that 概览 speaks of."""

    receipts: Table
    scores: Table
    funds: Summed | None
    findings: Table


class Range(NamedTuple):
    """Cells on one sheet for a chart, rows and columns from 0."""

    sheet: str
    top: int
    bottom: int
    label: int
    value: int


def write_overview(
    workbook: Any,
    looks: Styles,
    receipts: Sequence[Receipt],
    accepted: Sequence[Accepted],
    sources: Sources,
    strict: bool,
) -> None:
    _Overview(workbook, looks, receipts, accepted, sources).write(strict)


class _Overview:
    """Writes section below section; `row` is the next free one, from 0."""

    def __init__(
        self, workbook: Any, looks: Styles, receipts: Sequence[Receipt], accepted: Sequence[Accepted], sources: Sources
    ) -> None:
        self.workbook, self.looks, self.sources = workbook, looks, sources
        self.receipts, self.accepted, self.schemes = receipts, accepted, schemes_of(accepted)
        self.sheet = workbook.add_worksheet(OVERVIEW)
        self.row = 0
        self.charts: list[Any] = []

    def write(self, strict: bool) -> None:
        self.sheet.set_tab_color(styles.FORM_TAB)
        for col, width in enumerate(_WIDTHS):
            self.sheet.set_column(col, col, width)
        self._title()
        self._counts()
        if self.accepted:
            self._funds()
            self._scores()
            self._grades()
            self._rates()
            if len(self.accepted) > MOST_UNITS_IN_CHART:
                self._score_bands()
        self._problems()
        self._remarks(strict)
        self._place_charts()
        self.sheet.activate()

    # --- sections -----------------------------------------------------------------------------------------------

    def _title(self) -> None:
        years = sorted({scheme.year for scheme in self.schemes})
        year = f"{'、'.join(map(str, years))}年度" if years else ""
        look = self.looks.get(font_name=styles.TITLE_FONT, font_size=20, align="center")
        self.sheet.set_row(0, 42)
        self.sheet.merge_range(0, 1, 0, len(_WIDTHS) - 1, f"{year}预算绩效自评汇总", look)
        names = [scheme.definition.title for scheme in self.schemes]
        below = names[0] if len(names) == 1 else f"{len(names)}个套表合并汇总" if names else "没有采用的文件"
        faint = self.looks.get(font_color=styles.FAINT, align="center", font_size=SIZE)
        self.sheet.merge_range(1, 1, 1, len(_WIDTHS) - 1, clean(below), faint)
        self.row = 2

    def _counts(self) -> None:
        self._section("报送情况（个文件）")
        table = self.sources.receipts
        span = table.span(table.index("状态"))
        found = Formula(f"ROWS({span})", Decimal(len(self.receipts)))
        numbers = [
            Formula(f'COUNTIF({span},"{status}")', Decimal(sum(r.status is status for r in self.receipts)))
            for status in Status
        ]
        self._grid(["收到", *map(str, Status)], [[found, *numbers]], ["0"] * 5)

    def _funds(self) -> None:
        """The totals of the scored funds."""
        funds = self.sources.funds
        if funds is None:
            return
        rates = {s.scoring.scored[form.name].rate for s in self.schemes if (form := funds_form(s)) is not None}
        prefixes = tuple(f"{rate}." for rate in rates)
        shown = [n for n, key in enumerate(funds.keys, funds.first) if key.name.startswith(prefixes)][:6]
        headings, cells, formats = [], [], []
        for number in shown:
            column = funds.table.columns[number - 1]
            total = column.total
            value = total.value if isinstance(total, Formula) else _sum(funds.table, number)
            reference = f"{quoted(funds.table.name)}!{column_letters(number)}{funds.table.total_row}"
            headings.append(column.heading)
            cells.append(Formula(reference, value))
            formats.append("0.00%" if column.type == "百分比" else "#,##0.00")
        self._section(f"部门整体支出资金合计（{money_of(self.accepted)}）")
        self._grid(headings, [cells], formats)

    def _scores(self) -> None:
        scores = self.sources.scores
        stated = [item.unit.stated for item in self.accepted if item.unit.stated is not None]
        computed = [item.unit.computed for item in self.accepted if item.unit.computed is not None]
        cells = []
        for heading, numbers, function in (
            ("自评得分", stated, "AVERAGE"), ("系统计分", computed, "AVERAGE"), ("系统计分", computed, "MAX"),
            ("系统计分", computed, "MIN"),
        ):  # fmt: skip
            span = scores.span(scores.index(heading))
            text = f'IF(COUNT({span})=0,"",ROUND({function}({span}),2))'
            cells.append(Formula(text, _statistic(function, numbers)))
        counted = scores.span(scores.index("系统计分"))
        cells.append(Formula(f"COUNT({counted})", Decimal(len(computed))))
        self._section("得分")
        self._grid(["平均自评得分", "平均系统计分", "最高", "最低", "已计分单位"], [cells], ["0.00"] * 4 + ["0"])

    def _grades(self) -> None:
        scores = self.sources.scores
        bands = {grade.name: grade.at_least for scheme in self.schemes for grade in scheme.scoring.grades}
        rows: list[list[Any]] = []
        spans = [scores.span(scores.index(heading)) for heading in ("自评等次", "系统等次")]
        stated = Counter(item.unit.stated_grade for item in self.accepted)
        computed = Counter(item.unit.grade for item in self.accepted)
        everyone = Decimal(len(self.accepted))
        for name in sorted(bands, key=lambda grade: -bands[grade]):
            row = self.row + len(rows) + 3
            share = Formula(f"D{row}/{len(self.accepted)}", computed[name] / everyone)
            counts = [
                Formula(f'COUNTIF({span},"{name}")', Decimal(found[name]))
                for span, found in zip(spans, (stated, computed), strict=True)
            ]
            rows.append([name, *counts, share])
        unscored = [Decimal(found[""]) for found in (stated, computed)]
        row = self.row + len(rows) + 3
        blanks = [Formula(f'COUNTIF({span},"")', number) for span, number in zip(spans, unscored, strict=True)]
        rows.append(["未计分", *blanks, Formula(f"D{row}/{len(self.accepted)}", unscored[1] / everyone)])
        self._section("评价等次（家）")
        top = self._grid(["等次", "按自评", "按系统计分", "占比"], rows, ["@", "0", "0", "0.0%"])
        chart = self._chart("column", "评价等次分布", "等次", "单位数（家）")
        for column, name, colour in ((2, "按自评", _ORANGE), (3, "按系统计分", _BLUE)):
            self._series(chart, name, Range(OVERVIEW, top, top + len(rows) - 1, 1, column), colour)

    def _rates(self) -> None:
        """How many units have which 执行率."""
        funds = self.sources.funds
        if funds is None:
            return
        column = next((n for n, key in enumerate(funds.keys, funds.first) if key.type == "百分比"), 0)
        if not column:
            return
        key = funds.keys[column - funds.first]
        rates = [row[key].value for row in funds.figures if key in row]
        self._section("执行率分布（家）")
        rows = self._bands(funds.table.span(column), [r for r in rates if r is not None], _RATE_EDGES, "%")
        top = self._grid(["执行率", "单位数"], rows, ["@", "0"])
        chart = self._chart("column", "执行率分布", "执行率", "单位数（家）")
        self._series(chart, "单位数", Range(OVERVIEW, top, top + len(rows) - 1, 1, 2), _GREEN)
        chart.set_legend({"none": True})

    def _score_bands(self) -> None:
        """Too many units for a bar each: how many have which score."""
        scores = self.sources.scores
        self._section("得分分布（家）")
        stated, computed = (
            self._bands(scores.span(scores.index(heading)), [n for n in numbers if n is not None], _SCORE_EDGES, "")
            for heading, numbers in (
                ("自评得分", [item.unit.stated for item in self.accepted]),
                ("系统计分", [item.unit.computed for item in self.accepted]),
            )
        )
        rows = [[left[0], left[1], right[1]] for left, right in zip(stated, computed, strict=True)]
        top = self._grid(["得分", "按自评", "按系统计分"], rows, ["@", "0", "0"])
        chart = self._chart("column", "得分分布", "得分", "单位数（家）")
        for column, name, colour in ((2, "自评得分", _ORANGE), (3, "系统计分", _BLUE)):
            self._series(chart, name, Range(OVERVIEW, top, top + len(rows) - 1, 1, column), colour)

    def _problems(self) -> None:
        """The codes that occur most, hints left out."""
        table = self.sources.findings
        found: Counter[str] = Counter()
        levels: dict[str, Level] = {}
        units: dict[str, set[str]] = {}
        for receipt in self.receipts:
            for finding in receipt.findings:
                if finding.level is not Level.HINT:
                    found[finding.code] += 1
                    both = (levels.get(finding.code, finding.level), finding.level)
                    levels[finding.code] = min(both, key=list(Level).index)
                    units.setdefault(finding.code, set()).add(receipt.label)
        if not found:
            return
        codes, kinds = (table.span(table.index(heading)) for heading in ("代码", "级别"))
        rows = []
        for code, number in sorted(found.items(), key=lambda item: (-item[1], item[0]))[:_MOST_PROBLEMS]:
            count = Formula(f'COUNTIFS({codes},"{code}",{kinds},"<>{Level.HINT}")', Decimal(number))
            rows.append([code, str(levels[code]), count, Decimal(len(units[code])), catalogue.entry(code).title])
        self._section("最常见的问题")
        self._grid(["代码", "级别", "处数", "涉及文件", "问题"], rows, ["@", "@", "0", "0", "@"], last_wide=True)

    def _remarks(self, strict: bool) -> None:
        self._section("说明")
        schemes = "；".join(f"{s.definition.title}（{s.id}，第{s.definition.version}版）" for s in self.schemes)
        lines = [f"套表：{schemes}。" if schemes else "没有采用的文件。"]
        if len(self.schemes) > 1:
            lines.append(
                "不同套表中名称（如“三公经费.本年决算”）和年度相同的项目并为一栏，栏名取自第一个套表；某套表没有的项目留空。"
            )
        usual = "打不开、不是模板、必填项未填、数字读不出或单位代码冲突的退回；有勾稽错误的照常采用并标明处数。"
        lines.append("有错误的文件一律退回（严格）。" if strict else usual)
        lines.append("合计只加绝对数；比率按合计数重新计算。每个数字的文件、工作表和单元格见“数据来源”。")
        lines.append("先后次序按文件名和得分排列，不看文件时间；同一单位的两份文件都退回，由人决定用哪一份。")
        lines.append(f"由 xlauto {__version__} 生成。")
        look = self.looks.get(font_size=9, text_wrap=True, valign="top", font_color="#404040")
        pixels = sum(heights.column_pixels(width) for width in _WIDTHS[_FIRST : _FIRST + 6])
        for line in lines:
            self.sheet.merge_range(self.row, _FIRST, self.row, _FIRST + 5, clean(line), look)
            self.sheet.set_row(self.row, 13.0 * heights.lines_of(line, pixels, 9) + 3)
            self.row += 1

    # --- parts --------------------------------------------------------------------------------------------------

    def _section(self, heading: str) -> None:
        look = self.looks.get(font_name=styles.TITLE_FONT, font_size=12, bottom=2, bottom_color=_BLUE)
        self.sheet.set_row(self.row, 26)
        for col in range(_FIRST, _FIRST + 6):
            self.sheet.write_string(self.row, col, heading if col == _FIRST else "", look)
        self.row += 1

    def _grid(
        self, headings: Sequence[str], rows: Sequence[Sequence[Any]], formats: Sequence[str], *, last_wide: bool = False
    ) -> int:
        """A small table; the row of its first line, from 0. The last column may take what is left of the width."""
        heading = self.looks.get(**BOXED, bold=True, align="center", bg_color=styles.HEADING_COLOUR)
        last = len(headings) - 1
        for col, text in enumerate(headings):
            self.sheet.write_string(self.row, _FIRST + col, clean(text), heading)
        if last_wide:
            self.sheet.merge_range(self.row, _FIRST + last, self.row, _FIRST + 5, headings[-1], heading)
        top = self.row + 1
        for number, row in enumerate(rows, top):
            self.sheet.set_row(number, 20 if len(rows) > 1 else 26)
            for col, content in enumerate(row):
                look = self._look(formats[col], big=len(rows) == 1)
                if last_wide and col == last:
                    look = self.looks.get(**BOXED, align="left", text_wrap=True)
                    self.sheet.merge_range(number, _FIRST + col, number, _FIRST + 5, content, look)
                else:
                    self._put(number, _FIRST + col, content, look)
        self.row = top + len(rows)
        return top

    def _look(self, number_format: str, *, big: bool) -> Any:
        size = 12 if big else SIZE
        return self.looks.get(**{**BOXED, "font_size": size}, bold=big, align="center", num_format=number_format)

    def _put(self, row: int, col: int, content: Any, look: Any) -> None:
        if isinstance(content, Formula):
            self.sheet.write_formula(row, col, f"={content.text}", look, cached(content))
        elif isinstance(content, Decimal):
            self.sheet.write_number(row, col, float(content), look)
        else:
            self.sheet.write_string(row, col, clean(content), look)

    def _bands(self, span: str, numbers: Sequence[Decimal], edges: Sequence[str], unit: str) -> list[list[Any]]:
        """Below the first edge, between the edges (the lower one included), exactly the last, above it."""
        shown = [f"{Decimal(edge):.0%}" if unit else edge for edge in edges]
        rows: list[list[Any]] = []
        limits = [Decimal(edge) for edge in edges]
        below = Decimal(sum(number < limits[0] for number in numbers))
        rows.append([f"低于{shown[0]}", Formula(f'COUNTIF({span},"<{edges[0]}")', below)])
        for n in range(len(edges) - 1):
            inside = Decimal(sum(limits[n] <= number < limits[n + 1] for number in numbers))
            text = f'COUNTIFS({span},">={edges[n]}",{span},"<{edges[n + 1]}")'
            rows.append([f"{shown[n]}至{shown[n + 1]}", Formula(text, inside)])
        exactly = Decimal(sum(number == limits[-1] for number in numbers))
        rows.append([shown[-1], Formula(f"COUNTIF({span},{edges[-1]})", exactly)])
        above = Decimal(sum(number > limits[-1] for number in numbers))
        return [*rows, [f"高于{shown[-1]}", Formula(f'COUNTIF({span},">{edges[-1]}")', above)]]

    # --- charts -------------------------------------------------------------------------------------------------

    def _chart(self, kind: str, title: str, across: str, up: str) -> Any:
        chart = self.workbook.add_chart({"type": kind})
        chart.set_title({"name": title, "name_font": {"name": styles.TITLE_FONT, "size": 12, "bold": False}})
        chart.set_x_axis({"name": across, "name_font": _FONT, "num_font": _FONT})
        whole = {"major_gridlines": _GRIDLINES, "num_format": "0", "min": 0}
        chart.set_y_axis({"name": up, "name_font": _FONT, "num_font": _FONT, **whole})
        chart.set_legend({"position": "bottom", "font": _FONT})
        chart.set_size(_CHART_SIZE)
        self.charts.append(chart)
        return chart

    def _series(self, chart: Any, name: str, cells: Range, colour: str, labels: str = "0") -> None:
        chart.add_series({
            "name": name,
            "categories": [cells.sheet, cells.top, cells.label, cells.bottom, cells.label],
            "values": [cells.sheet, cells.top, cells.value, cells.bottom, cells.value],
            "fill": {"color": colour}, "gap": 80,
            "data_labels": {"value": True, "num_format": labels, "font": _FONT},
        })  # fmt: skip

    def _unit_chart(self) -> None:
        """Stated against computed, a pair of bars per unit."""
        scores = self.sources.scores
        chart = self._chart("bar", "各单位自评得分与系统计分", "", "得分")
        numbers = [n for item in self.accepted for n in (item.unit.stated, item.unit.computed) if n is not None]
        lowest = max(0, int(min(numbers, default=Decimal(0))) // 10 * 10 - 10)
        highest = {"max": 100} if max(numbers, default=Decimal(0)) <= 100 else {}
        scale = {"min": lowest, **highest, "num_format": "0", "major_gridlines": _GRIDLINES}
        chart.set_y_axis({"reverse": True, "crossing": "max", "num_font": _FONT, "major_gridlines": {"visible": False}})
        chart.set_x_axis({"name": "得分", "name_font": _FONT, "num_font": _FONT, **scale})
        bottom = FIRST_ROW - 2 + len(self.accepted)
        for heading, colour in (("自评得分", _ORANGE), ("系统计分", _BLUE)):
            cells = Range(scores.name, FIRST_ROW - 1, bottom, scores.index("单位名称") - 1, scores.index(heading) - 1)
            self._series(chart, heading, cells, colour, "0.00")

    def _place_charts(self) -> None:
        if self.accepted and len(self.accepted) <= MOST_UNITS_IN_CHART:
            self._unit_chart()
        across, down = _CHART_SIZE["width"] + _GAP, _CHART_SIZE["height"] + _GAP
        for number, chart in enumerate(self.charts):
            wide = number and number == len(self.charts) - 1
            x, y = (0, down) if wide else (across * number, 0)
            self.sheet.insert_chart(2, _CHART_COLUMN, chart, {"x_offset": x, "y_offset": y, "object_position": 2})
            if wide:
                chart.set_size({"width": 2 * _CHART_SIZE["width"] + _GAP, "height": self._wide_height()})
        set_page(self.sheet)
        self.sheet.fit_to_pages(1, 1)

    def _wide_height(self) -> int:
        """Room for a pair of bars per unit, where each unit has one."""
        units = len(self.accepted)
        return max(560, 110 + 34 * units) if units <= MOST_UNITS_IN_CHART else 560


def _sum(table: Table, column: int) -> Decimal:
    values = (row[column - 1] for row in table.rows)
    return sum((value for value in values if isinstance(value, Decimal)), Decimal(0))


def _statistic(function: str, numbers: Sequence[Decimal]) -> Decimal | str:
    if not numbers:
        return ""
    average = sum(numbers, Decimal(0)) / len(numbers)
    return round_half_up({"AVERAGE": average, "MAX": max(numbers), "MIN": min(numbers)}[function], 2)
