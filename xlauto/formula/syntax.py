"""The formula language of the schemes: its tree and its parser.

A subset of Excel's language with names of fields in place of addresses. Nothing is evaluated or written here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Set
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple, NoReturn

from xlauto.model import column_letters, column_number

FUNCTIONS: dict[str, tuple[int, int]] = {
    "SUM": (1, 255),
    "SUMIF": (2, 3),
    "ROUND": (2, 2),
    "ROUNDUP": (2, 2),
    "ROUNDDOWN": (2, 2),
    "INT": (1, 1),
    "MIN": (1, 255),
    "MAX": (1, 255),
    "ABS": (1, 1),
    "IF": (2, 3),
    "AND": (1, 255),
    "OR": (1, 255),
    "NOT": (1, 1),
    "IFERROR": (2, 2),
    "COUNT": (1, 255),
    "COUNTA": (1, 255),
    "ISBLANK": (1, 1),
    "ISNUMBER": (1, 1),
    "N": (1, 1),
}
"""The functions that exist in Excel too, each with its least and greatest number of arguments."""

PRECEDENCE: dict[str, int] = {
    **dict.fromkeys(("=", "<>", "<", "<=", ">", ">="), 10),
    "&": 20,
    **dict.fromkeys("+-", 30),
    **dict.fromkeys("*/", 40),
    "^": 50,
}
"""How tightly the operators between two operands bind. A sign binds tighter than `^`, and `%` tightest."""
SIGN = 60
PERCENT = 70


@dataclass(frozen=True, slots=True)
class Number:
    value: Decimal


@dataclass(frozen=True, slots=True)
class Text:
    value: str


@dataclass(frozen=True, slots=True)
class Bool:
    value: bool


@dataclass(frozen=True, slots=True)
class Ref:
    """A field by name, `三公经费.本年决算`; `form` when it stands on another form."""

    name: str
    form: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table, `指标[得分]`."""

    table: str
    column: str
    form: str = ""


@dataclass(frozen=True, slots=True)
class RowRef:
    """A column in the row that the formula stands in, `[@分值]`."""

    column: str


@dataclass(frozen=True, slots=True)
class CellRef:
    """An address, as formulas found in workbooks have it; `$` is dropped."""

    row: int
    col: int
    sheet: str = ""

    @property
    def ref(self) -> str:
        return f"{column_letters(self.col)}{self.row}"


@dataclass(frozen=True, slots=True)
class RangeRef:
    """A rectangle of addresses, edges included and in order."""

    top: int
    left: int
    bottom: int
    right: int
    sheet: str = ""

    @property
    def ref(self) -> str:
        return f"{column_letters(self.left)}{self.top}:{column_letters(self.right)}{self.bottom}"


@dataclass(frozen=True, slots=True)
class Unary:
    op: str
    operand: Expr


@dataclass(frozen=True, slots=True)
class Percent:
    operand: Expr


@dataclass(frozen=True, slots=True)
class Binary:
    op: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Call:
    """A function; `name` in capitals, or as it was registered."""

    name: str
    args: tuple[Expr, ...]


Named = Ref | Column | RowRef
Reference = Ref | Column | RowRef | CellRef | RangeRef
Expr = Number | Text | Bool | Ref | Column | RowRef | CellRef | RangeRef | Unary | Percent | Binary | Call


class FormulaError(ValueError):
    """A formula cannot be used. `position` counts from 0; the message shows the place under the text."""

    def __init__(self, message: str, text: str = "", position: int = 0) -> None:
        self.message, self.text, self.position = message, text, position
        super().__init__(message + (f"\n{_pointer(text, position)}" if text else ""))


def parse(text: str, extra: Set[str] = frozenset()) -> Expr:
    """The tree of a formula without its leading `=`. `extra` are functions that only the evaluation knows."""
    return _Parser(text, extra, any_function=False).whole()


def parse_found(text: str) -> Expr:
    """The tree of a formula found in a workbook, where every function name is let through."""
    return _Parser(text, frozenset(), any_function=True).whole()


def operands(expr: Expr) -> tuple[Expr, ...]:
    """The parts of a node, in order of appearance."""
    if isinstance(expr, Binary):
        return (expr.left, expr.right)
    if isinstance(expr, Unary | Percent):
        return (expr.operand,)
    return expr.args if isinstance(expr, Call) else ()


def mapped(expr: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """The node with each of its parts changed; one without parts is left as it is."""
    if isinstance(expr, Binary):
        return replace(expr, left=change(expr.left), right=change(expr.right))
    if isinstance(expr, Unary | Percent):
        return replace(expr, operand=change(expr.operand))
    return replace(expr, args=tuple(map(change, expr.args))) if isinstance(expr, Call) else expr


_TRUTH = {"TRUE": True, "FALSE": False}
_MOST_OPERATORS = 300
_DEEPEST = 64

_NAME = r"[^\W\d][\w.]*"
_TOKEN = re.compile(
    rf"""[\s\u200b\ufeff]*(?:
      (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    | (?P<text>"(?:[^"]|"")*")
    | (?P<sheet>(?:'(?:[^']|'')+'|{_NAME})!)
    | (?P<cell>\$?[A-Za-z]{{1,3}}\$?[1-9][0-9]{{0,6}}(?![\w.(\[]))
    | (?P<name>{_NAME})
    | (?P<row>\[@[^\[\]@\#']+\])
    | (?P<column>\[[^\[\]@\#']+\])
    | (?P<op><=|>=|<>|[-+*/^&=<>%(),:])
    | (?P<end>\Z)
    )""",
    re.VERBOSE,
)
_PLAIN_NAME = re.compile(_NAME)
_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})")

