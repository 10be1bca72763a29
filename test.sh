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

# The error page is looked at in a real browser; without one that test is skipped
if [ "$(uname -s)" = Linux ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && ! command -v chromium >/dev/null; then
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } >/dev/null 2>&1 || true
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

for project in tests/*/*.csproj; do
  name=$(basename "$project" .csproj)
  echo "== $name"
  log="$results/$name.log"
  dotnet test "$project" -c Release --no-build --nologo -v minimal >"$log" 2>&1
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
done

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
