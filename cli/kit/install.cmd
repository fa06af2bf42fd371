@echo off
rem Finds a Python and runs install.py; nothing is fetched from a network.
setlocal
set PYTHONUTF8=1
chcp 65001 >nul
py -3 -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>nul && (py -3 "%~dp0install.py" %* & goto end)
python -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>nul && (python "%~dp0install.py" %* & goto end)
for %%f in ("%~dp0python-3*.exe") do (
  echo Python: "%%f"
  "%%f" /passive InstallAllUsers=0 PrependPath=1 Include_launcher=1
  py -3 "%~dp0install.py" %*
  goto end
)
echo Python 3.11 or newer is needed. Put the installer python-3.xx.exe beside this file and open it again.
:end
pause
