"""Rules that a formula cannot say: what each `kind` of checks.yaml looks for on one sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from xlauto import formula, roles
from xlauto.checking.bounds import outside, worded
from xlauto.checking.compare import RESIDUE, Match, at_shown_decimals, level_of
from xlauto.checking.job import Job, blank, signed
from xlauto.checking.labels import bare, other_year
from xlauto.indicators import comparable, is_none
from xlauto.model import CellError, Finding, Level, Place, State
from xlauto.scores import PointState
from xlauto.submission import Entry, Line
from xlauto.values import Actual, Target, decompose, parse_actual, parse_target, show, years_in

Rule = Callable[[Job], Iterator[Finding]]
RULES: dict[str, Rule] = {}


def kind(name: str) -> Callable[[Rule], Rule]:
    """Register a rule under the name that checks.yaml uses."""

    def register(rule: Rule) -> Rule:
        if name in RULES:
            raise ValueError(f"规则“{name}”登记了两次")
        RULES[name] = rule
        return rule

    return register


@kind("标签年度")
def label_year(job: Job) -> Iterator[Finding]:
    """A printed text that names another year than the form's."""
    for label in job.sheet.labels:
        if other_year(label) and bare(label.found) != bare(label.printed):
            found, printed = (f"{years_in(text)[0]}年" for text in (label.found, label.printed))
            yield job.find(
                label.place, label.field, detail="".join(label.found.split()), stated=found, expected=printed
            )


@kind("决算超预算")
def over_budget(job: Job) -> Iterator[Finding]:
    """Spent more than budgeted, or spent without a budget."""
    for row in job.params["rows"]:
        budget, actual = (job.sheet.entry(f"{row}.{job.params[key]}") for key in ("budget", "actual"))
        if budget is None or actual is None or budget.stated.state in (State.ERROR, State.NONE):
            continue
        planned, spent = job.number(budget), job.number(actual)
        unknown = planned is None and budget.field.formula and isinstance(job.due.computed(budget), CellError)
        if unknown or spent is None or spent <= (planned or 0):
            continue
        fact = "" if planned else "有决算数而没有预算数"
        detail = f"决算为预算的{show(spent / planned, '百分比')}" if planned else ""
        yield job.find(
            actual.place, actual.field.name, fact=fact, detail=detail, stated=show(spent, "金额"),
            expected=f"不大于{show(planned or Decimal(0), '金额')}", difference=show(spent - (planned or 0), "金额"),
        )  # fmt: skip


@kind("两列相同")
def same_columns(job: Job) -> Iterator[Finding]:
    """Two columns whose typed figures agree in every row: one was copied."""
    first, second = job.params["columns"]
    rows = dict.fromkeys(f.row for f in job.sheet.form.fields.values() if f.row and not f.formula and f.numeric)
    pairs = [(job.sheet.entry(f"{row}.{first}"), job.sheet.entry(f"{row}.{second}")) for row in rows]
    filled = [(a, b) for a, b in pairs if a and b and (a.stated.number or b.stated.number)]
    if len(filled) >= job.params["at_least"] and all(a.stated.number == b.stated.number for a, b in filled):
        entry = filled[0][0]
        yield job.find(entry.place, entry.field.name, detail=f"{len(filled)}行有数，全部相同")


@kind("负数")
def negative(job: Job) -> Iterator[Finding]:
    """Figures below zero, in the scheme's own words; those of its rows in `except` have no such bound."""
    for entry, number in outside(job.sheet):
        if number < 0 and not entry.field.bounds.zero:
            yield job.find(entry.place, entry.field.name, **worded(entry, number)._asdict())


