#!/usr/bin/env bash
# What the tests use besides Python: Chromium (the journey), PostgreSQL (migrations on both engines), Java (the Nu
# HTML checker). Installed by apt where we may; otherwise one line says what is missing and those tests are skipped.
set -u

missing=()
command -v chromium >/dev/null || missing+=(chromium fonts-liberation)
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
command -v java >/dev/null || missing+=(default-jre-headless)

if [ ${#missing[@]} -gt 0 ]; then
  if ! command -v apt-get >/dev/null; then
    echo "Some tests are skipped: install ${missing[*]} to run them."
  elif [ "$(id -u)" = 0 ]; then
    as_root=()
  elif sudo -n true 2>/dev/null; then
    as_root=(sudo -n)
  else
    echo "Some tests are skipped; to run them: sudo apt-get install ${missing[*]}"
  fi
  if [ -n "${as_root+set}" ]; then
    echo "Installing for the tests: ${missing[*]}"
    "${as_root[@]}" apt-get update -qq || echo "apt-get update failed; trying with the lists at hand."
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq "${missing[@]}" >/dev/null ||
      echo "Some tests are skipped: apt could not install ${missing[*]}."
  fi
fi

jar=.cache/vnu/node_modules/vnu-jar/build/dist/vnu.jar
if command -v java >/dev/null && [ ! -f "$jar" ]; then
  if command -v npm >/dev/null; then
    npm install --silent --no-save --no-audit --no-fund --ignore-scripts --prefix .cache/vnu vnu-jar@26.9.27 ||
      echo "The HTML checker is skipped: npm could not fetch vnu-jar."
  else
    echo "The HTML checker is skipped; to run it install npm."
  fi
fi
exit 0
