# Process 1 of a container that keeps an interpreter waiting: starts it, waits for its end, reports it.
# $1 is the file for the harness inside the interpreter, $2 the source of it; the rest is the command.
# The token is never given to the interpreter: it is read before that starts, isn't exported, and the memory
# of process 1 is masked.
exec 3>&2 2>/dev/null
cd /work && printf %s "$2" >"$1" || exit
IFS= read -r token || exit
shift 2
# In the background, so that this shell can be told of the end before the interpreter has put away its memory (by
# SIGPWR, see javascript/harness.cjs); interpreters undo that a shell then has them ignore SIGINT. With pipes opened
# anew: flags that a program sets on them (O_NONBLOCK) must not be the shell's. It starts in /, and goes to /work with
# its program: Node 18 looks for the package.json of where it starts, and remembers that there was none.
exec 4<&0
trap 'told=0' PWR
(cd / && PWD=/work OLDPWD=/ exec "$@") <&4 >/proc/self/fd/1 2>/proc/self/fd/3 3>&- 4<&- &
wait "$!"
status=$?
status=${told:-$status}
kill -9 -1
printf '%s\n' "$token" >&3
printf '%s%s\n' "$token" "$status"
read -r _
