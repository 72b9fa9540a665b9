#!/usr/bin/env bash
# Whether builds agree on scenarios that nobody wrote: runs the same seeds once with each binary, and compares what they came
# to. Usage: tools/explored_digests.sh SEEDS TORPOR [TORPOR ...]
set -euo pipefail

[ $# -ge 2 ] || { echo "usage: tools/explored_digests.sh SEEDS TORPOR [TORPOR ...]" >&2; exit 2; }
seeds=$1
shift
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

first=$1
expected=""
for torpor in "$@"; do
  rm -f "$folder/this.sqlite"
  "$torpor" explore --once --seeds "1..$seeds" --db "$folder/this.sqlite" --save "$folder/failures" >"$folder/out" ||
    { cat "$folder/out" >&2; exit 1; }
  digest=$(sed -n 's/^digest *//p' "$folder/out")
  if [ -z "$expected" ]; then
    expected=$digest
    mv "$folder/this.sqlite" "$folder/first.sqlite"
  elif [ "$digest" != "$expected" ]; then
    echo "seeds 1..$seeds: $torpor comes to $digest, $first to $expected" >&2
    "$first" merge "$folder/first.sqlite" "$folder/this.sqlite" | grep "^not deterministic" | head -n 5 >&2 || true
    echo "where a seed's runs part: $first bisect seed:N --other $torpor" >&2
    exit 1
  fi
done
echo "seeds 1..$seeds: $expected"
