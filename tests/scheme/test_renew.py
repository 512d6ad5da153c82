"""A new year's scheme: only what differs, years moved, nothing overwritten, and what a person must fill in."""

from __future__ import annotations

from pathlib import Path

import pytest
from scheme import trees

from xlauto.checking.kinds import RULES
from xlauto.model import CannotGoOn
from xlauto.places import PACKAGE, workbooks_dir
from xlauto.scheme import SchemeError, load_scheme
from xlauto.scheme.lint import lint
from xlauto.scheme.load import _load
from xlauto.scheme.placenames import OldPlace
from xlauto.scheme.renew import OPEN, renew, within_schemes


def test_extending_writes_only_what_differs(tmp_path: Path) -> None:
    made = renew("hengyang-2023", "某市-2025", 2025, tmp_path)
    assert [file.name for file in made.files] == ["scheme.yaml"]
    assert (made.scheme.year, made.scheme.definition.version) == (2025, "1")
    assert made.scheme.definition.title == "衡阳市2025年度预算绩效自评套表"
    assert made.scheme.definition.jurisdiction == "湖南省衡阳市"
    labels = {field.label for field in made.scheme.forms["基础数据表"].fields.values()}
    assert "三公经费·2024决算数" in labels
    assert not [label for label in labels if "2023" in label]


def test_what_is_left_open_is_told_by_lint_until_it_is_filled_in(tmp_path: Path) -> None:
    made = renew("hengyang-2023", "moshi", 2025, tmp_path)
    (found,) = lint("moshi", [tmp_path], RULES)
    assert (found.code, str(found.level)) == ("套表10", "警告")
    file = made.folder / "scheme.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace(OPEN, ""), encoding="utf-8")
    _load.cache_clear()
    assert lint("moshi", [tmp_path], RULES) == []


def test_a_copy_keeps_the_files_with_their_comments(tmp_path: Path) -> None:
    made = renew("hengyang-2023", "copy", 2025, tmp_path, copy=True, title="某市“新”套表", jurisdiction="某市")
    old = workbooks_dir() / "hengyang-2023"
    names = {str(file.relative_to(made.folder)) for file in made.files}
    kept = {str(file.relative_to(old)) for file in old.rglob("*.yaml") if file.parent.name != "samples"}
    assert names == kept
    for name in kept - {"scheme.yaml"}:
        assert (made.folder / name).read_bytes() == (old / name).read_bytes()
    definition = made.scheme.definition
    assert (definition.title, definition.jurisdiction, definition.year) == ("某市“新”套表", "某市", 2025)
    assert (made.folder / "scheme.yaml").read_text(encoding="utf-8").startswith("# 与省套表的不同")
    assert definition.extends == "hunan-2023"


COPIED = {
    "依据里有注释": "source:\n  # 省里的\n  - 通知\n  # 市里的\n  - 附件 # 文号\n# 用词\nwords: {口径: 年初}\n",
    "名称折行": "title: >-\n  某市2023年度\n  预算绩效自评套表\nwords: {口径: 年初}  # 用词\n",
    "引号和冒号": "'title': '某市：2023年度'\n\"jurisdiction\": 某市 # 全称\nwords: {口径: 年初}\n",
    "别名": "words: {口径: &why 年初}\ntitle: &name 某市2023年度\ninstructions: [*name, *why]\n",
}


@pytest.mark.parametrize("own", COPIED.values(), ids=COPIED)
def test_a_copy_of_any_layout_says_the_same_but_for_its_own(tmp_path: Path, own: str) -> None:
    tree = trees.Tree(tmp_path)
    tree.write("old/scheme.yaml", f"# 某市\nid: old   # 代号\nextends: hunan-2023\nversion: '3'\n{own}")
    made = renew("old", "copy", 2025, tmp_path / "new", copy=True, extra=[tree.root])
    before, after = load_scheme("old", [tree.root]).definition, made.scheme.definition
    assert (after.id, after.version, after.year) == ("copy", "1", 2025)
    assert "2025" in after.title if "2023" in before.title else after.title == before.title
    assert after.source == [OPEN + "2025年度绩效自评通知的文号和名称"]
    assert (after.words, after.jurisdiction) == (before.words, before.jurisdiction)
    text = (made.folder / "scheme.yaml").read_text(encoding="utf-8")
    assert text.startswith("# 某市\nid: copy   # 代号\n")


@pytest.mark.parametrize("copy", [False, True])
def test_samples_come_along_when_asked(tmp_path: Path, copy: bool) -> None:
    made = renew("hengyang-2023", "moshi", 2025, tmp_path, copy=copy, samples=True)
    assert [file.name for file in (made.folder / "samples").iterdir()] == ["衡阳市机关事务管理局.yaml"]


