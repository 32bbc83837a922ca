#!/usr/bin/env bash
# Install the tools that check and try out deploy/.
#
# usage: deploy/tools.sh [python|containers|kube-score]
#
# `python`: those of requirements/deploy.txt (Helm, schemas, linters) into
# build/deploy-tools/, an environment of its own. `containers`: Debian's packages that
# build and run images (buildah, podman) and Prometheus with promtool and Alertmanager.
# `kube-score`: that program, built into build/kube-score/ where Go and its modules can
# be had; elsewhere one line says that it is left out. Runs that find nothing to do take
# a fraction of a second.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly tools=build/deploy-tools
readonly lock=requirements/deploy.txt
readonly kube_score=github.com/zegl/kube-score/cmd/kube-score@v1.20.0

say() { printf 'tools: %s\n' "$*" >&2; }
fail() {
  printf 'tools: FAILED: %s\n       to do: %s\n' "$1" "$2" >&2
  exit 1
}

python_tools() {
  [ -x .venv/bin/python ] || fail "there is no .venv" "make setup"
  local stamp=$tools/.installed wanted
  wanted=$({ pwd; cat "$lock"; } | sha256sum)
  if [ -x "$tools/bin/python" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
    return
  fi
  say "installing $(grep -c '^[a-z]' "$lock") packages into $tools (130 MB) …"
  .venv/bin/python -m venv --clear "$tools"
  "$tools/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps \
    --require-hashes --requirement "$lock" ||
    fail "pip could not install $lock" \
      "check the network and pip's settings (pip config list), then run this again"
  printf '%s\n' "$wanted" >"$stamp"
}

container_tools() {
  local missing=() package program
  # netavark and aardvark-dns: networks in which containers find each other by name
  for package in buildah podman:podman runc mmdebstrap netavark:/usr/lib/podman/netavark \
    aardvark-dns:/usr/lib/podman/aardvark-dns iptables catatonit \
    prometheus:promtool prometheus-alertmanager:amtool; do
    program=${package#*:}
    command -v "$program" >/dev/null || missing+=("${package%%:*}")
  done
  [ "${#missing[@]}" -gt 0 ] || return 0
  local advice="apt-get update && apt-get install --no-install-recommends ${missing[*]}"
  command -v apt-get >/dev/null ||
    fail "${missing[*]} missing, and this system has no apt-get" \
      "install the equivalent of Debian's packages and run this again"
  [ "$(id -u)" -eq 0 ] || fail "${missing[*]} missing" "sudo sh -c '$advice'"
  say "installing ${missing[*]} …"
  # no service of theirs is to start here
  export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
  { apt-get update -qq &&
    apt-get install -qq -y --no-install-recommends "${missing[@]}"; } >&2 ||
    fail "apt-get did not install them" "$advice"
}

kube_score() {
  local target=build/kube-score made
  [ ! -x "$target/kube-score" ] || return 0
  if ! command -v go >/dev/null; then
    say "no Go here: kube-score is left out"
    return
  fi
  say "building kube-score (minutes the first time) …"
  made=$(mktemp -d)
  # nothing of it is left outside of the checkout
  GOPATH=$made/path GOCACHE=$made/cache GOBIN=$PWD/$target GOTOOLCHAIN=local \
    GOFLAGS=-modcacherw go install "$kube_score" >"$made/log" 2>&1 ||
    say "kube-score is left out: $(tail -n 1 "$made/log")"
  rm -rf "$made"
}

case "${1:-python}" in
python) python_tools ;;
containers) container_tools ;;
kube-score) kube_score ;;
*) fail "there are no tools '$1'" "deploy/tools.sh python, containers or kube-score" ;;
esac
