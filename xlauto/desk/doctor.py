"""What is in the way of the button: one probe per question, each a pure function of what the computer answers.

The words stand here and not in a YAML file, because they must also come when the component that reads YAML is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from pathlib import Path, PureWindowsPath
from typing import NamedTuple

from xlauto import __version__
from xlauto.desk.icons import icon_files
from xlauto.desk.install import KEY, PYTHON, addin_bytes, addin_place, icons_place, is_our_addin
from xlauto.desk.machine import Machine

OLDEST_PYTHON = (3, 11)
ASR_RULE = "D4F940AB-401B-4EFC-AADC-AD5F3C50688A"
"""Microsoft Defender: block all Office applications from creating child processes."""

_APP_PATHS = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths"
_EXCEL_CLASS = "{00024500-0000-0000-C000-000000000046}"
ASR_KEYS = (
    r"HKLM\SOFTWARE\Policies\Microsoft\Windows Defender\Windows Defender Exploit Guard\ASR\Rules",
    r"HKLM\SOFTWARE\Microsoft\Windows Defender\Windows Defender Exploit Guard\ASR\Rules",
)
_WPS_KEYS = (r"HKCU\SOFTWARE\Kingsoft\Office\6.0\Common", r"HKLM\SOFTWARE\Kingsoft\Office\6.0\Common")
_WPS_PROGRAMS = ("et.exe", "wps.exe", "ksolaunch.exe")
_SETUP = "运行：xlauto excel install"
_REINSTALL = "重新运行安装包里的“安装.cmd”，或重新安装xlauto"
_ASK_ADMIN = "请单位的计算机管理员处理"
_USE_ICONS = "把文件拖到图标“重新计算得分.cmd”“校验.cmd”上，不经过Excel"
_INTERNET = 3
_CHINESE_PAGES = {936: "GBK", 54936: "GB18030", 65001: "UTF-8"}


class State(Enum):
    """How a question is answered, with a mark that every Chinese console can show."""

    GOOD = "√"
    BAD = "×"
    UNSURE = "？"


class Answer(NamedTuple):
    """`about` is what was asked, `fact` what was found, `means` why it matters, `advice` what to do."""

    about: str
    state: State
    fact: str
    means: str = ""
    advice: str = ""


Probe = Callable[[Machine], Answer]


def works(answers: Sequence[Answer]) -> bool:
    """Whether nothing keeps the button from working."""
    return all(answer.state is not State.BAD for answer in answers)


def diagnose(machine: Machine, files: Sequence[Path] = ()) -> list[Answer]:
    """The answers of all probes, and whether Windows has put a mark on these workbooks."""
    if not machine.windows:
        fact, means = f"本机是{machine.system}", "Excel的按钮只能用在Windows上的Excel里"
        return [Answer("系统", State.BAD, fact, means, "请用命令行：xlauto recalc 文件…")]
    return [*(_asked(probe, machine) for probe in PROBES), *(marked(machine, file) for file in files)]


def _asked(probe: Probe, machine: Machine) -> Answer:
    """A probe that fails, in an installation that may be broken, leaves its question open; the others go on."""
    try:
        return probe(machine)
    except Exception as error:
        return Answer(probe.__name__, State.UNSURE, f"不能检查（{type(error).__name__}: {error}）", "", _REINSTALL)


# --- Python ---------------------------------------------------------------------------------------------------------


def system(machine: Machine) -> Answer:
    return Answer("系统", State.GOOD, machine.release)


def interpreter(machine: Machine) -> Answer:
    about, fact = "Python", f"{'.'.join(map(str, machine.version))}，{machine.bits}位，{machine.python}"
    if machine.version < OLDEST_PYTHON:
        return Answer(about, State.BAD, fact, "版本过低", f"请安装Python {_dotted(OLDEST_PYTHON)}或更高版本（64位）")
    if machine.bits != 64:
        means = "32位的Python缺少计算公式的组件；Excel是32位也要用64位的Python"
        return Answer(about, State.BAD, fact, means, "请安装64位的Python，再安装xlauto")
    if not machine.windowless.is_file():
        means = "旁边没有pythonw.exe，按钮不能启动它"
        return Answer(about, State.BAD, fact, means, "请用 python.org 的安装程序安装Python")
    return Answer(about, State.GOOD, fact)


def components(machine: Machine) -> Answer:
    needed = ("click", "msgspec", "yaml", "xlsxwriter", "xlauto.button")
    wrong = {module: trouble for module in needed if (trouble := machine.imports(module))}
    if wrong:
        fact = "；".join(f"{module}不能使用（{trouble}）" for module, trouble in wrong.items())
        return Answer("xlauto", State.BAD, fact, "程序没有装全，或被安全软件隔离", _REINSTALL)
    return Answer("xlauto", State.GOOD, __version__)


def excel_components(machine: Machine) -> Answer:
    """xlwings is not loaded: when Python ends, it would end every Excel that it cannot reach."""
    about, version = "连接Excel的组件", machine.distribution("xlwings")
    missing = [name for name, lacks in (("xlwings", version is None), ("pywin32", machine.imports("win32com.client")))
               if lacks]  # fmt: skip
    if missing:
        advice = f"{_REINSTALL}（py -m pip install xlauto[excel]）"
        return Answer(about, State.BAD, f"缺少{'、'.join(missing)}", "按钮不能和Excel对话", advice)
    return Answer(about, State.GOOD, f"xlwings {version}，pywin32 {machine.distribution('pywin32') or '（版本不明）'}")


def formulas(machine: Machine) -> Answer:
    if trouble := machine.imports("formualizer"):
        means = "不影响按钮；命令行和图标写出的工作簿里，自己加的公式要等Excel打开时才重算"
        return Answer("公式组件", State.UNSURE, f"formualizer 不能使用（{trouble}）", means, _REINSTALL)
    return Answer("公式组件", State.GOOD, f"formualizer {machine.distribution('formualizer') or ''}".strip())


def starting(machine: Machine) -> Answer:
    """Whether anything keeps the interpreter from being started at all."""
    trouble = machine.runs([str(machine.windowless), "-P", "-c", "import xlauto.button"])
    if trouble:
        means = "按钮所用的程序不能启动，可能被安全软件或组策略（AppLocker）拦截"
        return Answer("启动Python", State.BAD, trouble, means, f"{_ASK_ADMIN}：允许运行 {machine.windowless}")
    return Answer("启动Python", State.GOOD, str(machine.windowless))


# --- Excel ----------------------------------------------------------------------------------------------------------


def excel(machine: Machine) -> Answer:
    path = _program(machine, "excel.exe")
    wps = wps_place(machine)
    if path is None and wps:
        means = "按钮只能在Excel里使用，WPS不行"
        return Answer("Excel", State.BAD, f"没有安装Excel；有WPS（{wps}）", means, _USE_ICONS)
    if path is None:
        return Answer("Excel", State.BAD, "没有安装Excel", "没有Excel，按钮无处可用", f"请安装Excel；或者{_USE_ICONS}")
    bits = machine.program_bits(path)
    also = "；另有WPS" if wps else ""
    return Answer("Excel", State.GOOD, f"{_office(machine)}，{f'{bits}位' if bits else '位数不明'}，{path}{also}")


def takeover(machine: Machine) -> Answer:
    """WPS can register itself in Excel's place. The button finds Excel by its window, so it is not kept from it."""
    keys = (rf"HKCR\CLSID\{_EXCEL_CLASS}\{server}" for server in ("LocalServer32", "LocalServer"))
    server = next((value for key in keys if isinstance(value := machine.registry.read(key), str)), "")
    if any(name in server.casefold() for name in ("kingsoft", "wps office", *_WPS_PROGRAMS)):
        means = "按钮按窗口找Excel，一般不受影响；其他程序按登记找Excel时会找到WPS"
        advice = "按钮说没有Excel的，在WPS“配置工具—高级—兼容设置”里取消“与第三方软件兼容”，或修复安装Office"
        return Answer("Excel的登记", State.UNSURE, f"被WPS占用：{server}", means, advice)
    return Answer("Excel的登记", State.GOOD, "属于Excel" if server else "没有被占用")


