#!/bin/sh
# Sends the cases of test-scripts/cases to an engine and compares what comes back.
#   sh test-scripts/run-tests.sh [URL] [CASE...]     by default http://127.0.0.1 and all of them
# A case: python, javascript, timeout, stdin, error; `results` reads the last job once more by its id.
# Needs curl and python3 or node, to read JSON with.
set -u
cd "$(dirname "$0")" || exit 2
url=${1:-http://127.0.0.1}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- python javascript stdin error timeout results

# json FILE EXPRESSION: prints request, or compares an answer with what the case expects.
json() {
  if command -v python3 >/dev/null; then
    python3 - "$@" <<'PY'
import json, sys
case = json.load(open(sys.argv[2]))
if sys.argv[1] == 'request':
    print(json.dumps(case['request']))
elif sys.argv[1] == 'id':
    print(case.get('jobId', ''))
else:
    answer = json.load(open(sys.argv[3]))
    wrong = [f'{k}: expected {v!r}, got {answer.get(k)!r}' for k, v in case['expect'].items() if answer.get(k) != v]
    print('; '.join(wrong)); sys.exit(bool(wrong))
PY
  else
    node -e "
const fs = require('fs'), [what, file, got] = process.argv.slice(1), read = (f) => JSON.parse(fs.readFileSync(f, 'utf8'));
const one = read(file);
if (what === 'request') console.log(JSON.stringify(one.request));
else if (what === 'id') console.log(one.jobId ?? '');
else {
  const answer = read(got), wrong = Object.entries(one.expect).filter(([k, v]) => answer[k] !== v);
  console.log(wrong.map(([k, v]) => k + ': expected ' + JSON.stringify(v) + ', got ' + JSON.stringify(answer[k])).join('; '));
  process.exit(wrong.length ? 1 : 0);
}" "$@"
  fi
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 last=
report() {
  if [ "$1" = 0 ]; then passed=$((passed + 1)) && echo "ok      $2"; else failed=$((failed + 1)) && echo "FAILED  $2: $3"; fi
}

for name; do
  if [ "$name" = results ]; then
    [ -n "$last" ] || { report 1 results 'no job ran before it'; continue; }
    curl -sS -o "$work/again" "$url/api/status/$last" 2>"$work/error"
    cmp -s "$work/again" "$work/answer"
    report $? results "$url/api/status/$last tells something else than ?wait= did: $(cat "$work/error")"
    continue
  fi
  [ -f "cases/$name.json" ] || { report 1 "$name" 'there is no such case'; continue; }
  json request "cases/$name.json" >"$work/request"
  status=$(curl -sS -o "$work/answer" -w '%{http_code}' -H 'Content-Type: application/json' \
    --data-binary "@$work/request" "$url/api/submit?wait=25" 2>"$work/error")
  if [ "$status" != 200 ] && [ "$status" != 202 ]; then
    report 1 "$name" "HTTP $status $(head -c 300 "$work/answer" "$work/error" 2>/dev/null)"
    continue
  fi
  last=$(json id "$work/answer")
  wrong=$(json compare "cases/$name.json" "$work/answer")
  report $? "$name" "$wrong"
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
