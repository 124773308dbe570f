#!/usr/bin/env bash
# Pins every dependency with its hashes. Run it after a change to pyproject.toml; it needs uv.
set -euo pipefail
cd "$(dirname "$0")/.."
pin() {
    uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
        --no-header --python-version 3.11 "$@" pyproject.toml
}
pin --extra local --extra demo --output-file requirements/run.txt
pin --extra local --extra demo --extra browser --extra telemetry --group dev \
    --constraint requirements/run.txt --output-file requirements/develop.txt
uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
    --no-header --python-version 3.11 --group pyproject.toml:build \
    --constraint requirements/run.txt --output-file requirements/build.txt
uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
    --no-header --python-version 3.11 --group pyproject.toml:dashboard \
    --constraint requirements/develop.txt --output-file requirements/dashboard.txt
