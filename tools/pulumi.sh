# shellcheck shell=bash
# Provides the Pulumi CLI: the one on PATH, or one in the user's cache that was downloaded or built.
# Sourced after lib.sh and packages.sh.
: "${checkout:?}" "${cache:?}"

pulumi_minimum=3.200.0
# The version of the SDK that package.json pins, so that the engine and the program use the same
# protocol.
pulumi_version="$(sed -n 's/.*"@pulumi\/pulumi": "\(.*\)".*/\1/p' "$checkout/package.json")"
pulumi_cached="$cache/pulumi/$pulumi_version/bin"
language_host="$checkout/tools/pulumi/language-nodejs"

# Reports whether a directory has both parts of the CLI: the engine and the Node.js language host.
pulumi_complete() { [[ -x $1/pulumi && -x $1/pulumi-language-nodejs ]]; }

# Prints a hash of the sources of the language host that is built here.
language_host_key() { (cd "$language_host" && sha256sum -- *) | sha256sum | cut -d ' ' -f 1; }

# Reports whether the cached CLI fits this checkout. A release does (it has the hosts of other
# languages too). A built CLI has a hash of the language host's sources beside it.
pulumi_up_to_date() {
  pulumi_complete "$pulumi_cached" || return 1
  [[ -x $pulumi_cached/pulumi-language-go || "$(cat "$pulumi_cached/language-nodejs.key" 2>/dev/null)" == "$(language_host_key)" ]]
}

# Prints the directory of the CLI to use. Fails if there is none yet.
pulumi_directory() {
  local found version
  found="$(type -P pulumi)" && found="${found%/*}" || found=""
  if [[ -n $found && $found != "$pulumi_cached" ]] && pulumi_complete "$found"; then
    version="$("$found/pulumi" version 2>/dev/null)"
    if version_at_least "${version#v}" "$pulumi_minimum"; then
      printf '%s\n' "$found"
      return
    fi
  fi
  pulumi_complete "$pulumi_cached" && printf '%s\n' "$pulumi_cached"
}

pulumi_download() {
  local work="$1" arch
  case "$(uname -m)" in
    x86_64) arch=x64 ;;
    aarch64) arch=arm64 ;;
    *) return 1 ;;
  esac
  have curl || install_packages "to download the Pulumi CLI" curl ca-certificates
  say "Downloading the Pulumi CLI $pulumi_version"
  curl -fsSL --connect-timeout 10 --retry 2 -o "$work/archive" \
    "https://get.pulumi.com/releases/sdk/pulumi-v$pulumi_version-linux-$arch.tar.gz" 2>"$work/log" || return 1
  mkdir "$work/bin"
  tar -xzf "$work/archive" -C "$work/bin" --strip-components=1
  pulumi_complete "$work/bin"
}

# count_packages TOTAL [SECONDS]: reads the output of `go build -v`. Prints the number of packages
# every 15 seconds, and the messages of the compiler.
count_packages() {
  local total="$1" every="${2:-15}" count=0 next line
  next=$((SECONDS + every))
  while read -r line; do
    # Lines with a blank are no names of packages.
    if [[ $line == *" "* ]]; then
      [[ $line == "go: downloading "* ]] || printf '%s\n' "$line" >&2
      continue
    fi
    count=$((count + 1))
    if ((SECONDS >= next)); then
      next=$((SECONDS + every))
      say "  $count of $total packages"
    fi
  done
}

# go_build FOLDER OUTPUT PACKAGE VERSION: builds a command from a pinned module. Its go.sum has the
# hash of each download.
go_build() {
  local module="$1" output="$2" package="$3" version="$4" log="$cache/pulumi/go/${1##*/}.log" total
  # Go downloads the toolchain that the modules require, which is a module too.
  local build=(env GOTOOLCHAIN=auto GOFLAGS="-mod=readonly -modcacherw" "$go" -C "$module")
  # This downloads the dependencies of the build. (`go mod download` requires more, and some proxies
  # don't have all of that.)
  total="$("${build[@]}" list -deps "$package" 2>"$log" | wc -l)" || {
    tail -n 5 "$log" >&2
    return 1
  }
  "${build[@]}" build -v -trimpath -buildvcs=false -o "$output" \
    -ldflags "-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v$version" "$package" 2>&1 |
    count_packages "$total"
}

