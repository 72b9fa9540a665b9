#!/usr/bin/env bash
# Whether builds agree on scenarios that nobody wrote: explores the same seeds with each binary, each seed twice, and compares
# what it came to. Usage: tools/explored_digests.sh SEEDS TORPOR [TORPOR ...]
set -euo pipefail

[ $# -ge 2 ] || { echo "usage: tools/explored_digests.sh SEEDS TORPOR [TORPOR ...]" >&2; exit 2; }
seeds=$1
shift
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

expected=""
for torpor in "$@"; do
  "$torpor" explore --seeds "1..$seeds" --save "$folder/failures" >"$folder/out" || { cat "$folder/out" >&2; exit 1; }
  digest=$(sed -n 's/^digest *//p' "$folder/out")
  expected=${expected:-$digest}
  if [ "$digest" != "$expected" ]; then
    echo "seeds 1..$seeds: $torpor comes to $digest, the first to $expected" >&2
    exit 1
  fi
done
echo "seeds 1..$seeds: $expected"
