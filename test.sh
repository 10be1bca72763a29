#!/usr/bin/env bash
# Builds everything with warnings as errors, runs every test suite, publishes the sample with NativeAOT and talks to it.
# Sets up what it can (the linker that NativeAOT needs, on Debian and Ubuntu as root); what is still missing is skipped by name.
# The last line is the sum over all suites: N passed, N failed.
set -uo pipefail
cd "$(dirname "$0")"

# CI=true also here: the build is then the deterministic one, whose recorded paths are rewritten
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1 CI=true

if ! command -v dotnet >/dev/null; then
  echo "The .NET SDK 10.0 or later is needed: https://dotnet.microsoft.com/download" >&2
  exit 1
fi

# NativeAOT links with clang or gcc, and with zlib
if [ "$(uname -s)" = Linux ] && ! { command -v clang >/dev/null || command -v gcc >/dev/null; }; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && apt-get install -y -qq clang zlib1g-dev >/dev/null
  fi
fi
if [ "$(uname -s)" = Linux ] && [ ! -e /usr/include/zlib.h ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq && apt-get install -y -qq zlib1g-dev >/dev/null
fi

# Tests with real clients: a browser, proxies in front, other languages; and with databases. What is missing is skipped by name.
clients=
for tool in chromium nginx haproxy curl python3 redis-server; do
  PATH=$PATH:/usr/sbin command -v "$tool" >/dev/null || clients="$clients $tool"
done
command -v node >/dev/null || clients="$clients nodejs"
command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || clients="$clients postgresql"
python3 -c 'import websockets' 2>/dev/null || /usr/bin/python3 -c 'import websockets' 2>/dev/null || clients="$clients python3-websockets"
if [ -n "$clients" ] && [ "$(uname -s)" = Linux ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq >/dev/null 2>&1 || true

  # Proxies and databases are for the tests to start, not for the machine: Debian would start them once installed, unless this says no
  policy=/usr/sbin/policy-rc.d
  [ -e "$policy" ] && policy= || { printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy"; }

  # Each by itself, so that one which is not to be had does not keep the others away
  for package in $clients; do
    apt-get install -y -qq --no-install-recommends "$package" >/dev/null 2>&1 || true
  done
  [ -z "$policy" ] || rm -f "$policy"
fi

# The WebSocket of most programs for Node.js, which Debian has old or not at all
if command -v npm >/dev/null && [ ! -d artifacts/clients/node_modules/ws ]; then
  npm install --no-save --ignore-scripts --no-audit --no-fund --prefix artifacts/clients ws@8 >/dev/null 2>&1 || true
fi

results=artifacts/test-results
rm -rf "$results"
mkdir -p "$results"

passed=0 failed=0

echo "== build"
if ! dotnet build Framework.sln -c Release --nologo -v quiet -clp:NoSummary; then
  echo "the build failed"
  echo "0 passed, 1 failed"
  exit 1
fi

# $1 project, $2 configuration, and what dotnet test is told besides
run() {
  local project=$1 configuration=$2 name log line code p f
  shift 2
  name=$(basename "$project" .csproj)
  [ "$configuration" = Release ] || name="$name ($configuration)"
  echo "== $name"
  log="$results/$name.log"
  dotnet test "$project" -c "$configuration" "$@" --nologo -v minimal >"$log" 2>&1
  code=$?

  # Passed!  - Failed:     0, Passed:   371, Skipped:     0, Total:   371, …
  line=$(grep -E '(Passed|Failed)! +- ' "$log" | tail -n 1)
  p=$(sed -n 's/.*Passed: *\([0-9]*\).*/\1/p' <<<"$line")
  f=$(sed -n 's/.*Failed: *\([0-9]*\).*/\1/p' <<<"$line")
  passed=$((passed + ${p:-0}))
  failed=$((failed + ${f:-0}))

  if [ "$code" != 0 ] || [ -z "$line" ]; then
    [ "${f:-0}" = 0 ] && failed=$((failed + 1))
    cat "$log"
  else
    echo "$line"
    grep -E '\[SKIP\]' "$log" || true
  fi
}

for project in tests/*/*.csproj; do
  run "$project" Release --no-build
done

# Debug builds have guards: buffers are overwritten when they go back, each step of an exchange is checked, turns do not nest
run tests/Conformance/Conformance.Tests.csproj Debug

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