def test_years_written_as_digits_are_pointed_out(tmp_path: Path) -> None:
    base = "hengyang-2023/forms/base.yaml"
    edits = ((base, '"{年}决算数"', "2023决算数"), (base, "blocks:", "# 2023年起\nsource: 2023年附件\nblocks:"))
    tree = trees.copied(tmp_path, *edits)
    made = renew("hengyang-2023", "moshi", 2025, tmp_path / "new", extra=[tree.root])
    (found,) = [left for left in made.leftovers if "hengyang" in str(left.file)]
    assert (found.file.name, "2023决算数" in found.text) == ("base.yaml", True)
    assert found.file.read_text(encoding="utf-8").splitlines()[found.line - 1].strip().startswith(found.text)


@pytest.mark.parametrize(
    ("old", "new", "text", "name"),
    [
        ("湖南省长沙市长沙县", "湖南省长沙市浏阳市", "长沙县2022年", "长沙县"),
        ("湖南省长沙市长沙县", "湖南省长沙市浏阳市", "湖南省长沙市的办法", ""),
        ("湖南省岳阳市君山区", "湖南省岳阳市华容县", "君山的办法", "君山"),
        ("湖南省岳阳市君山区", "湖南省岳阳市华容县", "岳阳市君山区2021年", "君山区"),
        ("湖南省岳阳市君山区", "湖北省武汉市", "岳阳市君山区2021年", "岳阳市"),
        ("湖南省衡阳市", "湖南省衡阳市衡山县", "衡阳市的办法", ""),
        ("某省某县", "某省某县", "某县的办法", ""),
        ("全国", "湖南省", "全国的办法", "全国"),
    ],
)  # fmt: skip
def test_names_of_the_old_place(old: str, new: str, text: str, name: str) -> None:
    assert OldPlace(old, new).named_in(text) == name


@pytest.mark.parametrize("copy", [False, True])
def test_texts_that_name_the_old_place_are_listed(tmp_path: Path, copy: bool) -> None:
    made = renew("junshan-2021", "moshi", 2025, tmp_path, jurisdiction="湖南省岳阳市华容县", copy=copy)
    told = {(within_schemes(old.file, made.scheme), old.name) for old in made.places}
    home = "moshi" if copy else "junshan-2021"
    assert told == {
        ("moshi/scheme.yaml", "君山区"), (f"{home}/scoring.yaml", "君山区"),
        *((f"{home}/forms/{form}.yaml", "君山区") for form in ("dept", "score", "report", "index")),
    }  # fmt: skip
    for old in made.places:
        lines = old.file.read_text(encoding="utf-8").splitlines()
        assert all(old.text in lines[number - 1] and old.name in old.text for number in old.lines)


def test_the_same_place_and_what_replaces_the_old_is_not_listed(tmp_path: Path) -> None:
    assert not renew("junshan-2021", "moshi", 2025, tmp_path).places
    made = renew("junshan-2021", "moshi2", 2025, tmp_path, title="华容县套表", jurisdiction="湖南省岳阳市华容县")
    assert "scheme.yaml" not in {old.file.name for old in made.places}


def test_an_existing_folder_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "moshi").mkdir()
    (tmp_path / "moshi" / "我的.txt").write_text("要紧的", encoding="utf-8")
    with pytest.raises(CannotGoOn, match="文件夹已存在，没有写入"):
        renew("hengyang-2023", "moshi", 2025, tmp_path)
    assert [file.name for file in (tmp_path / "moshi").iterdir()] == ["我的.txt"]


def test_nothing_is_written_into_the_program() -> None:
    with pytest.raises(CannotGoOn, match="在程序自己的文件夹里"):
        renew("hengyang-2023", "moshi", 2025, PACKAGE / "workbooks")
    assert not (PACKAGE / "workbooks" / "moshi").exists()


@pytest.mark.parametrize("scheme_id", ["", "../甲", "甲/乙", ".甲", "-甲", "甲 乙", 'a"b', "甲@1"])
def test_an_id_is_a_plain_word(tmp_path: Path, scheme_id: str) -> None:
    with pytest.raises(SchemeError, match="不能作套表的代号"):
        renew("hengyang-2023", scheme_id, 2025, tmp_path / "schemes")
    assert not (tmp_path / "schemes").exists()


def test_an_unknown_old_scheme_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(SchemeError, match="没有套表“nowhere”"):
        renew("nowhere", "moshi", 2025, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_scheme_that_cannot_be_loaded_is_taken_away_again(tmp_path: Path) -> None:
    tree = trees.copied(tmp_path)
    tree.write("odd/scheme.yaml", "id: odd\nextends: hengyang-2023\nwords: {年度口径: 甲}\n")
    tree.write("odd/checks.yaml", "另加:\n  code: 基础09\n  form: 基础数据表\n  that: 控制率 <= 1\n  say: 年\n")
    with pytest.raises(SchemeError, match="不一致"):
        # A folder of that name elsewhere, found first, says that it is another scheme.
        other = tmp_path / "other"
        (other / "moshi").mkdir(parents=True)
        (other / "moshi" / "scheme.yaml").write_text("id: 别的\n", encoding="utf-8")
        renew("moshi", "moshi2", 2025, tmp_path / "new", extra=[other, tree.root])
    assert not (tmp_path / "new").exists()
