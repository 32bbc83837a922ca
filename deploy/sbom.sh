#!/usr/bin/env bash
# Write the bill of materials of the image's Python packages: CycloneDX 1.6, JSON.
#
# usage: deploy/sbom.sh FILE
#
# It is made of the lock, so every package has its version and hashes; the same lock
# gives the same bytes. deploy/tools.sh installs what makes it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[ "$#" -eq 1 ] || { printf 'usage: deploy/sbom.sh FILE\n' >&2; exit 2; }
build/deploy-tools/bin/cyclonedx-py requirements --pyproject pyproject.toml \
  --mc-type application --output-reproducible --spec-version 1.6 \
  --output-format JSON --output-file "$1" requirements/run.txt
