#!/usr/bin/env bash
# The echo work (README.md) on Torpor, on other simulators and as a bare loop, one after the other. Installs what is missing.
# Usage: tools/bench/run.sh [TORPOR]; by default build/release/torpor.
set -euo pipefail
cd "$(dirname "$0")/../.."
torpor=${1:-build/release/torpor}
[ -x "$torpor" ] || { echo "$torpor is not there: cmake --preset release && ninja -C build/release torpor" >&2; exit 2; }

missing=()
for package in g++ libns3-dev python3 python3-simpy; do
  status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
  [ "$status" = "install ok installed" ] || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  echo "installing: ${missing[*]}" >&2
  "${as_root[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
g++ -std=c++20 -O3 -o "$out/heap_loop" tools/bench/heap_loop.cc
g++ -std=c++17 -O3 -o "$out/ns3_echo" tools/bench/ns3_echo.cc -lns3-core

# Each prints the number of messages and the seconds of CPU time.
torpor_echo() {
  "$torpor" bench "echo/$1" --json | sed 's/.*"cpu_seconds":\([0-9.e-]*\).*"messages":\([0-9]*\).*/\2 \1/'
}

for clients in 100 1000 10000; do
  echo "$clients clients"
  {
    echo "bare-heap-loop $("$out/heap_loop" "$clients")"
    echo "torpor $(torpor_echo "$clients")"
    echo "ns-3-heap $("$out/ns3_echo" "$clients" ns3::HeapScheduler)"
    echo "ns-3-map $("$out/ns3_echo" "$clients" ns3::MapScheduler)"
    echo "simpy $(/usr/bin/python3 tools/bench/simpy_echo.py "$clients")"
  } | awk '{ rate[NR] = $2 / $3; name[NR] = $1; seconds[NR] = $3; if ($1 == "torpor") torpor = $2 / $3 }
    END { for (i = 1; i <= NR; ++i) printf "  %-16s %12.0f messages/s  %8.3f s CPU  %8.2f times torpor\n", name[i], rate[i], seconds[i], rate[i] / torpor }'
done