_HALF_WIDTH = {
    **dict(zip("（），＝％＋－＊／＆＾＜＞！：［］", "(),=%+-*/&^<>!:[]", strict=True)),
    **dict.fromkeys("“”", '"'),
    **dict.fromkeys("‘’", "'"),
    **dict.fromkeys("；、", ","),
    **dict.fromkeys("—–−", "-"),
    **{"×": "*", "÷": "/", "≥": ">=", "≧": ">=", "≤": "<=", "≦": "<=", "≠": "<>", "﹦": "=", "═": "=", "。": "."},
}


class _Token(NamedTuple):
    kind: str
    text: str
    position: int


def is_plain_name(name: str) -> bool:
    """Whether a form's name needs no quotes."""
    return bool(_PLAIN_NAME.fullmatch(name)) and not _CELL.fullmatch(name)


class _Parser:
    """Operator precedence parsing (Pratt) over a list of tokens."""

    __slots__ = ("any_function", "at", "depth", "extra", "operators", "text", "tokens")

    def __init__(self, text: str, extra: Set[str], *, any_function: bool) -> None:
        self.text = text
        self.extra = {name.upper(): name for name in extra} if extra else {}
        self.any_function = any_function
        self.at = self.depth = self.operators = 0
        self.tokens = self._tokens()

    def whole(self) -> Expr:
        if self.tokens[0].kind == "end":
            self._fail("公式是空的", self.tokens[0])
        expr = self._expression(0)
        token = self.tokens[self.at]
        if token.kind == "end":
            return expr
        if token.text == ")":
            self._fail("多了一个右括号“)”", token)
        if token.text == ",":
            self._fail("逗号只能用在函数的括号里", token)
        if token.text == ":":
            self._fail("冒号只能连接两个单元格地址，如 A1:A9", token)
        self._fail(f"“{token.text}”前面缺少运算符（可用：+ - * / ^ & = <> < <= > >=）", token)

    def _tokens(self) -> list[_Token]:
        tokens = []
        position, match = 0, _TOKEN.match
        while True:
            found = match(self.text, position)
            if found is None:
                self._fail_at_character(position)
            kind = found.lastgroup or "end"
            start, position = found.span(kind)
            tokens.append(_Token(kind, self.text[start:position], start))
            if kind == "end":
                return tokens

    def _expression(self, least: int) -> Expr:
        self.depth += 1
        if self.depth > _DEEPEST:
            self._fail(f"括号或函数嵌套太深（最多{_DEEPEST}层）", self.tokens[self.at])
        left = self._operand()
        while True:
            token = self.tokens[self.at]
            if token.kind != "op":
                break
            if token.text == "%":
                self.at += 1
                left = Percent(left)
            else:
                binding = PRECEDENCE.get(token.text, 0)
                if binding <= least:
                    break
                self.at += 1
                left = Binary(token.text, left, self._expression(binding))
            self._count(token)
        self.depth -= 1
        return left

    def _count(self, token: _Token) -> None:
        self.operators += 1
        if self.operators > _MOST_OPERATORS:
            self._fail(f"公式太长（最多{_MOST_OPERATORS}个运算），请分成几个项目", token)

    def _operand(self) -> Expr:
        token = self.tokens[self.at]
        self.at += 1
        kind = token.kind
        if kind == "name":
            return self._named(token)
        if kind == "number":
            return self._number(token)
        if kind == "cell":
            return self._address(token, "")
        if kind == "sheet":
            return self._on_sheet(token)
        if kind == "text":
            return Text(token.text[1:-1].replace('""', '"'))
        if kind == "row":
            return RowRef(token.text[2:-1].strip())
        if token.text == "(":
            inner = self._expression(0)
            self._close(token)
            return inner
        if token.text in ("-", "+"):
            self._count(token)
            return Unary(token.text, self._expression(SIGN))
        if kind == "column":
            self._fail("方括号前面缺少表名，如 指标[得分]；本行的写作 [@分值]", token)
        what = "公式在这里断了" if kind == "end" else f"“{token.text}”前面缺少内容"
        self._fail(f"{what}，应有数字、项目名称、函数或括号", token)

    def _number(self, token: _Token) -> Number:
        following = self.tokens[self.at]
        if following.kind in ("name", "number", "cell") and following.position == token.position + len(token.text):
            self._fail(f"数字{token.text}后面不能直接跟文字；单位不写在公式里，名称不能以数字开头", following)
        value = Decimal(token.text)
        if value.adjusted() > 307 and value:
            self._fail("数字太大", token)
        return Number(value)

    def _named(self, token: _Token) -> Expr:
        following = self.tokens[self.at]
        if following.text == "(":
            return self._call(token)
        if following.kind == "column":
            self.at += 1
            return Column(token.text, following.text[1:-1].strip())
        if token.text.upper() in _TRUTH:
            return Bool(_TRUTH[token.text.upper()])
        return Ref(token.text)

    def _on_sheet(self, sheet: _Token) -> Expr:
        form = sheet.text[:-1]
        if form.startswith("'"):
            form = form[1:-1].replace("''", "'")
        token = self.tokens[self.at]
        self.at += 1
        if token.kind == "cell":
            return self._address(token, form)
        if token.kind != "name":
            self._fail("“!”后面应是项目名称或单元格地址", token)
        following = self.tokens[self.at]
        if following.kind == "column":
            self.at += 1
            return Column(token.text, following.text[1:-1].strip(), form)
        return Ref(token.text, form)

    def _address(self, token: _Token, sheet: str) -> Expr:
        corner = _corner(token.text)
        if corner is None:
            return Ref(token.text, sheet)
        following = self.tokens[self.at]
        if following.text != ":":
            return CellRef(*corner, sheet)
        self.at += 1
        end = self.tokens[self.at]
        self.at += 1
        other = _corner(end.text) if end.kind == "cell" else None
        if other is None:
            self._fail("冒号后面应是单元格地址，如 A1:A9", end)
        (top, bottom), (left, right) = sorted((corner[0], other[0])), sorted((corner[1], other[1]))
        return RangeRef(top, left, bottom, right, sheet)

    def _call(self, token: _Token) -> Expr:
        name = self._function(token)
        opening = self.tokens[self.at]
        self.at += 1
        args: list[Expr] = []
        if self.tokens[self.at].text == ")":
            self.at += 1
        else:
            args.append(self._expression(0))
            while self.tokens[self.at].text == ",":
                self.at += 1
                args.append(self._expression(0))
            self._close(opening)
        if name in _TRUTH and not args:
            return Bool(_TRUTH[name])
        self._count(token)
        self._check_arguments(token, name, args)
        return Call(name, tuple(args))

    def _function(self, token: _Token) -> str:
        name = token.text.upper()
        if name in FUNCTIONS or name in _TRUTH or self.any_function:
            return name
        if name in self.extra:
            return self.extra[name]
        allowed = "、".join((*FUNCTIONS, *sorted(self.extra.values())))
        self._fail(f"没有函数{token.text}；可用的函数：{allowed}", token)

    def _check_arguments(self, token: _Token, name: str, args: list[Expr]) -> None:
        if name not in FUNCTIONS:
            return
        least, most = FUNCTIONS[name]
        if not least <= len(args) <= most:
            wanted = f"{least}" if least == most else f"至少{least}" if most == 255 else f"{least}到{most}"
            self._fail(f"函数{name}应有{wanted}个参数，写了{len(args)}个", token)
        if name == "SUMIF" and not all(isinstance(arg, Reference) for arg in (args[0], *args[2:])):
            self._fail("函数SUMIF的第1、3个参数应是一列，如 指标[得分]", token)

    def _close(self, opening: _Token) -> None:
        token = self.tokens[self.at]
        if token.text != ")" or token.kind != "op":
            if token.kind == "end":
                self._fail("左括号没有配对的右括号“)”", opening)
            self._fail(f"“{token.text}”前面缺少运算符、逗号或右括号", token)
        self.at += 1

    def _fail(self, message: str, token: _Token) -> NoReturn:
        raise FormulaError(message, self.text, token.position)

    def _fail_at_character(self, position: int) -> NoReturn:
        while self.text[position].isspace() or self.text[position] in "\u200b\ufeff":
            position += 1
        character = self.text[position]
        if character in _HALF_WIDTH:
            message = f"“{character}”是全角或非公式符号，请改用半角“{_HALF_WIDTH[character]}”"
        elif character == '"':
            message = '文字的引号没有闭合，应成对使用半角引号 "…"'
        elif character == "'":
            message = "单引号只用于表名，如 '项目 1'!得分"
        elif character in "[]":
            message = "方括号不完整，列写作 指标[得分]，本行的写作 [@分值]"
        elif unicodedata.digit(character, None) is not None:
            message = f"“{character}”不是半角数字，请改用“{unicodedata.digit(character)}”"
        else:
            message = f"不能使用字符“{character}”"
        raise FormulaError(message, self.text, position)


def _corner(text: str) -> tuple[int, int] | None:
    """Row and column of an address; None when the sheet has no such cell and it must be a name."""
    found = _CELL.fullmatch(text)
    if found is None:
        return None
    row, col = int(found[2]), column_number(found[1])
    return (row, col) if row <= 1_048_576 and col <= 16_384 else None


def _pointer(text: str, position: int) -> str:
    """The line of the text that holds the position, and a caret under it (wide characters count twice)."""
    start = text.rfind("\n", 0, position) + 1
    line = text[start:].split("\n", 1)[0]
    before = line[: position - start]
    padding = "".join("\u3000" if unicodedata.east_asian_width(c) in "WF" else " " for c in before)
    return f"  {line}\n  {padding}^"
