#!/usr/bin/env bash
# Whether builds agree: certifies the simulator with random networks under several seeds, twice with each binary, and
# compares the digests over everything that happened. Usage: tools/digests.sh SEEDS TORPOR [TORPOR ...]
set -euo pipefail

[ $# -ge 2 ] || { echo "usage: tools/digests.sh SEEDS TORPOR [TORPOR ...]" >&2; exit 2; }
seeds=$1
shift
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Cases of many megabytes add minutes without sanitizers' help, and nothing to what is compared.
digest_of() {
  local run=("$1" certify sim --profile "$3" --network random --seed "$2" --filter 'close/*' --filter 'hibernation/*'
    --filter 'attachments/*' --filter 'ping/*' --filter 'tags/*' --filter 'deflate/*')
  "${run[@]}" --json >"$folder/report" || { "${run[@]}" | grep -A 20 '^fail' >&2; return 1; }
  grep -o '"digest":"[0-9a-f]\{32\}"' "$folder/report" | sort | sha256sum | cut -c1-32
}

for profile in parity documented rfc6455; do
  for seed in $(seq 1 "$seeds"); do
    expected=""
    for torpor in "$@"; do
      for run in 1 2; do
        digest=$(digest_of "$torpor" "$seed" "$profile")
        expected=${expected:-$digest}
        if [ "$digest" != "$expected" ]; then
          echo "seed $seed, profile $profile, run $run of $torpor: digest $digest, expected $expected" >&2
          exit 1
        fi
      done
    done
    echo "seed $seed, profile $profile: $expected"
  done
done
