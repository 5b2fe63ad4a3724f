#!/usr/bin/env bash
# Brings the Chromium in which the tests open the pages: Debian's package, unless there is one already.
# CHROMIUM in the environment names another.
set -euo pipefail

WANTED=(chromium fonts-dejavu-core)

fail() {
  echo "The tests open pages in Chromium, but $1: install the packages ${WANTED[*]}, or name a Chromium in CHROMIUM." >&2
  exit 1
}

apt() {
  "${AS_ROOT[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 \
    -o Acquire::Retries=2 -o Acquire::http::Timeout=30 "$@" < /dev/null > "$LOG" 2>&1
}

if command -v "${CHROMIUM:-chromium}" > /dev/null; then exit 0; fi
[[ -z ${CHROMIUM:-} ]] || fail "CHROMIUM names one that is not there"
command -v apt-get > /dev/null || fail "this machine has neither it nor apt-get"
AS_ROOT=()
if [[ $(id -u) != 0 ]]; then
  sudo -n true 2> /dev/null || fail "only root can install it here"
  AS_ROOT=(sudo -n)
fi

echo "Installing Debian's Chromium for the tests; the first time this takes about a minute."
LOG=$(mktemp)
trap 'rm -f "$LOG"' EXIT
# Lists of packages that are missing or old are brought up to date only when they are in the way.
apt install --yes --no-install-recommends "${WANTED[@]}" \
  || { apt update && apt install --yes --no-install-recommends "${WANTED[@]}"; } \
  || fail "apt-get could not install it ($(grep -m 1 '^E:' "$LOG" || tail -n 1 "$LOG"))"
command -v chromium > /dev/null || fail "the package chromium of this system does not bring it"