@kind("疑似单位")
def wrong_unit(job: Job) -> Iterator[Finding]:
    """A figure about ten thousand times its neighbour in the row: yuan typed where 万元 belong."""
    low, high = (Decimal(str(job.params[key])) for key in ("low", "high"))
    for row in dict.fromkeys(f.row for f in job.sheet.form.fields.values() if f.row and not f.formula):
        entries = [job.sheet.entry(f"{row}.{column}") for column in job.params["columns"]]
        figures = [(entry, entry.stated.number) for entry in entries if entry and entry.stated.number]
        for entry, number in figures:
            other = next((n for _, n in figures if number and n and low <= number / n <= high), None)
            if other is not None:
                yield job.find(
                    entry.place, entry.field.name, detail=f"同一行另有{show(other)}", stated=show(number),
                    expected=show((number or Decimal(0)) / 10000),
                )  # fmt: skip


@kind("分值合计")
def points_add_up(job: Job) -> Iterator[Finding]:
    """The points under a 一级指标 are those that its title prints."""
    table = job.table()
    if table is None:
        return
    sums: dict[str, Decimal] = {}
    unreadable: set[str] = set()
    first: dict[str, Line] = {}
    for line in table.lines:
        group = table.table.group_key(line.group)
        if group is not None and line.items[roles.POINTS].parsed.state is State.ERROR:
            unreadable.add(group)
        if group is not None:
            sums[group] = sums.get(group, Decimal(0)) + (line.number(roles.POINTS) or 0)
            first.setdefault(group, line)
    if not table.lines:
        place = Place(job.sheet.sheet, table.heading, table.columns.get(roles.POINTS, 1))
        yield job.find(place, table.table.name, fact=f"{table.table.name}还没有填写")
        return
    for group in table.table.definition.groups:
        if group not in sums:
            place = Place(job.sheet.sheet, table.heading, table.columns.get(roles.POINTS, 1))
            due = Decimal(str(table.table.points_of(group)))
            yield job.find(
                place, f"{group}.分值", fact=f"{group}没有填写，或一级指标的名称与表上印的不同", stated="0",
                expected=show(due), difference=show(-due),
            )  # fmt: skip
    for group, total in sums.items():
        if group in unreadable:
            continue
        printed = Decimal(str(table.table.points_of(group)))
        if total != printed:
            place = first[group].items[roles.POINTS].place
            yield job.find(
                place, f"{group}.分值", fact=f"{group}各项分值之和与表上印的{show(printed)}分不符",
                stated=show(total), expected=show(printed), difference=show(total - printed),
            )  # fmt: skip


@kind("逐行")
def every_line(job: Job) -> Iterator[Finding]:
    """A formula that must hold on each line of a table."""
    expr = formula.parse(job.params["that"])
    compiled = formula.compile(expr)
    for line in job.lines():
        named = [ref for ref in formula.names(expr) if isinstance(ref, formula.RowRef)]
        if any(line.number(ref.column) is None for ref in named):
            continue
        if compiled(job.stated.at(job.sheet, line)) is not True:
            left, right = (line.number(ref.column) or Decimal(0) for ref in named[:2])
            figures = {"stated": show(left), "expected": f"不大于{show(right)}", "difference": show(left - right)}
            yield job.at_item(line, job.params["column"], **figures)


@kind("得分无据")
def points_from_nowhere(job: Job) -> Iterator[Finding]:
    """A score below 0, or one of an indicator that has no points."""
    scoring = job.submission.scheme.scoring
    for line in job.lines():
        stated, points = line.number(roles.SCORE), line.number(roles.POINTS)
        if stated is not None and stated < 0:
            figures = {"stated": show(stated), "expected": "不小于0", "difference": show(stated)}
            yield job.at_item(line, roles.SCORE, fact="得分不能小于0", **figures)
        elif stated is not None and blank(line.items[roles.POINTS]) and not is_none(line, scoring):
            yield job.at_item(line, roles.POINTS, fact="有得分而没有分值，该得分不能计入", stated="空")
        elif points is not None and points < 0:
            yield job.at_item(line, roles.POINTS, fact="分值不能小于0", stated=show(points), expected="不小于0")


