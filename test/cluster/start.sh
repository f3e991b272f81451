#!/usr/bin/env bash
# A real Slurm cluster on this machine, for tests: munged, slurmctld and several slurmd, on loopback only, all state
# below one folder. Takes Debian's munge, slurmctld, slurmd and slurm-client; needs neither systemd nor cgroups.
#
# usage: start.sh FOLDER     then   source FOLDER/env     (sets SLURM_CONF)
#
# Calling it again starts what is missing. As root, where namespaces can be made, each node has a host name,
# process ids and mounts of its own; without, all are this host (and SHARED cannot be had).
#   FOLDER/node n1 COMMAND...            runs it on a node, e.g. slurmd -N n1 after that was killed
#   kill -9 $(cat FOLDER/run/node-n1.pid)   the node loses power: all its processes are gone
#
# Settings, by environment:
#   NODES=2 CPUS=4 MEMORY=4000 (MB) GPUS=2    of each node; they need not exist
#   MIN_JOB_AGE=300   seconds for which an ended job is still known to squeue and scontrol
#   SLURMD_TIMEOUT=10 seconds until a silent node is DOWN
#   KILL_WAIT=3       seconds from SIGTERM to SIGKILL at a time limit
#   OVER_TIME=0       minutes that a job may run past its limit
#   CGROUPS=0         1: jobs live in cgroups, their memory is limited; one such cluster at a time
#   SHARED=''         a folder that each node sees through a mount of its own, whose names, sizes and times
#   STALE=20          may be those of STALE seconds ago: as NFS at its worst, or worse (bindfs; /dev/fuse)
#   HIDDEN=''         folders, separated by colons, that nodes see empty
#   OVER_MEMORY=0     1: a job whose processes use more memory than it has is ended (looked at once a second)
#   EXTRA=''          more lines of slurm.conf
set -euo pipefail

folder=${1:?usage: start.sh FOLDER}
nodes=${NODES:-2} cpus=${CPUS:-4} memory=${MEMORY:-4000} gpus=${GPUS:-2}
shared=${SHARED:-} stale=${STALE:-20} hidden=${HIDDEN:-}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd -P)
[ -z "$shared" ] || shared=$(cd "$shared" && pwd -P)
export SLURM_CONF=$folder/etc/slurm.conf
say() { echo "cluster: $*" >&2; }

export PATH=$PATH:/usr/sbin:/sbin
for program in munged slurmctld slurmd sbatch; do
  command -v $program >/dev/null || { say "$program is not installed"; exit 1; }
done