def addin(machine: Machine) -> Answer:
    place = addin_place(machine)
    try:
        data = place.read_bytes()
    except FileNotFoundError:
        return Answer("加载项", State.BAD, f"没有 {place}", "功能区里没有“绩效自评”", _SETUP)
    except OSError as error:
        return Answer("加载项", State.UNSURE, f"不能读取 {place}（{error.strerror or error}）")
    if not is_our_addin(data):
        return Answer("加载项", State.BAD, f"{place} 不是xlauto的", "同名的另一个文件", f"把它移到别处，再{_SETUP}")
    if data != addin_bytes():
        return Answer("加载项", State.BAD, f"{place} 是另一个版本", "和现在的xlauto不配套", f"关闭Excel，{_SETUP}")
    return Answer("加载项", State.GOOD, str(place))


def launcher(machine: Machine) -> Answer:
    registered = machine.registry.read(KEY, PYTHON)
    if not isinstance(registered, str) or not registered:
        return Answer("按钮的设置", State.BAD, f"注册表里没有 {KEY} 的 {PYTHON}", "按钮不知道启动哪个Python", _SETUP)
    if PureWindowsPath(registered) != PureWindowsPath(machine.windowless):
        means = f"按钮启动的是另一个Python（不是 {machine.windowless}），那里可能没有xlauto"
        return Answer("按钮的设置", State.BAD, registered, means, _SETUP)
    return Answer("按钮的设置", State.GOOD, registered)


