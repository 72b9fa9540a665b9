#!/usr/bin/env bash
# Formats every C++ file as .clang-format says; with --check it only names the lines that are not.
set -euo pipefail
cd "$(dirname "$0")/../.."
mode=(-i)
[ "${1:-}" != --check ] || mode=(--dry-run -Werror)
git ls-files -z --cached --others --exclude-standard '*.cc' '*.h' | xargs -0 -n 24 -P 2 clang-format "${mode[@]}"