# Sets `go` to a Go command that can download a module's toolchain (1.21 and later).
find_go() {
  local version toolchain=golang.org/toolchain@v0.0.1-go1.26.0.linux-
  [[ "$(uname -m)" == aarch64 ]] && toolchain+=arm64 || toolchain+=amd64
  have go || install_packages "to build with" golang-go ca-certificates
  go="$(type -P go)"
  version="$("$go" env GOVERSION)"
  version_at_least "${version#go}" 1.21 && return
  say "Go ${version#go} is older than 1.21: fetching a newer toolchain"
  (cd / && GOFLAGS=-mod=mod "$go" mod download "$toolchain") || return 1
  go="$("$go" env GOMODCACHE)/$toolchain/bin/go"
  # An older Go unpacks it as a library, without executable files.
  chmod -R u+w "${go%/bin/go}" && chmod +x "$go" "${go%/bin/go}"/pkg/tool/*/* "${go%/bin/go}"/bin/*
}

# Sets the folders of the build, which take a gigabyte. They survive interruptions, and a successful
# build removes them.
prepare_go_build() {
  export GOMODCACHE="$cache/pulumi/go/modules" GOCACHE="$cache/pulumi/go/build"
  mkdir -p "$cache/pulumi/go"
  find_go
}

# language_host_sources FOLDER: writes a package that can be built: the files of the official host,
# with run_plugin.go in place of its function that refuses policy packs.
language_host_sources() {
  local folder="$1" log="$cache/pulumi/go/language-nodejs.log" theirs file
  theirs="$(env GOTOOLCHAIN=auto GOFLAGS="-mod=readonly -modcacherw" "$go" -C "$language_host" list -f '{{.Dir}}' \
    github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs 2>"$log")" || {
    tail -n 5 "$log" >&2
    return 1
  }
  mkdir -p "$folder/host"
  cp "$language_host/go.mod" "$language_host/go.sum" "$folder"
  for file in "$theirs"/*.go; do
    [[ $file == *_test.go ]] || sed '/^func (host \*nodeLanguageHost) RunPlugin(/,/^}/d' "$file" >"$folder/host/${file##*/}"
  done
  cp "$language_host/run_plugin.go" "$folder/host"
}

# Builds the newest release of the Node.js host that is a module of its own. It works with the
# present engine.
build_language_host() {
  local work="$1"
  say "Building the Node.js language host of the Pulumi CLI from its Go modules (about a minute on 2 cores, once)"
  mkdir -p "$work/bin"
  language_host_sources "$work/language-nodejs" || return 1
  go_build "$work/language-nodejs" "$work/bin/pulumi-language-nodejs" ./host 3.68.0 || return 1
  language_host_key >"$work/bin/language-nodejs.key"
}

pulumi_build() {
  local work="$1" go
  prepare_go_build || return 1
  say "Building the Pulumi CLI $pulumi_version from its Go modules (about 7 minutes on 2 cores, once)"
  mkdir -p "$work/bin"
  go_build "$checkout/tools/pulumi/engine" "$work/bin/pulumi" github.com/pulumi/pulumi/pkg/v3/cmd/pulumi "$pulumi_version" || return 1
  build_language_host "$work" || return 1
  rm -rf -- "$cache/pulumi/go"
}

# Replaces the language host of a built CLI by this checkout's, without the seven minutes for the
# engine.
renew_language_host() {
  local work="$1" go
  # A subshell, so that a missing compiler doesn't fail the run.
  if (prepare_go_build && build_language_host "$work"); then
    # The key is moved last, so that an interrupted run builds again.
    mv -f -- "$work/bin/pulumi-language-nodejs" "$pulumi_cached"
    mv -f -- "$work/bin/language-nodejs.key" "$pulumi_cached"
    rm -rf -- "$cache/pulumi/go"
  else
    warn "the language host of the Pulumi CLI can't be rebuilt: continuing with the present one, which may not run policy packs"
  fi
  rm -rf -- "$work"
}

obtain_pulumi() {
  ! pulumi_up_to_date || return 0
  local work="$pulumi_cached.partial"
  rm -rf -- "$work"
  mkdir -p "$work"
  if pulumi_complete "$pulumi_cached"; then
    renew_language_host "$work"
    return
  fi
  if ! pulumi_download "$work"; then
    say "The Pulumi CLI can't be downloaded"
    rm -rf -- "${work:?}/bin"
    pulumi_build "$work" ||
      fail "there is no Pulumi CLI: none on PATH, and it could be neither downloaded nor built" \
        "The messages above say why. Install Pulumi $pulumi_minimum or later by hand (https://www.pulumi.com/docs/install/)" \
        "so that \`pulumi version\` works in this shell, and run the same command again."
  fi
  rm -rf -- "$pulumi_cached"
  mv -- "$work/bin" "$pulumi_cached"
  rm -rf -- "$work"
}

# Provides a CLI, and updates a cached one that doesn't fit this checkout.
ensure_pulumi() {
  local directory
  directory="$(pulumi_directory)" || directory="$pulumi_cached"
  [[ $directory != "$pulumi_cached" ]] || pulumi_up_to_date || with_lock pulumi obtain_pulumi
}
