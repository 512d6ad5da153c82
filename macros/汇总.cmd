@echo off
rem 汇总.cmd: what is dropped on this icon goes to python -m xlauto.drop consolidate
rem
rem Explorer puts quotation marks only around names with blanks. In all other names an ampersand would end the command
rem and run the rest, and caret, comma, semicolon, equals and percent signs would be lost. So the arguments are left
rem alone: Python gets the whole command line out of cmdcmdline, by delayed expansion, whose result nothing parses
rem again. The plain exit at the end sees to it that what follows an ampersand on that command line never runs.
setlocal EnableExtensions EnableDelayedExpansion
set "XLAUTO_DROPPED=!cmdcmdline!"
set "leave=exit"
if "!XLAUTO_DROPPED: /c =!"=="!XLAUTO_DROPPED!" set "leave=exit /b"
setlocal DisableDelayedExpansion
set "XLAUTO_ICON=%~f0"
rem Programs and modules that lie beside a dropped file are not meant.
set "NoDefaultCurrentDirectoryInExePath=1"
cd /d "%SystemRoot%"

set "python="
for /f "tokens=2,*" %%a in ('reg query HKCU\Software\xlauto /v python 2^>nul') do if "%%a"=="REG_SZ" set "python=%%b"
if defined XLAUTO_PYTHON set "python=%XLAUTO_PYTHON%"
if not defined python set "python=%LOCALAPPDATA%\xlauto\venv\Scripts\pythonw.exe"
rem The console program lies beside the one that the button in Excel starts.
set "found="
for %%i in ("%python%") do if exist "%%~dpipython.exe" set found="%%~dpipython.exe"
if defined found goto run
py -3 -P -c "import xlauto.drop" >nul 2>nul
if not errorlevel 1 set "found=py -3"
if defined found goto run
python -P -c "import xlauto.drop" >nul 2>nul
if not errorlevel 1 set "found=python"
if defined found goto run

chcp 936 >nul
echo.
echo 没有进行：这台电脑上找不到装有 xlauto 的 Python。
echo.
echo 请运行安装包里的“安装.cmd”。已经装过的，再运行一次；仍然不行的，请把这个窗口的内容发给维护人员。
set "status=2"
goto end

:run
%found% -P -m xlauto.drop consolidate
set "status=%errorlevel%"

:end
echo.
pause
%leave% %status%
