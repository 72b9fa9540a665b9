#!/usr/bin/env bash
# For each planted fault: exploration finds it, makes it small, and the saved file shows it again, one command each; without
# the fault the same file shows nothing. Takes a torpor that has mutants (presets dev, asan, clang).
# Usage: tools/planted_faults.sh TORPOR [MUTANT...]
set -euo pipefail

torpor=$1
shift
mutants=("$@")
if [ ${#mutants[@]} -eq 0 ]; then
  mutants=(
    waking-message-lost waking-message-twice message-sent-twice sent-backwards attachment-lost-asleep tags-lost-asleep
    auto-response-lost-asleep timeout-lost-asleep alarm-lost-asleep storage-lost-asleep memory-survives
    reset-spares-one reset-keeps-auto-response message-leaves-before-write order-lost-asleep refused-attachment-clears transaction-kept
    list-oldest-first list-outlives-its-run hibernation-seen ping-wakes drop-is-clean reason-lost blocked-takes-events timer-does-not-hold
  )
fi
steps_max=20
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

fail() {
  echo "planted fault $1: $2" >&2
  exit 1
}

for mutant in "${mutants[@]}"; do
  found=""
  for from in 1 501 1001 1501 2001 2501; do
    "$torpor" explore --seeds "$from..$((from + 499))" --mutant "$mutant" --save "$folder/$mutant" >/dev/null && continue
    found=$(find "$folder/$mutant" -name 'seed-*.json' | sort -V | head -n 1)
    break
  done
  [ -n "$found" ] || fail "$mutant" "not found in 3000 seeds"
  minimal=$folder/$mutant.json
  "$torpor" shrink "$found" --mutant "$mutant" -o "$minimal" >"$folder/shrunk" || fail "$mutant" "$(cat "$folder/shrunk")"
  steps=$(grep -c '"do":' "$minimal")
  [ "$steps" -le "$steps_max" ] || fail "$mutant" "$steps steps are left, more than $steps_max"
  if "$torpor" explore "$minimal" --mutant "$mutant" >/dev/null; then fail "$mutant" "the minimal scenario does not show it"; fi
  "$torpor" explore "$minimal" >/dev/null || fail "$mutant" "the minimal scenario fails without the fault, too"
  printf '%-28s found by %-16s  %2d steps\n' "$mutant" "$(basename "$found" .json)" "$steps"
done
