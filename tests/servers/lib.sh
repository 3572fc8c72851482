# Words that the server scripts share. Sourced, never run.

fail() {
  echo "servers: $*" >&2
  exit 1
}

listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# await PORT NAME: half a minute at most.
await() {
  local left=60
  until listening "$1"; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || fail "$2 does not listen on port $1 after 30 seconds"
    sleep 0.5
  done
}

need_root() {
  [ "$(id -u)" = 0 ] || fail "$1 needs root; docker-compose.yml has the same servers"
}

install_packages() {
  command -v apt-get >/dev/null || fail "$* is not installed and this is no Debian; docker-compose.yml has the same servers"
  local log
  log=$(mktemp)
  if ! { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends "$@"; } >"$log" 2>&1 </dev/null; then
    tail -5 "$log" >&2
    fail "apt-get could not install $*"
  fi
  rm -f "$log"
}
