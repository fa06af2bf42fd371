#!/bin/sh
# Finds a Python and runs install.py; nothing is fetched from a network.
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd) || exit 1
for python in python3.13 python3.12 python3.11 python3; do
  if command -v "$python" >/dev/null && "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    exec "$python" "$here/install.py" "$@"
  fi
done
echo "需要 Python 3.11 或更新版本（以及 venv 模块）。Python 3.11 or newer is needed, with its venv module."
exit 2
