# Counts the words of its input, or of a sentence of its own.
text=$(cat)
printf '%s\n' ${text:-the quick brown fox jumps over the lazy dog the end} | sort | uniq -c | sort -rn | head -n 3
