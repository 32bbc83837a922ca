#!/usr/bin/env bash
# Make a checkout ready to run: .venv/ with locked dependencies, Java, Kafka's jars.
#
# usage: deploy/setup.sh [dev|train]
#
# `dev` is everything that the demo and the tests need; `train` adds Stanza, torch and
# what else training models, and comparing the engine with them, needs. Runs that find nothing to do take a fraction of a second. pip's own
# settings (PIP_* variables, pip.conf) hold for every download of Python packages,
# Maven's settings for the jars.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly lock="requirements/${1:-dev}.txt"
case "${1:-dev}" in train) readonly download="3 GB" ;; *) readonly download="110 MB" ;; esac
readonly python=.venv/bin/python
readonly stamp=.venv/.khabar-setup
log=$(mktemp)
ticker=
stop_ticker() { [ -z "$ticker" ] || kill "$ticker" 2>/dev/null || true; ticker=; }
trap 'stop_ticker; rm -f "$log"' EXIT

say() { printf 'setup: %s\n' "$*" >&2; }
fail() {
  printf 'setup: FAILED: %s\n       to do: %s\n' "$1" "$2" >&2
  exit 1
}

# One line per step, with its seconds: rewritten each second on a terminal, and
# repeated every 15 s elsewhere, so that nobody wonders whether it hangs.
tick() {
  local seconds=0
  while sleep 1; do
    seconds=$((seconds + 1))
    if [ -t 2 ]; then
      printf '\rsetup: %s … %d s ' "$1" "$seconds" >&2
    elif [ $((seconds % 15)) -eq 0 ]; then
      say "$1 … $seconds s"
    fi
  done
}

# step TITLE WHAT-TO-DO-WHEN-IT-FAILS COMMAND...
step() {
  local title=$1 advice=$2 begun=$SECONDS status=0
  shift 2
  [ -t 2 ] || say "$title …"
  tick "$title" 9<&- &
  ticker=$!
  "$@" >"$log" 2>&1 </dev/null || status=$?
  stop_ticker
  [ ! -t 2 ] || printf '\r\033[K' >&2
  if [ "$status" -ne 0 ]; then
    tail -n 20 "$log" | sed 's/^/    /' >&2
    fail "$title (exit status $status)" "$advice"
  fi
  say "$title: done in $((SECONDS - begun)) s"
}

# Install Debian packages, or say how.
debian() {
  local advice="apt-get update && apt-get install $*"
  command -v apt-get >/dev/null ||
    fail "$* missing, and this system has no apt-get" \
      "install the equivalent of Debian's $* and run this again"
  [ "$(id -u)" -eq 0 ] ||
    fail "$* missing, and only root can install it" "sudo sh -c '$advice'"
  step "installing $* with apt-get" "look at the lines above, then: $advice" \
    env DEBIAN_FRONTEND=noninteractive sh -c '
      apt-get update -qq && apt-get install -qq -y --no-install-recommends "$@"' sh "$@"
}

find_python() {
  local candidate
  for candidate in ${PYTHON:-python3 python3.11 python3.12}; do
    if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' \
      2>/dev/null; then
      printf '%s\n' "$candidate"
      return
    fi
  done
  fail "no Python 3.11 or 3.12 found" \
    "install Python 3.11, or name one: make setup PYTHON=/path/to/python3.11"
}

venv_works() { "$python" -c 'import pip' 2>/dev/null; }

# uv does not read pip's settings: hand them on, unless uv has its own.
pip_setting() {
  sed -nE "s/^(:env:|install|global)\.$1='(.*)'\$/\2/p" <<<"$pip_settings" | head -n 1
}
hand_on() { # UV-VARIABLE PIP-SETTING [SEPARATOR]
  local value
  value=$(pip_setting "$2" | sed -E "s/(\\\\n| )+/${3:- }/g")
  if [ -n "$value" ] && [ -z "${!1:-}" ]; then export "$1=$value"; fi
}
use_pip_settings() {
  local pip_settings
  # pip lists files before the environment, which wins
  pip_settings=$("$python" -m pip config list 2>/dev/null | sort || true)
  hand_on UV_DEFAULT_INDEX index-url
  hand_on UV_INDEX extra-index-url
  hand_on UV_FIND_LINKS find-links ,
  hand_on UV_INSECURE_HOST trusted-host
  hand_on UV_HTTP_TIMEOUT default-timeout
  hand_on UV_HTTP_TIMEOUT timeout
  hand_on SSL_CERT_FILE cert
  # as Debian's pip does, which so trusts what a company adds
  if [ -s /etc/ssl/certs/ca-certificates.crt ]; then
    export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-1}"
  fi
}

readonly network="check the network and pip's settings (pip config list), then run this again"

# What the installed set depends on. A training set holds all of the other.
fingerprint() {
  local set=$1
  shift
  { pwd; cat pyproject.toml requirements/uv.txt "$set" "$@"; } | sha256sum
}

install_packages() {
  venv_works || step "making .venv" "remove .venv and run this again" \
    "$(find_python)" -m venv --clear .venv
  step "installing uv" "$network" \
    "$python" -m pip install --disable-pip-version-check --require-hashes --no-deps \
    -r requirements/uv.txt
  use_pip_settings
  step "installing $(grep -c '^[a-z0-9]' "$1") Python packages (up to $download the first time)" \
    "$network" \
    .venv/bin/uv pip sync --python "$python" --require-hashes "$@"
  # hatchling comes from the lock: an isolated build would fetch one without a hash
  step "installing khabar itself" "run: .venv/bin/uv pip check --python $python" \
    .venv/bin/uv pip install --python "$python" --no-deps --no-build-isolation \
    --no-index --reinstall-package khabar -e .
}

packages_are_there() {
  local set
  [ -x .venv/bin/khabar ] && [ -f "$stamp" ] || return 1
  for set in "$lock" requirements/train.txt; do
    [ "$(fingerprint "$set" "$@")" != "$(cat "$stamp")" ] || return 0
  done
  return 1
}

# Maven brings Kafka's jars, and on Debian a Java runtime with it.
jars_are_there() { "$python" -m workers.devkit.kafka_broker --is-prepared 2>/dev/null; }
java_works() { "${JAVA_HOME:+$JAVA_HOME/bin/}java" -version >/dev/null 2>&1; }

[ -f "$lock" ] || fail "no lock file $lock" "name a set that exists: dev or train"
exec 9<pyproject.toml # two set-ups at once wait for each other
if command -v flock >/dev/null; then flock 9; fi

missing=()
if ! venv_works; then
  base=$(find_python)
  "$base" -c 'import ensurepip, venv' 2>/dev/null ||
    missing+=("$("$base" -c 'import sys; print("python3.%d-venv" % sys.version_info[1])')")
fi
if ! command -v mvn >/dev/null && ! jars_are_there; then
  missing+=(maven default-jre-headless)
fi
if [ "${#missing[@]}" -gt 0 ]; then debian "${missing[@]}"; fi

java_lock=()
if ! java_works; then java_lock=(requirements/java.txt); fi
if ! packages_are_there "${java_lock[@]}"; then
  rm -f "$stamp"
  install_packages "$lock" "${java_lock[@]}"
  fingerprint "$lock" "${java_lock[@]}" >"$stamp"
fi
if ! jars_are_there; then
  step "fetching Kafka's jars with Maven (44 MB)" \
    "check the network and Maven's settings (~/.m2/settings.xml), then run this again" \
    "$python" -m workers.devkit.kafka_broker --prepare
fi
say "ready: .venv/bin/khabar --help"
