# Process 1 of a container with any image that has a shell: waits for one program, runs it, reports its end.
# It reads a line with the token, a line with the length of a script, and the script, which lays out the
# program with dd from the same stdin, opens its input as descriptor 4 and sets the command ("$@").
# A compile step also sets artifact=1: the folder /artifact then follows the report, as a tar archive.
exec 3>&2 2>/dev/null
cd /work || exit
printf '\001rce-ready\n'
IFS= read -r token || exit
IFS= read -r length || exit
artifact=
environment() { :; }
eval "$(dd bs="$length" count=1 iflag=fullblock)"
# Not in the background: the shell would have it ignore SIGINT.
(
  unset token length artifact
  environment
  exec "$@"
) <&4 >/proc/self/fd/1 2>/proc/self/fd/3 3>&- 4<&-
status=$?
exec 4<&-
kill -9 -1
printf '%s\n' "$token" >&3
if [ "$artifact" ] && [ "$status" = 0 ]; then
  tar -C /artifact -cf /tmp/.artifact.tar . && size=$(wc -c </tmp/.artifact.tar)
  printf '%s%s %s\n' "$token" "$status" $size
  cat /tmp/.artifact.tar
else
  printf '%s%s\n' "$token" "$status"
fi
read -r _