# --- what administrators and Office forbid --------------------------------------------------------------------------


def trusted_place(machine: Machine) -> Answer:
    off, by_policy = _setting(machine, r"Excel\Security\Trusted Locations", "AllLocationsDisabled")
    if off == 1:
        means = "加载项所在的文件夹不再受信任，宏按一般规定处理"
        advice = _ASK_ADMIN if by_policy else "Excel选项—信任中心—受信任位置：取消“禁用所有受信任位置”"
        return Answer("受信任位置", State.BAD, "受信任位置全部停用", means, advice)
    return Answer("受信任位置", State.GOOD, "启用；加载项所在的XLSTART默认受信任")


def macros(machine: Machine) -> Answer:
    off, _ = _setting(machine, "Common", "vbaoff")
    if off == 1:
        return Answer("宏", State.BAD, "VBA已被停用", "任何宏都不能运行", f"{_ASK_ADMIN}；或者{_USE_ICONS}")
    level, by_policy = _setting(machine, r"Excel\Security", "VBAWarnings")
    if level in (3, 4):
        fact = "一律禁用，不通知" if level == 4 else "只允许有数字签名的宏"
        means = "功能区里的按钮照常（加载项在受信任位置）；工作簿里的按钮不起作用"
        advice = _ASK_ADMIN if by_policy else "Excel选项—信任中心—宏设置：选“禁用所有宏，并发出通知”"
        return Answer("宏", State.UNSURE, fact, means, f"用功能区“绩效自评”里的按钮；要用工作簿里的按钮，{advice}")
    return Answer("宏", State.GOOD, "允许（工作簿里的宏须点“启用内容”）" if level != 1 else "全部允许")


def internet_macros(machine: Machine) -> Answer:
    blocked, _ = _setting(machine, r"Excel\Security", "blockcontentexecutionfrominternet")
    if blocked == 1:
        means = "带有来源标记的工作簿（网上下载、邮件、微信收到的）里，宏不能运行"
        advice = "右键点文件—属性—勾选“解除锁定”；或用功能区“绩效自评”里的按钮"
        return Answer("来自网络的宏", State.UNSURE, "禁止", means, advice)
    return Answer("来自网络的宏", State.GOOD, "没有另行禁止（带来源标记的文件仍须“解除锁定”）")


def child_processes(machine: Machine) -> Answer:
    values = [machine.registry.read(key, name) for key in ASR_KEYS for name in (ASR_RULE, ASR_RULE.lower())]
    state = next((int(value) for value in values if value is not None and str(value).isdecimal()), 0)
    if state == 1:
        means = "Excel不能启动Python，按钮没有反应"
        return Answer("Office启动程序", State.BAD, f"被Microsoft Defender禁止（规则{ASR_RULE}）", means,
                      f"{_ASK_ADMIN}：为 {machine.windowless} 设排除项；或者{_USE_ICONS}")  # fmt: skip
    if state == 6:
        means = "按按钮时会弹出警告，可以选择允许"
        return Answer("Office启动程序", State.UNSURE, "Microsoft Defender会警告", means, _ASK_ADMIN)
    means = "其他安全软件是否拦截，只有在Excel里按一次按钮才知道"
    return Answer("Office启动程序", State.GOOD, "Microsoft Defender没有禁止", means)


# --- files and console ----------------------------------------------------------------------------------------------


