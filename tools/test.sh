#!/usr/bin/env bash
# From nothing to a verdict on Torpor itself: installs what is missing, builds, and passes every test: the whole suite with
# optimisation (real workerd and real clients included), the suite without real servers under the sanitizers, the
# same digests from both compilers, and a failing case for every fault that is planted in the model.
set -euo pipefail
cd "$(dirname "$0")/.."

tools/setup.sh

step() { printf '\n== %s\n' "$1"; }

step "clang, -O3: the command"
cmake --preset clang >/dev/null
cmake --build --preset clang --target torpor -- --quiet

step "clang, -O0, AddressSanitizer and UndefinedBehaviorSanitizer"
cmake --preset asan >/dev/null
cmake --build --preset asan -- --quiet
ctest --preset asan --quiet --output-log build/asan/ctest.log || { cat build/asan/ctest.log; exit 1; }
tail -n 3 build/asan/ctest.log

step "gcc, -O3: everything, the real workerd and real clients included"
cmake --preset release >/dev/null
cmake --build --preset release -- --quiet
cmake --build --preset release --target all_verify_interface_header_sets -- --quiet

step "the same digests from every build"
tools/digests.sh 1 build/release/torpor build/clang/torpor
tools/explored_digests.sh 10000 build/release/torpor build/clang/torpor build/asan/torpor

step "the catalogue kills every mutant of the model"
build/clang/torpor mutants --by catalogue >build/clang/mutants.txt ||
  { grep -A3 '^survived' build/clang/mutants.txt; exit 1; }
if grep -A3 '^killed elsewhere' build/clang/mutants.txt; then exit 1; fi
tail -n 1 build/clang/mutants.txt

step "exploration finds planted faults, makes them small and shows them again"
tools/planted_faults.sh build/clang/torpor

step "the whole suite"
ctest --preset release