@kind("未评分")
def not_scored(job: Job) -> Iterator[Finding]:
    """An indicator with points that neither the unit nor the rules have scored."""
    for line in job.lines():
        score = job.score_of(line)
        if score is None or score.computed is not None or not line.number(roles.POINTS):
            continue
        if line.items[roles.SCORE].left_open:
            yield job.at_item(line, roles.SCORE, detail=score.explanation, stated="空")


@kind("偏差原因")
def reason_missing(job: Job) -> Iterator[Finding]:
    """Points lost without a reason; of 执行率 only those that the rate itself does not explain."""
    for line in job.lines():
        score, points = job.score_of(line), line.number(roles.POINTS)
        counted = line.number(roles.SCORE)
        if counted is None and score is not None and line.items[roles.SCORE].left_open:
            counted = score.computed
        if counted is not None and points is not None and counted < points and blank(line.items[roles.REASON]):
            detail = f"得分{show(counted)}，分值{show(points)}"
            yield job.at_item(line, roles.REASON, detail=detail)
    entry = job.sheet.entry(f"{job.params['rate']}.{roles.SCORE}")
    points, due = job.named(f"{job.params['rate']}.分值"), job.due.computed(entry) if entry else None
    if entry is None or points is None or entry.stated.number is None or not entry.overwritten:
        return
    explained = isinstance(due, Decimal) and at_shown_decimals(entry.stated, due, "分值") is not Match.OFF
    local = job.stated.computed(entry)
    explained = explained or (isinstance(local, Decimal) and entry.stated.number == local)
    if entry.stated.number < points and not explained:
        detail = f"执行率得分{show(entry.stated.number)}，分值{show(points)}"
        yield job.find(entry.place, entry.field.name, detail=detail)


@kind("执行偏低")
def low_rate(job: Job) -> Iterator[Finding]:
    """A rate below the threshold of the notice."""
    entry = job.sheet.entry(f"{job.params['rate']}.{roles.RATE}")
    rate = job.due.computed(entry) if entry else None
    if entry is not None and isinstance(rate, Decimal) and rate < Decimal(str(job.params["below"])):
        points, full = (job.named(f"{job.params['rate']}.{column}") for column in (roles.SCORE, roles.POINTS))
        scored = f"，得分{show(points)}，分值{show(full)}" if points is not None and full is not None else ""
        yield job.find(entry.place, entry.field.name, detail=f"执行率{show(rate, '百分比')}{scored}")


def _figures(line: Line) -> tuple[Target | None, Actual | None]:
    return parse_target(line.text(roles.TARGET)), parse_actual(line.text(roles.ACTUAL))


@kind("超额完成")
def far_over(job: Job) -> Iterator[Finding]:
    """Results far above the target: the target may have been set too low."""
    rule = job.submission.scheme.scoring.quantitative
    for line in job.lines():
        target, actual = _figures(line)
        if target is None or actual is None or target.number is None or actual.number is None:
            continue
        upward = target.op in ("≥", ">", "=") and line.kind not in rule.reverse_kinds
        if not upward or target.number <= 0 or not comparable(target, actual) or not blank(line.items[roles.REASON]):
            continue
        share = actual.number / target.number
        if share >= Decimal(str(rule.over)):
            detail = f"指标值{line.text('年度指标值')}，实际{line.text('实际完成值')}，为{show(share, '百分比', 1)}"
            yield job.at_item(line, roles.ACTUAL, detail=detail)


@kind("完成值类型")
def other_type(job: Job) -> Iterator[Finding]:
    """A quantitative target answered by words, or a date by a rate."""
    for line in job.lines():
        target, actual = _figures(line)
        text = line.text(roles.ACTUAL).strip()
        if target is None or target.kind == "缺数" or not text or is_none(line, job.submission.scheme.scoring):
            continue
        if (actual is not None and comparable(target, actual)) or _dated(target, line):
            continue
        answered = "不是数" if actual is None else "不是同一类的数"
        fact = f"指标值是{target.kind}，实际完成值{answered}"
        detail = f"指标值“{line.text('年度指标值')}”，实际完成值“{text}”"
        yield job.at_item(line, roles.ACTUAL, fact=fact, detail=detail, stated=text)


