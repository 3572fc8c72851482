#!/usr/bin/env bash
# Brings up the four servers of the test matrix and prints their URLs. What already listens is left alone.
# PostgreSQL on 5432 and MariaDB on 3306 come from the distribution's packages (installed when absent, root on Debian);
# the newest pair on 5433 and 3307 is the duty of newest.sh.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/lib.sh"

postgres_admin() { (cd / && su postgres -c "psql -qAt -d postgres -c \"$1\""); }

# Loopback TCP without a password for the one role that the tests use. Only done to a server that this script set up or
# on a machine of continuous integration; elsewhere the change is named and left to the owner.
open_postgres() {
  local hba rule='host all postgres 127.0.0.1/32 trust'
  if [ "$1" != ours ] && [ -z "${CI:-}" ]; then
    fail "PostgreSQL on 5432 refuses postgres@127.0.0.1: put '$rule' first in its pg_hba.conf and reload it, or set KAKA_POSTGRES_URL"
  fi
  hba=$(postgres_admin 'show hba_file') || fail 'PostgreSQL on 5432 is not managed by the local user postgres'
  grep -qxF "$rule" "$hba" || sed -i "1i $rule" "$hba"
  postgres_admin 'select pg_reload_conf()' >/dev/null
  sleep 0.5
}

start_postgres() {
  local owner=theirs version
  if ! listening 5432; then
    need_root 'starting PostgreSQL on 5432'
    if ! compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null; then
      install_packages postgresql
      owner=ours
    fi
    version=$(find /usr/lib/postgresql -mindepth 1 -maxdepth 1 -printf '%f\n' | sort -n | tail -1)
    [ -d "/etc/postgresql/$version/main" ] || { pg_createcluster "$version" main >/dev/null && owner=ours; }
    listening 5432 || pg_ctlcluster --skip-systemctl-redirect "$version" main start || fail "PostgreSQL $version did not start"
    await 5432 PostgreSQL
  fi
  command -v psql >/dev/null || return 0
  local client=(psql -w -qAt -h 127.0.0.1 -p 5432 -U postgres)
  "${client[@]}" -d postgres -c 'select 1' >/dev/null 2>&1 || open_postgres "$owner"
  if [ "$("${client[@]}" -d postgres -c "select 1 from pg_database where datname = 'test'")" != 1 ]; then
    "${client[@]}" -d postgres -c 'create database test' || fail 'PostgreSQL on 5432 cannot create the database test'
  fi
}

start_mariadb() {
  if ! listening 3306; then
    need_root 'starting MariaDB on 3306'
    [ -x /usr/sbin/mariadbd ] || install_packages mariadb-server
    listening 3306 || {
      install -d -o mysql -g mysql /run/mysqld
      start-stop-daemon --start --oknodo --background --exec /usr/sbin/mariadbd -- --user=mysql
    }
    await 3306 MariaDB
  fi
  local tool
  tool=$(command -v mariadb || command -v mysql) || return 0
  local client=("$tool" --no-defaults --connect-timeout=5 -N -B -u root)
  if ! "${client[@]}" -h 127.0.0.1 -P 3306 -e 'select 1' >/dev/null 2>&1; then
    # A new Debian server knows root only through its socket.
    "${client[@]}" -e "create or replace user root@'127.0.0.1' identified by ''; grant all on *.* to root@'127.0.0.1' with grant option;
      alter user root@localhost identified via unix_socket or mysql_native_password using password('');" >/dev/null 2>&1 ||
      fail "MariaDB on 3306 refuses root@127.0.0.1 without a password: set KAKA_MARIADB_URL"
  fi
  "${client[@]}" -h 127.0.0.1 -P 3306 -e 'create database if not exists test character set utf8mb4' || fail 'MariaDB on 3306 cannot create the database test'
}

start_postgres
start_mariadb
echo 'postgresql://postgres@127.0.0.1:5432/test'
echo 'mysql://root@127.0.0.1:3306/test'
"$here/newest.sh" start
