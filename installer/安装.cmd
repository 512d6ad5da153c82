@echo off
rem Sets xlauto up for this user: no network, no administrator. Python {oldest} to {newest}, 64-bit, is looked for, or installed
rem from a python-3.*-amd64.exe that lies beside this file. Made from installer/ by make wheelhouse.
setlocal EnableExtensions DisableDelayedExpansion
chcp 936 >nul
rem A folder on a server cannot be the current one; programs beside this file are only run by their full path.
set "here=%~dp0"
set "NoDefaultCurrentDirectoryInExePath=1"
cd /d "%SystemRoot%"
set "PYTHONHOME="
set "PYTHONPATH="
set "suits=import sys; sys.exit(not ({oldest_tuple} <= sys.version_info[:2] <= {newest_tuple} and sys.maxsize > 2**32))"
set "home=%LOCALAPPDATA%\xlauto"
set "status=2"
echo xlauto 安装：只为当前用户，不需要网络和管理员权限。
echo.
if not defined LOCALAPPDATA goto nowhere
if not exist "%here%wheels\requirements.txt" goto incomplete

set "python="
call :search
if defined python goto found
set "setup="
for /f "delims=" %%i in ('dir /b "%here%python-3.*-amd64.exe" 2^>nul') do set "setup=%here%%%i"
if not defined setup goto missing
echo 正在安装Python，请稍候……
start "" /wait "%setup%" /quiet InstallAllUsers=0 PrependPath=0 Include_test=0 Include_doc=0 InstallLauncherAllUsers=0
call :search
if not defined python goto missing

:found
echo 使用：%python%
echo 正在安装程序，约需一分钟……
%python% -m venv --clear "%home%\venv"
if errorlevel 1 goto failed
set own="%home%\venv\Scripts\python.exe"
%own% -m pip --isolated --disable-pip-version-check install --quiet --no-index --find-links "%here%wheels" --require-hashes -r "%here%wheels\requirements.txt"
if errorlevel 1 goto failed
rem A finance bureau's own schemes travel beside this file.
if exist "%here%schemes" xcopy "%here%schemes" "%home%\schemes" /e /i /y /q >nul
if errorlevel 1 goto failed
echo.
%own% -P -m xlauto excel install
if errorlevel 1 goto end
echo.
echo 检查：
%own% -P -m xlauto excel doctor
set "status=0"
goto end

:nowhere
echo 没有安装：找不到用户的数据文件夹（LOCALAPPDATA）。
goto end
:incomplete
echo 没有安装：旁边没有 wheels 文件夹。请先把压缩包整个解压，再运行解压出来的“安装.cmd”。
goto end
:missing
echo 没有安装：这台电脑上没有64位的Python {oldest}至{newest}。
echo 请把 python.org 的Windows安装程序（文件名如 python-{newest}.1-amd64.exe）放到“安装.cmd”旁边，再运行一次；
echo 32位的Windows和Windows 7不能安装，见“说明”文件夹里的“安装.html”。
goto end
:failed
echo.
echo 没有装好，原因见上。请先关闭Excel再运行一次；提到HASHES的，是文件在拷贝中损坏，请重新拷贝。
goto end

:end
echo.
pause
exit /b %status%

:search
for %%v in ({versions}) do if not defined python call :try "py -%%v"
if not defined python call :try "python"
for %%v in ({folders}) do if not defined python call :own %%v
exit /b

:try
%~1 -c "%suits%" >nul 2>nul
if not errorlevel 1 set "python=%~1"
exit /b

rem Where the installer of Python puts it for one user, before the search path knows.
:own
set candidate="%LOCALAPPDATA%\Programs\Python\Python%1\python.exe"
if not exist %candidate% exit /b
%candidate% -c "%suits%" >nul 2>nul
if not errorlevel 1 set python=%candidate%
exit /b