def _dated(target: Target, line: Line) -> bool:
    """A date told in words of progress is a person's to judge; a bare rate is not a date."""
    return target.kind == "日期" and parse_actual(line.text(roles.ACTUAL)) is None


@kind("空指标")
def points_on_nothing(job: Job) -> Iterator[Finding]:
    """No indicator, yet points."""
    for line in job.lines():
        stated, points = line.number(roles.SCORE), line.number(roles.POINTS)
        if is_none(line, job.submission.scheme.scoring) and (stated or points):
            detail = f"{line.kind}，分值{show(points)}，得分{show(stated)}"
            figures = {"stated": show(stated), "expected": "0", "difference": show(stated)}
            yield job.at_item(line, roles.SCORE, detail=detail, **figures)


@kind("成本对照")
def cost_against_funds(job: Job) -> Iterator[Finding]:
    """A cost indicator's amounts against the funds of the same form."""
    budget, spent = job.named(job.params["target"]), job.named(job.params["actual"])
    for line in job.lines():
        if line.kind not in job.params["kinds"]:
            continue
        target, actual = _figures(line)
        wanted = [(roles.TARGET, target, budget, "全年预算数"), (roles.ACTUAL, actual, spent, "全年执行数")]
        for column, figure, due, name in wanted:
            number = figure.number if figure and (figure.kind == "金额" or not figure.unit) else None
            if number is None or due is None or abs(number - due) <= RESIDUE:
                continue
            figures = {
                "stated": show(number, "金额"),
                "expected": show(due, "金额"),
                "difference": signed(number - due, "金额"),
            }
            level = Level(job.params["over"]) if number > due else job.rule.level
            yield job.at_item(line, column, fact=f"成本指标的{column}与{name}不一致", level=level, **figures)


@kind("指标年度")
def indicator_year(job: Job) -> Iterator[Finding]:
    """A deadline in another year: impossible as a result, to be explained as a target."""
    for line in job.lines():
        if line.kind not in job.params["kinds"]:
            continue
        done, due = (years_in(line.text(column)) for column in (roles.ACTUAL, roles.TARGET))
        if done and job.year not in done:
            fact = "年度指标值和实际完成值的年度都不是填报年度" if due == done else "实际完成的年度不是填报年度"
            yield job.at_item(line, roles.ACTUAL, fact=fact, stated=f"{done[0]}年", expected=f"{job.year}年")
        elif due and job.year not in due:
            fact = f"要求的时限在{due[0]}年，不在填报年度"
            yield job.at_item(line, roles.TARGET, level=Level.HINT, fact=fact, detail=line.text(roles.TARGET))


@kind("文字雷同")
def same_text(job: Job) -> Iterator[Finding]:
    """The same goals as on another sheet; told on the later of the two."""
    others = [s for form in job.params["with"] for s in job.submission.sheets.get(form, [])]
    own = job.submission.sheets[job.rule.form]
    for other in [*others, *own[: own.index(job.sheet)]]:
        same = [name for name in job.params["fields"] if _same(job, job.sheet.entry(name), other.entry(name))]
        entry = job.sheet.entry(same[0]) if same else None
        if entry is not None:
            called, words = other.title or other.sheet, "、".join(same)
            if _speaks_of(entry, other.title) and not _speaks_of(entry, job.sheet.title):
                fact, level = (
                    f"{words}与“{called}”完全相同，写的是那个项目，不是本项目",
                    Level(job.params["other_project"]),
                )
            else:
                fact, level = f"{words}与“{called}”完全相同，疑似照抄", job.rule.level
            yield job.find(entry.place, same[0], fact=fact, level=level)
            return


