#!/usr/bin/env bash
# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# `ninja packages`: what the Debian packages hold, with which rights, and what dpkg makes of them:
# installed into a folder the programs run, a changed settings file stays, a purge leaves nothing.
. "$(dirname "$0")/lib.sh"
build=$(dirname "$SPAWN_BIN_DIR")
run cmake --build "$build" --target packages
expect_exit 0
version=$(cat "$top/VERSION")
architecture=$(dpkg --print-architecture)
spored_deb=$build/packages/spored_${version}_$architecture.deb
spawn_deb=$build/packages/spawn_${version}_$architecture.deb
expect_equal 'packages' "$(find "$build/packages" -name '*.deb' | sort | xargs -n1 basename | paste -sd' ')" \
  "$(basename "$spawn_deb") $(basename "$spored_deb")"

# contents PACKAGE: rights, owner and path of every file.
contents() { dpkg-deb -c "$1" | awk '$1 !~ /^d/ {print $1, $2, $6}' | sort -k3; }
contents "$spored_deb" >spored.txt
expect_equal 'what spored_*.deb holds' "$(cat spored.txt)" "\
-rw-r--r-- root/root ./etc/spawn/local.yaml
-rwxr-xr-x root/root ./usr/bin/spored
-rw-r--r-- root/root ./usr/lib/systemd/system/spored.service
-rw-r--r-- root/root ./usr/share/doc/spored/copyright"
expect_equal 'what spawn_*.deb holds' "$(contents "$spawn_deb")" "\
-rwxr-xr-x root/root ./usr/bin/spawn
-rw-r--r-- root/root ./usr/share/bash-completion/completions/spawn
-rw-r--r-- root/root ./usr/share/doc/spawn/copyright
-rw-r--r-- root/root ./usr/share/fish/vendor_completions.d/spawn.fish
-rw-r--r-- root/root ./usr/share/spawn/$(basename "$spored_deb")
-rw-r--r-- root/root ./usr/share/zsh/vendor-completions/_spawn"
for deb in "$spored_deb" "$spawn_deb"; do
  expect_equal "folders of $(basename "$deb") that others may write" "$(dpkg-deb -c "$deb" | grep -c '^d....w\|^d.......w')" 0
  dpkg-deb -f "$deb" >control
  expect_match control "^Version: $version$"
  expect_match control "^Architecture: $architecture$"
  expect_match control '^Maintainer: .+ <.+@.+>$'
  expect_match control '^Depends: .*libc6 \(>= .*libcurl4'
  expect_match control '^Description: .{10,}'
done
dpkg-deb --ctrl-tarfile "$spored_deb" | tar -xO ./conffiles >conffiles
expect_equal 'conffiles' "$(cat conffiles)" /etc/spawn/local.yaml

# Installed by dpkg into a folder; only the libraries are this machine's.
root=$work/root
mkdir -p "$root"/var/lib/dpkg/{info,updates,triggers}
: >"$root/var/lib/dpkg/status"
dpkg_there() { fakeroot dpkg --root="$root" --force-not-root --force-depends --log=/dev/null "$@"; }
run dpkg_there -i "$spored_deb" "$spawn_deb"
expect_exit 0
run "$root/usr/bin/spored" version
expect_equal 'spored version' "$(cat "$out")" "spored $version"
run "$root/usr/bin/spawn" version
expect_equal 'spawn version' "$(cat "$out")" "spawn $version"
cmp "$root/usr/share/spawn/$(basename "$spored_deb")" "$spored_deb" || failed "spawn carries another agent than was packed"
run env SPAWN_CONFIG="$root/etc/spawn/local.yaml" "$root/usr/bin/spored" run -- true
expect_exit 0

# The unit starts what is installed, tells systemd when it is ready, and keeps what it makes private.
unit=$root/usr/lib/systemd/system/spored.service
program=$(sed -n 's/^ExecStart=//p' "$unit")
[ -x "$root$program" ] || failed "the unit starts $program, which is not there"
for line in Type=notify RuntimeDirectory=spored StateDirectory=spored LogsDirectory=spored UMask=0077 \
  {Runtime,State,Logs}DirectoryMode=0700 WantedBy=multi-user.target; do
  expect_match "$unit" "^$line$"
done

# What a person wrote into the settings file stays when a package comes again, and goes with a purge.
echo '# mine' >>"$root/etc/spawn/local.yaml"
run dpkg_there --force-confdef -i "$spored_deb"
expect_exit 0
expect_match "$root/etc/spawn/local.yaml" '^# mine$'
run dpkg_there --purge spored spawn
expect_exit 0
expect_equal 'files that a purge leaves' "$(find "$root/usr" "$root/etc" -type f 2>/dev/null | wc -l)" 0
