#!/usr/bin/env bash
# What the tests use besides Python: Chromium (the journey), PostgreSQL (migrations on both engines), Java and npm (the
# Nu HTML checker). Installed by apt where we may; otherwise one line says what is missing and those tests are skipped.
# Where CI is "true" nothing is skipped: the tests themselves then fail (tests/missing.py).
set -u

jar=.cache/vnu/node_modules/vnu-jar/build/dist/vnu.jar
missing=()
command -v chromium >/dev/null || missing+=(chromium fonts-liberation chromium-headless-shell) # the last is quicker
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
command -v java >/dev/null || missing+=(default-jre-headless)
[ -f "$jar" ] || command -v npm >/dev/null || missing+=(npm)

install() { # with the rights that are given: `env` as root, `sudo -n` otherwise
  "$@" apt-get update -qq || echo "apt-get update failed; trying with the lists at hand."
  for package in "${missing[@]}"; do # Debian's npm recommends compilers and more, which nobody here needs
    "$@" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null ||
      echo "apt could not install $package: what needs it is skipped."
  done
}

if [ ${#missing[@]} -gt 0 ]; then
  if ! command -v apt-get >/dev/null; then
    echo "Some tests are skipped: install ${missing[*]} to run them."
  elif [ "$(id -u)" = 0 ]; then
    echo "Installing for the tests: ${missing[*]}"
    install env
  elif sudo -n true 2>/dev/null; then
    echo "Installing for the tests: ${missing[*]}"
    install sudo -n
  else
    echo "Some tests are skipped; to run them: sudo apt-get install ${missing[*]}"
  fi
fi

if [ ! -f "$jar" ] && command -v java >/dev/null && command -v npm >/dev/null; then
  npm install --silent --no-save --no-audit --no-fund --ignore-scripts --prefix .cache/vnu vnu-jar@26.9.27 ||
    echo "The HTML checker is skipped: npm could not fetch vnu-jar."
fi
exit 0
