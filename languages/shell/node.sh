# Process 1 of a container that keeps Node waiting: starts it, waits for its end, reports it.
# $1 is the source of the harness that runs inside Node, $2 the name of the program's file. The token is never given to Node: it is read
# before Node starts, isn't exported, and the memory of process 1 is masked.
exec 3>&2 2>/dev/null
cd /work || exit
IFS= read -r token || exit
printf %s "$1" >/tmp/.rce.cjs
# Not in the background: the shell would have it ignore SIGINT.
node --require /tmp/.rce.cjs "/work/$2" >/proc/self/fd/1 2>/proc/self/fd/3 3>&-
status=$?
kill -s KILL -- -1
printf '%s\n' "$token" >&3
printf '%s%s\n' "$token" "$status"
read -r _
