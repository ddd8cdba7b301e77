# shellcheck shell=bash
# Provides Groovy's compiler and the libraries of the nGrinder script, in the user's cache. Sourced
# after lib.sh and packages.sh.
: "${checkout:?}" "${cache:?}"

groovy_libs="$cache/groovy/$(sha256sum <"$checkout/tools/groovy/pom.xml" | cut -c 1-16)"

groovy_fetch() {
  local work="$groovy_libs.partial"
  [[ ! -d $groovy_libs ]] || return 0
  if ! have mvn; then
    as_root mkdir -p /usr/share/man/man1
    install_packages "to fetch Groovy's compiler" maven
  fi
  say "Fetching Groovy's compiler (28 MB, once)"
  rm -rf -- "$work"
  mvn -B -q -C "-Dmaven.repo.local=$work/repository" -f "$checkout/tools/groovy/pom.xml" \
    org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
    -DincludeScope=runtime "-DoutputDirectory=$work/libs" >&2 || fail "Maven can't fetch Groovy's compiler" "The messages above say why."
  mkdir -p "$(dirname "$groovy_libs")"
  mv -- "$work/libs" "$groovy_libs"
  rm -rf -- "$work"
}

# Fetches missing libraries, and sets the variable by which the tests find them.
ensure_groovy() {
  with_lock groovy groovy_fetch
  export GROOVY_LIBS="$groovy_libs"
}
