# shellcheck shell=bash
# Provides Kafka clients of other languages: kcat from the distribution, and Python's in a virtual
# environment in the user's cache. Sourced after lib.sh and packages.sh.
: "${checkout:?}" "${cache:?}"

foreign_clients="$cache/foreign-clients/$(sha256sum <"$checkout/tools/foreign-clients/requirements.txt" | cut -c 1-16)"

foreign_clients_install() {
  local work="$foreign_clients.partial"
  [[ ! -d $foreign_clients ]] || return 0
  say "Installing Kafka clients of Python (90 MB, once)"
  rm -rf -- "$work"
  mkdir -p "$(dirname "$work")"
  if ! python3 -m venv "$work" >/dev/null 2>&1; then
    install_packages "to test the issuer with Kafka clients of Python" python3-venv
    python3 -m venv "$work"
  fi
  "$work/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: \
    --requirement "$checkout/tools/foreign-clients/requirements.txt" ||
    fail "pip can't install the Kafka clients of Python" "The messages above say why."
  # Its scripts still contain the old path, but nothing runs them.
  mv -- "$work" "$foreign_clients"
}

# Installs missing clients, and sets the variable by which the tests find them.
ensure_foreign_clients() {
  have kcat || install_packages "to test the issuer with librdkafka's own client" kcat
  with_lock foreign-clients foreign_clients_install
  export FOREIGN_CLIENTS_PYTHON="$foreign_clients/bin/python"
}
