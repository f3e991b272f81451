#!/usr/bin/env bash
# Ends what start.sh started in this folder, and its jobs; by their process ids, nothing by name.
#
# usage: stop.sh FOLDER [--purge]     --purge: removes the folder too
set -uo pipefail

folder=$(cd "${1:?usage: stop.sh FOLDER [--purge]}" 2>/dev/null && pwd -P) || exit 0
export SLURM_CONF=$folder/etc/slurm.conf PATH=$PATH:/usr/sbin:/sbin

alive() { # PID NAME
  [ "$(cat "/proc/$1/comm" 2>/dev/null)" = "$2" ] && ! grep -q '^State:.Z' "/proc/$1/status" 2>/dev/null
}
# PIDFILE NAME [SIGNAL]
end() {
  local pid
  pid=$(cat "$1" 2>/dev/null) && [ -n "$pid" ] || return 0
  if alive "$pid" "$2"; then
    kill "-${3:-TERM}" "$pid" 2>/dev/null
    for _ in $(seq 50); do alive "$pid" "$2" || break; sleep 0.1; done
    alive "$pid" "$2" && kill -KILL "$pid" 2>/dev/null
  fi
  rm -f "$1"
}
# What runs for jobs of this cluster, also if its slurmstepd was killed: its environment says so. And each
# slurmstepd, which writes to a log of this folder.
jobs() {
  local cluster file pid
  cluster=$(sed -n 's/^ClusterName=//p' "$SLURM_CONF" 2>/dev/null)
  [ -n "$cluster" ] || return 0
  for file in $(grep -lzxF "SLURM_CLUSTER_NAME=$cluster" /proc/[0-9]*/environ 2>/dev/null); do
    grep -qzxF "SLURM_CONF=$SLURM_CONF" "$file" 2>/dev/null && echo "$file" | cut -d/ -f3
  done
  for file in $(grep -lxF slurmstepd /proc/[0-9]*/comm 2>/dev/null); do
    pid=$(echo "$file" | cut -d/ -f3)
    readlink /proc/"$pid"/fd/* 2>/dev/null | grep -qF "$folder/" && echo "$pid"
  done
}

end "$folder/run/slurmctld.pid" slurmctld
# A node with processes of its own ends as a whole.
for file in "$folder"/run/node-*.pid; do
  [ -e "$file" ] || continue
  end "$file" unshare KILL
  # Of no use out here: the node counted its processes by itself.
  rm -f "$folder/run/slurmd-$(basename "$file" .pid | cut -d- -f2-).pid"
done
for file in "$folder"/run/slurmd-*.pid; do [ -e "$file" ] && end "$file" slurmd; done
for pid in $(jobs); do [ "$pid" = $$ ] || kill -KILL "$pid" 2>/dev/null; done
end "$folder/run/munged.pid" munged
if grep -q '^ProctrackType=.*cgroup' "$SLURM_CONF" 2>/dev/null; then
  for node in $(sed -n 's/^NodeName=\([^ ]*\).*/\1/p' "$SLURM_CONF"); do
    find /sys/fs/cgroup -depth -type d -path "*/slurm_$node*" -exec rmdir {} \; 2>/dev/null
  done
fi
# Files of a killed daemon would be taken for one that runs.
rm -f "$folder"/run/*.pid "$folder"/run/*.socket*
if [ "${2:-}" = --purge ] && [ -e "$folder/etc/cluster" ]; then rm -rf "$folder"; fi
exit 0
