#!/usr/bin/env bash
# Installs what a bare Debian 12 lacks to build, test and certify: Debian packages, and from npm the pinned workerd and the TypeScript compiler.
# Quiet when nothing is missing; may be run again at any time.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(
  g++ clang lld llvm cmake ninja-build clang-format git ca-certificates
  libboost1.81-dev libsqlite3-dev nlohmann-json3-dev libtomlplusplus-dev libcli11-dev libfmt-dev libxxhash-dev libjemalloc-dev
  libgtest-dev libgmock-dev librapidcheck-dev
  chromium # the interop tests talk to torpor serve with a real browser
)
command -v node >/dev/null || packages+=(nodejs)
command -v npm >/dev/null || packages+=(npm)

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
  [ "$status" = "install ok installed" ] || missing+=("$package")
done

if [ ${#missing[@]} -gt 0 ]; then
  as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || {
      echo "tools/setup.sh: these packages are missing, and neither root nor sudo is at hand: ${missing[*]}" >&2
      exit 1
    }
    as_root=(sudo)
  fi
  echo "installing: ${missing[*]}"
  "${as_root[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

# npm writes down what it installed; only a lock file that is newer has something to add.
if [ ! -e tools/node_modules/.package-lock.json ] || [ tools/package-lock.json -nt tools/node_modules/.package-lock.json ]; then
  echo "installing: workerd, typescript and ws (npm)"
  npm ci --prefix tools --no-audit --no-fund --loglevel=error >/dev/null
  touch tools/node_modules/.package-lock.json
fi
