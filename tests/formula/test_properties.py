"""What holds for every formula: written and read it is the same tree, and its value never raises."""

from decimal import Decimal

from formula.contexts import Figures
from formula.naive import naive
from hypothesis import given, settings
from hypothesis import strategies as st

from xlauto.formula import (
    FUNCTIONS,
    Binary,
    Bool,
    Call,
    Column,
    FormulaError,
    Number,
    Percent,
    Ref,
    RowRef,
    Text,
    Unary,
    compile,
    explain,
    names,
    parse,
    same_formula,
    to_excel,
    to_text,
)
from xlauto.model import CellError

D = Decimal
errors = st.sampled_from([CellError("#REF!"), CellError("#DIV/0!"), CellError("#N/A")])
numbers = st.decimals(min_value=-(10**9), max_value=10**9, allow_nan=False, allow_infinity=False, places=4)
figures = st.one_of(
    st.none(), st.booleans(), errors, numbers,
    st.sampled_from([D(0), D("1E308"), D("1E-308"), D("NaN"), D("-Infinity")]),
    st.sampled_from(["", "无", "12", ">=5", "产出*", "~", "<>"]),
)  # fmt: skip
words = st.text(alphabet="三公经费决算abXY_.", min_size=1, max_size=5).filter(
    lambda text: not text.startswith(".") and text.upper() not in ("TRUE", "FALSE")
)
forms = st.one_of(st.just(""), words, st.sampled_from(["项目 1", "it's", "A1", "1月"]))
columns = st.text(alphabet="得分（万元） ab", min_size=1, max_size=6).map(str.strip).filter(bool)
references = st.one_of(
    st.builds(Ref, words, forms), st.builds(Column, words, columns, forms), st.builds(RowRef, columns)
)
leaves = st.one_of(
    st.builds(Number, st.decimals(min_value=0, max_value=10**12, allow_nan=False, allow_infinity=False, places=3)),
    st.builds(Text, st.text(alphabet='“a"无,( ', max_size=4)),
    st.builds(Bool, st.booleans()),
    references,
)


@st.composite
def calls(draw, children):
    name = draw(st.sampled_from(sorted(FUNCTIONS)))
    least, most = FUNCTIONS[name]
    args = draw(st.lists(children, min_size=least, max_size=min(most, 3)))
    if name == "SUMIF":
        args[0], args[2:] = draw(references), [draw(references) for _ in args[2:]]
    return Call(name, tuple(args))


trees = st.recursive(
    leaves,
    lambda children: st.one_of(
        st.builds(Unary, st.sampled_from("+-"), children),
        st.builds(Percent, children),
        st.builds(Binary, st.sampled_from(["=", "<>", "<", "<=", ">", ">=", "&", *"+-*/^"]), children, children),
        calls(children),
    ),
    max_leaves=12,
)


class Drawn(Figures):
    """Every name has one of the drawn figures, always the same one."""

    def __init__(self, drawn):
        self.drawn = drawn

    def value(self, ref):
        return self.drawn[len(repr(ref)) % len(self.drawn)]

    row = value

    def column(self, ref):
        return self.drawn[len(ref.column) % 2 :]

    def values(self, ref):
        return self.drawn if len(ref.name) % 2 else [self.value(ref)]


contexts = st.builds(Drawn, st.lists(figures, min_size=1, max_size=5))


@given(trees)
def test_what_is_written_reads_as_the_same_tree(tree):
    text = to_text(tree)
    assert parse(text) == tree
    assert same_formula(text, f"= ( {text} ) ")


@given(trees)
def test_every_name_gets_its_address_and_nothing_else_changes(tree):
    cells = {name: f"$A${number}" for number, name in enumerate(names(tree), 1)}
    excel = to_excel(tree, cells.__getitem__)
    assert all(cell in excel for cell in cells.values())
    assert len(names(parse(excel))) == 0


@settings(max_examples=300)
@given(trees, contexts)
def test_the_compiled_formula_has_the_value_of_the_plain_interpreter(tree, context):
    result = compile(tree)(context)
    assert result is None or isinstance(result, Decimal | str | bool)
    assert not isinstance(result, Decimal) or result.is_finite()
    expected = naive(tree, context)
    assert type(result) is type(expected)
    assert result == expected


@given(trees, contexts)
def test_every_formula_can_be_explained(tree, context):
    assert explain(tree, context, lambda name: "数", "x").endswith(("= x", "）"))
    assert explain(tree, None, lambda name: "数")


@settings(max_examples=300)
@given(st.text(alphabet="甲乙A1$'!:[]@(),+-*/^%&<>=\"“（0.5 ESUMIF\n", max_size=30))
def test_any_text_parses_or_is_refused_with_a_place_inside_it(text):
    try:
        tree = parse(text)
    except FormulaError as error:
        assert 0 <= error.position <= len(text)
    else:
        assert parse(to_text(tree)) == tree