def _speaks_of(entry: Entry, title: str) -> bool:
    return bool(title) and bare(title) in bare(entry.parsed.text)


def _same(job: Job, first: Entry | None, second: Entry | None) -> bool:
    if first is None or second is None:
        return False
    texts = [bare(entry.parsed.text).rstrip("。.；;") for entry in (first, second)]
    return texts[0] == texts[1] and len(texts[0]) >= job.params["shortest"]


@kind("文字分项")
def parts_in_text(job: Job) -> Iterator[Finding]:
    """A total and its parts inside one text."""
    for line in job.lines():
        for column in job.params["columns"]:
            found = decompose(line.text(column))
            if found is None:
                continue
            total, parts = found
            due = sum(parts, Decimal(0))
            if abs(total - due) > RESIDUE:
                detail = f"{' + '.join(show(part, '金额') for part in parts)} = {show(due, '金额')}"
                figures = {"stated": show(total, "金额"), "expected": show(due, "金额")}
                yield job.at_item(line, column, detail=detail, difference=signed(total - due, "金额"), **figures)


@kind("定量得分")
def score_against_rule(job: Job) -> Iterator[Finding]:
    """A typed score of a quantitative indicator against the rule's."""
    for line in job.lines():
        score = job.score_of(line)
        if score is None or score.state is not PointState.COMPUTED or score.stated is None or score.computed is None:
            continue
        if is_none(line, job.submission.scheme.scoring) or score.stated == score.computed:
            continue
        match = at_shown_decimals(line.items[roles.SCORE].parsed, score.computed, "分值")
        explained = score.stated < score.computed and not blank(line.items[roles.REASON])
        figures = {"stated": show(score.stated), "expected": show(score.computed)}
        yield job.at_item(
            line, roles.SCORE, detail=score.explanation, difference=show(score.stated - score.computed),
            level=Level.HINT if explained else level_of(match, job.rule.level), **figures,
        )  # fmt: skip


@kind("错列")
def shifted(job: Job) -> Iterator[Finding]:
    """The date stands in the indicator's name, and something else where the date belongs."""
    for line in job.lines():
        title, target = line.text(roles.TITLE), line.text(roles.TARGET)
        if line.kind in job.params["kinds"] and years_in(title) and target.strip() and not years_in(target):
            if "%" in target or "％" in target:
                continue
            yield job.at_item(line, roles.TARGET, detail=f"三级指标“{title}”，年度指标值“{target}”", stated=target)


@kind("指标不全")
def incomplete(job: Job) -> Iterator[Finding]:
    """An indicator with points but without target or result."""
    for line in job.lines():
        if not line.number(roles.POINTS) or is_none(line, job.submission.scheme.scoring):
            continue
        missing = [c for c in (roles.TITLE, roles.TARGET, roles.ACTUAL) if blank(line.items[c])]
        if missing:
            yield job.at_item(line, missing[0], detail=f"缺{'、'.join(missing)}", stated="空")


@kind("未填")
def left_blank(job: Job) -> Iterator[Finding]:
    """Fields that should not stay blank, though nothing depends on them."""
    for name in job.params["fields"]:
        entry = job.sheet.entry(name)
        if entry is not None and entry.stated.state is State.BLANK:
            yield job.find(entry.place, name, stated="空")


@kind("项目重名")
def same_title(job: Job) -> Iterator[Finding]:
    """Two sheets for one project; told on the later."""
    sheets = job.submission.sheets[job.rule.form]
    for other in sheets[: sheets.index(job.sheet)]:
        if job.sheet.title and bare(other.title) == bare(job.sheet.title):
            entry = job.sheet.entry(job.params["field"])
            fact = f"项目“{job.sheet.title}”在工作表“{other.sheet}”已经有一张表"
            yield job.find(entry.place if entry else None, job.params["field"], fact=fact)
            return
