#!/usr/bin/env bash
# newest.sh [start|stop]: MySQL 9 and PostgreSQL 18 next to the distribution's servers, reachable from this machine only.
# They live in a Debian unstable tree under KAKA_SERVERS_ROOT (default /opt/newest), which is built on first use.
# KAKA_MYSQL_NEW_PORT and KAKA_POSTGRES_NEW_PORT move them; the tests' own KAKA_*_URL must then follow.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/lib.sh"

root=${KAKA_SERVERS_ROOT:-/opt/newest}
mysql_port=${KAKA_MYSQL_NEW_PORT:-3307}
pg_port=${KAKA_POSTGRES_NEW_PORT:-5433}
# Inside the tree.
mysql_data=/var/lib/mysql97
mysql_pid=/run/mysqld97.pid
pg_data=/var/lib/postgresql/newest
pg_bin=/usr/lib/postgresql/18/bin

inside() { chroot "$root" /usr/bin/env LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }
as_postgres() { inside su postgres -c "$*"; }

# The port closes before the data directory is free, so the process itself is waited for.
ended() {
  for _ in $(seq 120); do
    [ -d "/proc/$1" ] || return 0
    sleep 0.5
  done
  fail "$2 is still running after a minute (process $1)"
}

stop() {
  need_root 'stopping the newest servers'
  [ -d "$root" ] || return 0
  local pid=
  [ ! -s "$root$mysql_pid" ] || pid=$(cat "$root$mysql_pid")
  # A number left behind by a crash may belong to somebody else by now.
  if [ -n "$pid" ] && [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = mysqld ]; then
    kill "$pid"
    ended "$pid" MySQL
  fi
  if [ -s "$root$pg_data/postmaster.pid" ]; then
    as_postgres "$pg_bin/pg_ctl -D $pg_data -m fast -w stop" >/dev/null || fail 'PostgreSQL 18 did not stop'
  fi
}

# The mirror that this machine uses itself, in either format of apt's sources.
mirror() {
  { grep -rhsoE '(^deb .*|^URIs:.*)' /etc/apt/sources.list /etc/apt/sources.list.d || true; } |
    grep -oE 'https?://[^ ]+/debian/?( |$)' | head -1 | tr -d ' '
}

# Every step may be repeated, so an interrupted build goes on where it stopped.
build() {
  [ -x "$root/usr/sbin/mysqld" ] && [ -x "$root$pg_bin/postgres" ] && return 0
  need_root 'building the tree of the newest servers'
  local from log="$root.log"
  from=$(mirror) || true
  [ -n "$from" ] || fail 'no Debian mirror in the sources of apt; the newest servers need one'
  command -v debootstrap >/dev/null || install_packages debootstrap
  if [ ! -e "$root/.bootstrapped" ] && [ ! -x "$root/usr/bin/apt-get" ]; then
    debootstrap --variant=minbase sid "$root" "$from" >"$log" 2>&1 </dev/null || fail "debootstrap failed, see $log"
    touch "$root/.bootstrapped"
  fi
  mount_proc
  # Packages must not start services: both servers are started below, on ports of their own.
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  chmod 755 "$root/usr/sbin/policy-rc.d"
  # A mirror that stands still is good enough: its expired release file is accepted.
  { inside apt-get -o Acquire::Check-Valid-Until=false update -q && inside apt-get install -yq --no-install-recommends mysql-server-core postgresql-18; } >"$log" 2>&1 </dev/null ||
    fail "the packages of the newest servers could not be installed, see $log"
}

mount_proc() {
  [ -e "$root/proc/self" ] || mount -t proc proc "$root/proc" 2>/dev/null || true
}

start_mysql() {
  listening "$mysql_port" && return 0
  need_root "starting MySQL on $mysql_port"
  mkdir -p "$root/run" "$root/var/lib/mysql-files"
  if [ ! -d "$root$mysql_data/mysql" ]; then
    rm -rf "${root:?}$mysql_data"
    inside mysqld --no-defaults --initialize-insecure --user=root --datadir="$mysql_data" >"$root/run/mysql-init.log" 2>&1 ||
      fail "MySQL could not make its data directory, see $root/run/mysql-init.log"
  fi
  cat >"$root$mysql_data/kaka-init.sql" <<'SQL'
create user if not exists root@'127.0.0.1' identified by '';
grant all on *.* to root@'127.0.0.1' with grant option;
create database if not exists test character set utf8mb4;
SQL
  setsid chroot "$root" mysqld --no-defaults --user=root --datadir="$mysql_data" --bind-address=127.0.0.1 --port="$mysql_port" \
    --socket=/run/mysqld97.sock --pid-file="$mysql_pid" --mysqlx=OFF --init-file="$mysql_data/kaka-init.sql" \
    --innodb-buffer-pool-size=128M </dev/null >"$root/run/mysqld97.log" 2>&1 &
  disown
  await "$mysql_port" MySQL
}

start_postgres() {
  listening "$pg_port" && return 0
  need_root "starting PostgreSQL on $pg_port"
  mkdir -p "$root/dev/shm"
  chmod 1777 "$root/dev/shm" "$root/tmp"
  if [ ! -e "$root$pg_data/PG_VERSION" ]; then
    as_postgres "$pg_bin/initdb -D $pg_data -A trust -E UTF8 --locale=C.UTF-8" >/dev/null || fail 'PostgreSQL 18 could not make its data directory'
  fi
  as_postgres "$pg_bin/pg_ctl -D $pg_data -l /tmp/pg18.log -w start -o '-h 127.0.0.1 -p $pg_port -k /tmp -c dynamic_shared_memory_type=mmap'" \
    >/dev/null </dev/null || fail "PostgreSQL 18 did not start, see $root/tmp/pg18.log"
  await "$pg_port" 'PostgreSQL 18'
  as_postgres "$pg_bin/psql -h 127.0.0.1 -p $pg_port -qAt -c \"select 1 from pg_database where datname = 'test'\"" | grep -qx 1 ||
    as_postgres "$pg_bin/createdb -h 127.0.0.1 -p $pg_port test" || fail 'PostgreSQL 18 cannot create the database test'
}

case ${1:-start} in
stop) stop ;;
start)
  if ! listening "$mysql_port" || ! listening "$pg_port"; then
    build
    mount_proc
    start_mysql
    start_postgres
  fi
  echo "postgresql://postgres@127.0.0.1:$pg_port/test"
  echo "mysql://root@127.0.0.1:$mysql_port/test"
  ;;
*) fail 'usage: newest.sh [start|stop]' ;;
esac
