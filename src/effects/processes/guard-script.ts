// What the guard does, in the words of a shell: it waits, in a fifth of a megabyte, until its stdin is at its end, which is when
// the engine is gone, however that came.

/**
 * Reads lines: `+ PID,START,SIGNAL,GRACE` a group that lives, `- PID` one that does not, `grace 0` nobody gets any time,
 * `mode end|reclaim`, `bye`. At the end of input: with `reclaim` its arguments are run, and if those say `taken` all is well;
 * else every group is told to end at once, and the sweeper does the rest, or, where it cannot be run, SIGKILL.
 */
export const guardScript = `
trap '' HUP INT QUIT TERM TSTP TTIN TTOU USR1 USR2 PIPE ALRM
set -f
node=$LAUNCH_GUARD_NODE option=$LAUNCH_GUARD_OPTION sweeper=$LAUNCH_GUARD_SWEEPER plan=$LAUNCH_GUARD_PLAN cwd=$LAUNCH_GUARD_CWD
unset LAUNCH_GUARD LAUNCH_GUARD_NODE LAUNCH_GUARD_OPTION LAUNCH_GUARD_SWEEPER LAUNCH_GUARD_PLAN LAUNCH_GUARD_CWD
list=' ' mode=end grace=

started() {
  now=
  if [ -r /proc/self/stat ]; then
    read -r now 2>/dev/null <"/proc/$1/stat" || return 1
    now=\${now##*) }; i=0
    while [ $i -lt 19 ]; do now=\${now#* }; i=$((i + 1)); done
    now=\${now%% *}
  else
    now=$(LC_ALL=C ps -o lstart= -p "$1" 2>/dev/null | tr ' :' '__')
    [ -n "$now" ]
  fi
}

# Of a group whose leader is gone the number is nobody else's as long as it has members; only SIGKILL is sent to those.
each() {
  for e in $list; do
    pid=\${e%%,*} rest=\${e#*,}; start=\${rest%%,*} rest=\${rest#*,}; signal=\${1:-\${rest%%,*}}
    if started "$pid"; then [ "$now" = "$start" ] || continue; else [ "$signal" = KILL ] || continue; fi
    kill -s "$signal" -- "-$pid" 2>/dev/null
  done
}

while read -r op value; do
  case $op in
  +) if [ ! -r /proc/self/stat ] && started "\${value%%,*}"; then rest=\${value#*,}; value=\${value%%,*},$now,\${rest#*,}; fi
    list="$list$value ";;
  # Without a loop: a hundred groups may go at once.
  -) case $list in *" $value,"*) rest=\${list#*" $value,"}; list="\${list%%" $value,"*} \${rest#* }";; esac;;
  grace) grace=$value;;
  mode) mode=$value;;
  bye) exit 0;;
  esac
done

if [ "$mode" = reclaim ] && [ $# -gt 0 ]; then
  said=$(trap - HUP INT QUIT TERM TSTP TTIN TTOU USR1 USR2 PIPE ALRM; cd "$cwd"; "$@" </dev/null 2>/dev/null &)
  [ "$said" = taken ] && exit 0
fi

longest=0
for e in $list; do ms=\${e##*,}; [ "$ms" -gt $longest ] && longest=$ms; done
if [ -n "$grace" ]; then
  longest=0 new=' '
  for e in $list; do new="$new\${e%,*},0 "; done
  list=$new
fi
each; each CONT
for try in 1 2 3; do
  "$node" "$option" "$sweeper" "$plan" $list </dev/null >/dev/null 2>&1 && exit 0
  [ $? -gt 128 ] || break
done
sleep $(((longest + 999) / 1000))
each KILL
`;
