"""YAML files as plain data, fast the second time, with the line of every key for messages."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from xlauto import yamlfaults


class YamlError(Exception):
    """A YAML file cannot be read, or one of its values cannot be used. The message names file and line."""


def load(path: Path, *, as_text: bool = False) -> Any:
    """The file's content, with `as_text` every scalar as written. Raises YamlError with file and line."""
    import yaml

    name = "BaseLoader" if as_text else "SafeLoader"
    loader = _strict(getattr(yaml, f"C{name}", getattr(yaml, name)))
    text = ""
    try:
        text = path.read_text(encoding="utf-8")
        return yaml.load(text, Loader=loader)
    except yaml.constructor.ConstructorError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        problem = "键只能是文字或数" if "unhashable" in str(error.problem) else error.problem
        raise YamlError(f"{path} 第{line}行：不是正确的YAML：{problem}") from error
    except yaml.MarkedYAMLError as error:
        line, words = yamlfaults.told(text, error)
        raise YamlError(f"{path} 第{line}行：不是正确的YAML：{words}") from error
    except yaml.reader.ReaderError as error:
        line = text[: text.find(chr(error.character))].count("\n") + 1
        raise YamlError(f"{path} 第{line}行：有看不见的控制字符（U+{error.character:04X}）；请删去") from error
    except UnicodeDecodeError as error:
        raise YamlError(f"{path}：不是UTF-8编码；请在记事本里另存，编码选UTF-8") from error
    except (yaml.YAMLError, OSError, ValueError) as error:
        raise YamlError(f"{path}：不能读取：{error}") from error


@cache
def _strict(loader: Any) -> Any:
    """The loader, but a key that is written twice is a mistake: of two rules one would silently be lost; so is one
    that is none for want of a colon."""
    import yaml

    class Strict(loader):  # type: ignore[misc]
        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            keys = set()
            for key, value in node.value:
                problem = ""
                if isinstance(key.value, str):
                    problem = f"“{key.value}”写了两次；请删去一处，或改名" if key.value in keys else ""
                    problem = problem or yamlfaults.key_fault(key.value, value)
                    keys.add(key.value)
                if problem:
                    raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            return super().construct_mapping(node, deep)

    return Strict


def line_of(path: Path, keys: tuple[str | int, ...]) -> int:
    """The line (from 1) where the value under these keys stands; of its nearest parent if it is absent."""
    import yaml

    node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    line = node.start_mark.line + 1 if node else 1
    for key in keys:
        if isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in node.value if k.value == str(key)), None)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
            node = node.value[key]
            line = node.start_mark.line + 1
        else:
            break
    return line
