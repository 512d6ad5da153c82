@echo off
rem Takes away what the set-up has put: the button, the icons, the program. Python stays. Made from installer/.
setlocal EnableExtensions DisableDelayedExpansion
chcp 936 >nul
set "NoDefaultCurrentDirectoryInExePath=1"
cd /d "%SystemRoot%"
set "home=%LOCALAPPDATA%\xlauto"
set "status=2"
if not defined LOCALAPPDATA goto end
if not exist "%home%\venv\Scripts\python.exe" goto absent
echo 将删除xlauto的按钮、拖放图标、程序和它的日志、缓存；您的工作簿、Python和本地自己的套表（schemes）都不动。不想删除的，请关闭这个窗口。
pause
"%home%\venv\Scripts\python.exe" -P -m xlauto excel uninstall
if errorlevel 1 goto end
rem A bureau's own schemes stay: nobody may have another copy of them.
for /d %%d in ("%home%\*") do if /i not "%%~nxd"=="schemes" rmdir /s /q "%%d"
del /q "%home%\*" 2>nul
if exist "%home%\venv" goto busy
rmdir "%home%" 2>nul
echo 已卸载。
if exist "%home%\schemes" echo 本地自己的套表留在：%home%\schemes
set "status=0"
goto end

:absent
echo 没有装过，没有要删除的。
set "status=0"
goto end
:busy
echo 有文件正在使用，没有删完：%home%。请关闭Excel和命令行窗口后再运行一次。

:end
echo.
pause
exit /b %status%
