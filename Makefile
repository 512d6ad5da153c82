# make demo needs python3 (3.11 or newer, with venv) and make; make test also wants npm and LibreOffice.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SOURCES := $(shell find xlauto workbooks macros -type f -not -name '*.pyc')
# A developer's editable install serves the demo too; who only wants the demo gets no test tools.
INSTALLED := $(if $(wildcard $(VENV)/.for-tests),$(VENV)/.for-tests,$(VENV)/.for-use)
# Debian's Python comes without venv; who may install it, gets it installed.
VENV_PACKAGE := { command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] && apt-get update -q && \
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends python3-venv; }
VALIDATOR := tests/node_modules/.package-lock.json

.DEFAULT_GOAL := help
.PHONY: help demo test lint templates bench pictures wheelhouse clean

help: ## 列出可用的命令
	@sed -nE 's/^([a-z]+):.*## (.*)/make \1@\2/p' $(MAKEFILE_LIST) | column -t -s@ 2>/dev/null \
	    || sed -nE 's/^([a-z]+):.*## (.*)/make \1  \2/p' $(MAKEFILE_LIST)

demo: $(INSTALLED) ## 在 demo-out/ 生成样例单位的工作簿、逐个计算并汇总
	$(BIN)/xlauto demo demo-out

test: $(VENV)/.for-tests $(VALIDATOR) ## 运行全部测试（PYTEST_ARGS=… 传给 pytest）
	$(BIN)/python -m pytest -n auto --dist loadfile $(PYTEST_ARGS)

lint: $(VENV)/.for-tests ## 代码检查：ruff 与 mypy
	$(BIN)/ruff check xlauto tests benchmarks docs installer
	$(BIN)/mypy

templates: $(VENV)/.for-tests ## 由 workbooks/ 的 YAML 重建全部模板
	$(BIN)/python -m xlauto scheme build --all

bench: $(VENV)/.for-tests ## 测量启动、读取、处理的速度，与通常的做法相比
	$(BIN)/python benchmarks/startup.py $(FILE)
	$(BIN)/python benchmarks/reading.py
	$(BIN)/python benchmarks/pipeline.py
	PYTHONPATH=tests:tests/live $(BIN)/python benchmarks/live.py

pictures: $(VENV)/.for-tests ## 重做 README 和手册里的图片（需要 LibreOffice）
	$(BIN)/python docs/pictures/make.py

wheelhouse: $(VENV)/.for-tests ## 在 wheelhouse/ 做离线安装包：64位Windows，不需要网络（做的时候需要）
	$(BIN)/python -m pip install --quiet -e '.[wheelhouse]'
	$(BIN)/python installer/wheelhouse.py wheelhouse

clean: ## 删除本文件生成的一切
	rm -rf $(VENV) tests/node_modules demo-out wheelhouse build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "xlauto 需要 Python 3.11 或更高版本，$(PYTHON) 不存在或版本过低。请指定：make PYTHON=python3.11 …"; \
	    echo "xlauto needs Python 3.11 or newer. Name one with: make PYTHON=python3.11 ..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || $(VENV_PACKAGE) || { \
	    echo "缺少 venv：请先运行 sudo apt-get install python3-venv"; \
	    echo "Python has no venv here: run  sudo apt-get install python3-venv  first"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.for-use: $(VENV)/.made pyproject.toml $(SOURCES)
	$(BIN)/python -m pip install --quiet .
	@touch $@

$(VENV)/.for-tests: $(VENV)/.made pyproject.toml
	$(BIN)/python -m pip install --quiet -e '.[test]'
	@touch $@

$(VALIDATOR): tests/package.json tests/package-lock.json
	@if command -v npm >/dev/null; then npm ci --prefix tests && touch $@; \
	else echo "没有 npm：跳过用 Open XML 校验文件的测试"; fi