def own_folder(machine: Machine) -> Answer:
    probe = machine.own / ".write-test"
    try:
        machine.own.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"xlauto")
        same = probe.read_bytes() == b"xlauto"
        probe.unlink()
    except OSError as error:
        means = "日志和缓存写不进去：照样能用，只是慢一些，出错时没有记录"
        advice = f"请检查 {machine.own} 的权限"
        return Answer("数据文件夹", State.UNSURE, f"不能写入（{error.strerror or error}）", means, advice)
    if not same:
        means = "写进去的和读出来的不一样，可能装有文件透明加密软件"
        advice = f"{_ASK_ADMIN}：把 {machine.python} 加入受信任程序"
        return Answer("数据文件夹", State.BAD, str(machine.own), means, advice)
    return Answer("数据文件夹", State.GOOD, str(machine.own))


def console(machine: Machine) -> Answer:
    page = machine.console_page()
    if page is None:
        return Answer("命令行窗口", State.UNSURE, "没有命令行窗口，或读不出代码页")
    if page not in _CHINESE_PAGES:
        means = "找不到Python时，图标的提示可能显示为乱码；其余显示正常"
        return Answer("命令行窗口", State.UNSURE, f"代码页{page}", means, "需要时运行：chcp 936")
    return Answer("命令行窗口", State.GOOD, f"代码页{page}（{_CHINESE_PAGES[page]}）")


def icons(machine: Machine) -> Answer:
    folder = icons_place(machine)
    if folder is None:
        return Answer("拖放图标", State.UNSURE, "没有安装", "不影响按钮", _SETUP)
    missing = [name for name in icon_files() if not (folder / name).is_file()]
    if missing:
        fact = f"{folder} 里缺少{'、'.join(missing)}"
        return Answer("拖放图标", State.UNSURE, fact, "可能被移走、删除或隔离；不影响按钮", _SETUP)
    return Answer("拖放图标", State.GOOD, str(folder))


def addin_mark(machine: Machine) -> Answer:
    return marked(machine, addin_place(machine))


def marked(machine: Machine, file: Path) -> Answer:
    """Whether Windows has put the mark on a file that says it is from elsewhere."""
    about = f"来源标记 {file.name}"
    zone = machine.zone(file)
    if zone is not None and zone >= _INTERNET:
        means = "Excel用“受保护的视图”打开它，并且不运行其中的宏"
        return Answer(about, State.BAD, "标记为来自网络", means, "右键点文件—属性—勾选“解除锁定”—确定")
    return Answer(about, State.GOOD, "没有")


PROBES: tuple[Probe, ...] = (
    system, interpreter, components, excel_components, formulas, starting, excel, takeover, addin, addin_mark, launcher,
    trusted_place, macros, internet_macros, child_processes, own_folder, console, icons,
)  # fmt: skip


# --- where Windows and Office keep things ---------------------------------------------------------------------------


def wps_place(machine: Machine) -> str:
    """Where WPS is installed; empty if it is not."""
    for key in _WPS_KEYS:
        root = machine.registry.read(key, "InstallRoot")
        if isinstance(root, str) and root:
            return root
    return str(next((path for name in _WPS_PROGRAMS[:2] if (path := _program(machine, name))), ""))


def _program(machine: Machine, name: str) -> Path | None:
    for root in ("HKCU", "HKLM"):
        path = machine.registry.read(rf"{root}\{_APP_PATHS}\{name}")
        if isinstance(path, str) and path:
            return Path(path.strip('"'))
    return None


def _office(machine: Machine) -> str:
    """`16.0`: how Office writes its version in the registry."""
    current = machine.registry.read(r"HKCR\Excel.Application\CurVer")
    number = str(current or "").rpartition(".")[2]
    return f"{number}.0" if number.isdecimal() else "16.0"


def _setting(machine: Machine, tail: str, name: str) -> tuple[int | None, bool]:
    """A setting of Office, and whether an administrator has made it: a policy outweighs the user's own choice."""
    below = rf"Microsoft\Office\{_office(machine)}\{tail}"
    for root in (r"HKLM\Software\Policies", r"HKCU\Software\Policies", r"HKCU\Software"):
        value = machine.registry.read(rf"{root}\{below}", name)
        if isinstance(value, int):
            return value, root.endswith("Policies")
    return None, False


def _dotted(version: Sequence[int]) -> str:
    return ".".join(map(str, version))
