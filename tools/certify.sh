#!/usr/bin/env bash
# From nothing to a verdict: installs what is missing, builds, certifies the reference server and the real workerd side by
# side, prints the table and writes one page. Further arguments go to `torpor certify`.
set -euo pipefail
cd "$(dirname "$0")/.."

tools/setup.sh
cmake --preset release >/dev/null
cmake --build --preset release --target torpor -- --quiet
status=0
build/release/torpor certify sim workerd --profile parity --html torpor-report.html --results torpor-results.jsonl "$@" || status=$?
echo "the page: torpor-report.html   the results: torpor-results.jsonl   exit code: $status"
exit $status
