#!/usr/bin/env bash
# How many lines of the web layer samples/Conduit and its twin have, blank lines and comments left out. What both compile
# (Model, Store, Passwords, Settings, Tokens) counts for neither.
set -euo pipefail
cd "$(dirname "$0")"

# $1 folder, then the files in it that do not count
count() {
  local folder=$1
  shift
  local names=()
  for name in "$@"; do names+=(-not -name "$name"); done
  find "$folder" -maxdepth 1 -name '*.cs' "${names[@]}" -print0 | xargs -0 grep -hvE '^\s*(//.*)?$' | wc -l
}

ours=$(count ../../samples/Conduit Passwords.cs Settings.cs Tokens.cs)
theirs=$(count ConduitAspNet)
echo "samples/Conduit: $ours, ASP.NET Core: $theirs, ratio $(awk "BEGIN { printf \"%.2f\", $ours / $theirs }")"