# ---- already there?
alive() { # PIDFILE NAME
  local pid
  pid=$(cat "$1" 2>/dev/null) && [ -n "$pid" ] && [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$2" ] &&
    # Where nobody reaps daemons, a dead one keeps its id.
    ! grep -q '^State:.Z' "/proc/$pid/status" 2>/dev/null
}
name() { echo "n$1"; }
can_isolate() { [ "$(id -u)" = 0 ] && unshare --mount --uts --pid --fork --mount-proc true 2>/dev/null; }
if can_isolate; then isolated=1; else isolated=0; fi
[ -z "$shared$hidden" ] || [ $isolated = 1 ] || { say 'SHARED and HIDDEN take root and namespaces'; exit 1; }
node_alive() { # NODE
  local pid
  if [ $isolated = 0 ]; then alive "$folder/run/slurmd-$1.pid" slurmd; return; fi
  alive "$folder/run/node-$1.pid" unshare && pid=$(cat "$folder/run/slurmd-$1.pid" 2>/dev/null) &&
    [ "$("$folder/node" "$1" cat "/proc/$pid/comm" 2>/dev/null)" = slurmd ]
}
all_alive() {
  alive "$folder/run/munged.pid" munged && alive "$folder/run/slurmctld.pid" slurmctld || return 1
  for i in $(seq "$nodes"); do node_alive "$(name "$i")" || return 1; done
}
if all_alive && scontrol ping 2>/dev/null | grep -q UP; then say "already running"; cat "$folder/env"; exit 0; fi

# ---- configuration
mkdir -p "$folder"/{etc,run,log,state,gpu}
chmod 755 "$folder" "$folder"/{etc,run,log,state}
# Ports that nobody listens on now: several clusters may run side by side.
free_ports() {
  local base=$((20000 + RANDOM % 10000)) port
  while :; do
    for port in $(seq "$base" $((base + nodes + 2))); do
      if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then base=$((base + 50)); continue 2; fi
    done
    echo "$base"; return
  done
}
any_alive() {
  local file
  for file in "$folder"/run/*.pid; do
    alive "$file" "$(basename "$file" .pid | sed 's/-.*//; s/^node$/unshare/')" && return 0
  done
  return 1
}
any_alive || free_ports >"$folder/etc/port"
port=$(cat "$folder/etc/port")
[ -e "$folder/etc/cluster" ] || echo "test$$" >"$folder/etc/cluster"
cluster=$(cat "$folder/etc/cluster")
host=$(hostname -s)
# They listen on what their host name stands for: here that is the loopback, whatever this machine says.
echo "127.0.0.1 localhost $host $(for i in $(seq "$nodes"); do name "$i"; done | tr '\n' ' ')" >"$folder/etc/hosts"
loopback='NoCtldInAddrAny,NoInAddrAny'
[ $isolated = 1 ] || getent hosts "$host" | grep -q '^127\.' || loopback=
cat >"$folder/node" <<NODE
#!/bin/sh
# usage: node NAME COMMAND...     runs a command on a node
export SLURM_CONF=$SLURM_CONF
[ $isolated = 1 ] || { shift; exec "\$@"; }
at=/proc/\$(cat "$folder/run/node-\$1.pid")/ns
shift
exec nsenter --mount="\$at/mnt" --uts="\$at/uts" --pid="\$at/pid_for_children" -- "\$@"
NODE
chmod +x "$folder/node"

gather=JobAcctGatherType=jobacct_gather/none
if [ "${OVER_MEMORY:-0}" = 1 ]; then
  gather='JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill'
fi

tracking=linuxproc task=none
if [ "${CGROUPS:-0}" = 1 ]; then
  tracking=cgroup task=cgroup
  cat >"$folder/etc/cgroup.conf" <<CONF
CgroupPlugin=autodetect
IgnoreSystemd=yes
ConstrainRAMSpace=yes
AllowedRAMSpace=100
CONF
fi

# Whole at once: commands of a cluster that goes on read them meanwhile.
conf=$SLURM_CONF.new gres_conf=$folder/etc/gres.conf.new
cat >"$conf" <<CONF
ClusterName=$cluster
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$folder/run/munge.socket,cred_expire=5
CommunicationParameters=$loopback
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool-%n
SlurmctldPidFile=$folder/run/slurmctld.pid
SlurmdPidFile=$folder/run/slurmd-%n.pid
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmdLogFile=$folder/log/slurmd-%n.log
MpiDefault=none
ProctrackType=proctrack/$tracking
TaskPlugin=task/$task
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
# The nodes are as large as they say, whatever this machine is.
SlurmdParameters=config_overrides
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=5,sched_min_interval=0,bf_interval=2,preempt_youngest_first
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
ReturnToService=1
MinJobAge=${MIN_JOB_AGE:-300}
SlurmdTimeout=${SLURMD_TIMEOUT:-10}
KillWait=${KILL_WAIT:-3}
OverTimeLimit=${OVER_TIME:-0}
MaxArraySize=10001
MaxJobCount=20000
JobRequeue=1
GresTypes=gpu
# Who has ended, one a line: what sacct -c reads without a database.
JobCompType=jobcomp/filetxt
JobCompLoc=$folder/log/jobcomp.log
AccountingStorageType=accounting_storage/none
$gather
${EXTRA:-}
CONF
: >"$gres_conf"
for i in $(seq "$nodes"); do
  node=$(name "$i") gres=
  for gpu in $(seq "$gpus"); do
    # Slurm wants devices; CUDA_VISIBLE_DEVICES gets the digits that their names end with.
    device=$folder/gpu/$node/gpu$((gpu - 1))
    mkdir -p "$folder/gpu/$node"
    [ -c "$device" ] || mknod "$device" c 1 3 2>/dev/null || { say 'no GPUs: devices cannot be made here'; gpus=0; break; }
    echo "NodeName=$node Name=gpu File=$device" >>"$gres_conf"
    gres=" Gres=gpu:$gpus"
  done
  [ $isolated = 1 ] && name=$node || name=$host
  echo "NodeName=$node NodeHostname=$name NodeAddr=127.0.0.1 Port=$((port + 1 + i)) CPUs=$cpus RealMemory=$memory$gres" >>"$conf"
done
cat >>"$conf" <<CONF
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE DefaultTime=60 DefMemPerCPU=500 PriorityTier=1 GraceTime=0 State=UP
PartitionName=urgent Nodes=ALL MaxTime=INFINITE DefaultTime=60 DefMemPerCPU=500 PriorityTier=10 PreemptMode=OFF State=UP
CONF
mv "$gres_conf" "$folder/etc/gres.conf"
mv "$conf" "$SLURM_CONF"
printf 'export SLURM_CONF=%q\n' "$SLURM_CONF" >"$folder/env"

# ---- daemons
wait_for() { # SECONDS COMMAND...
  local end=$((SECONDS + $1)); shift
  until "$@" >/dev/null 2>&1; do [ $SECONDS -lt $end ] || return 1; sleep 0.1; done
}
on_loopback() { # COMMAND...
  if [ $isolated = 0 ]; then "$@"; return; fi
  unshare --mount --propagation private sh -c 'mount --bind "$0" /etc/hosts && exec "$@"' "$folder/etc/hosts" "$@"
}
fail() { say "$1 did not start:"; tail -n 20 "$2" >&2 || true; exit 1; }

if ! alive "$folder/run/munged.pid" munged; then
  [ -e "$folder/etc/munge.key" ] || (umask 077 && head -c 1024 /dev/urandom >"$folder/etc/munge.key")
  rm -f "$folder"/run/munge.socket*
  # Forced: it does not like a socket in a folder of mode 700, such as mktemp makes.
  munged --force --key-file="$folder/etc/munge.key" --socket="$folder/run/munge.socket" \
    --pid-file="$folder/run/munged.pid" --log-file="$folder/log/munged.log" \
    --seed-file="$folder/run/munged.seed" --num-threads=2 2>>"$folder/log/munged.log" || fail munged "$folder/log/munged.log"
  wait_for 10 munge --socket="$folder/run/munge.socket" -n || fail munged "$folder/log/munged.log"
fi

start_node() { # NODE
  if [ $isolated = 0 ]; then slurmd -N "$1"; return; fi
  alive "$folder/run/node-$1.pid" unshare && { "$folder/node" "$1" slurmd -N "$1"; return; }
  unshare --mount --propagation private --uts --pid --fork --kill-child --mount-proc bash -c '
    node=$1 folder=$2 shared=$3 stale=$4 hidden=$5
    hostname "$node" && mount --bind "$folder/etc/hosts" /etc/hosts || exit 1
    if [ -n "$shared" ]; then
      options=attr_timeout=$stale,entry_timeout=$stale,negative_timeout=$stale,nonempty
      bindfs -o "$options" "$shared" "$shared" || exit 1
    fi
    IFS=:
    for path in $hidden; do mount -t tmpfs tmpfs "$path" || exit 1; done
    unset IFS
    cd /
    slurmd -N "$node"
    # The first process of the node: it waits for those that nobody else waits for.
    while :; do sleep 3600 & wait $!; done
  ' start_node "$1" "$folder" "$shared" "$stale" "$hidden" >/dev/null &
  echo $! >"$folder/run/node-$1.pid"
}
alive "$folder/run/slurmctld.pid" slurmctld || on_loopback slurmctld -i 2>>"$folder/log/slurmctld.log" || fail slurmctld "$folder/log/slurmctld.log"
for i in $(seq "$nodes"); do
  node=$(name "$i")
  mkdir -p "$folder/spool-$node"
  node_alive "$node" ||
    start_node "$node" 2>>"$folder/log/slurmd-$node.log" || fail "slurmd $node" "$folder/log/slurmd-$node.log"
done
wait_for 20 scontrol ping || fail slurmctld "$folder/log/slurmctld.log"
ready() { [ "$(sinfo -h -N -p main -t idle,mixed,allocated -o %N | sort -u | wc -l)" = "$nodes" ]; }
wait_for 30 ready || { sinfo -N -l >&2; fail 'a node' "$folder/log/slurmctld.log"; }
cat "$folder/env"
