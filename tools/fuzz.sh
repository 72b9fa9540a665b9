#!/usr/bin/env bash
# Fuzzes the codec (also against Boost.Beast), the reference server and the readers of files with libFuzzer, under the sanitizers.
# Installs and builds what is missing. Usage: tools/fuzz.sh [SECONDS [NAME...]]   (60 seconds each; frames beast server files)
# What it finds is in build/fuzz/findings/NAME; build/fuzz/fuzz_NAME FILE shows it again. What it has learned is kept in
# build/fuzz/corpus, for the next time.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-60}
[[ $seconds =~ ^[1-9][0-9]*$ ]] || { echo "usage: tools/fuzz.sh [SECONDS [NAME...]]" >&2; exit 2; }
names=("${@:2}")
[ ${#names[@]} -gt 0 ] || names=(frames beast server files)

tools/setup.sh
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz --target torpor_fuzzers -- --quiet

# A kind of file is chosen by the first octet (tools/fuzz/files.cc).
seed_files() {
  local kind=$1 file
  shift
  for file in "$@"; do
    { printf "\\x0$kind"; head -c 20000 "$file"; } >"build/fuzz/seeds/files/$kind-$(basename "$(dirname "$file")")-$(basename "$file")"
  done
}
mkdir -p build/fuzz/seeds/{frames,beast,server,files}
seed_files 0 traces/*/close.*.jsonl
seed_files 2 conformance/catalogue/*/*.json
seed_files 3 tools/samples/*/wrangler.jsonc
seed_files 4 tools/samples/*/wrangler.toml

found=0
for name in "${names[@]}"; do
  [ -x "build/fuzz/fuzz_$name" ] || { echo "tools/fuzz.sh: there is no fuzzer $name: frames, beast, server, files" >&2; exit 2; }
  mkdir -p "build/fuzz/corpus/$name" "build/fuzz/findings/$name"
  if "build/fuzz/fuzz_$name" -max_total_time="$seconds" -max_len=4096 -timeout=20 -rss_limit_mb=4096 -print_final_stats=1 \
    -artifact_prefix="build/fuzz/findings/$name/" "build/fuzz/corpus/$name" "build/fuzz/seeds/$name" >"build/fuzz/$name.log" 2>&1; then
    echo "$name: $(sed -n 's/^stat::number_of_executed_units: *//p' "build/fuzz/$name.log") inputs, nothing found"
  else
    found=1
    grep -E '^(torpor|beast|does not hold|SUMMARY|.*runtime error|artifact_prefix)' "build/fuzz/$name.log" || tail -n 20 "build/fuzz/$name.log"
    echo "$name: found something; build/fuzz/$name.log has all of it"
  fi
done
exit $found
