#!/bin/sh
# record.sh builds quay and records its goroutine profiles and dumps into out:
#
#	GO=go1.27.3 ./record.sh          # all but the dump that takes two minutes
#	GO=go1.27.3 ./record.sh wait     # that one too
#
# out/MOMENT/*       goroutine and goroutineleak in all three forms
# out/cases/X.txt    the standard error of `quay X`; variables are set below
# out/wait           a dump of goroutines that have waited for minutes
#
# GO     the go command, 1.27 or later (default: go)
# BUILD  directory the program is built into and run from (default:
#        /srv/perfplan); its name gets into the mappings. Removed after.
set -eu

GO=${GO:-go}
BUILD=${BUILD:-/srv/perfplan}
here=$(cd "$(dirname "$0")" && pwd)

export GOTOOLCHAIN=local GOPROXY=off GOWORK=off GOFLAGS=-trimpath CGO_ENABLED=0
unset GODEBUG GOGC GOMEMLIMIT GOMAXPROCS GOEXPERIMENT GOTRACEBACK || true

cd "$here"
unformatted=$("$("$GO" env GOROOT)/bin/gofmt" -l .)
[ -z "$unformatted" ] || { echo "not formatted: $unformatted" >&2; exit 1; }
"$GO" vet ./...
run=$BUILD/quay
mkdir -p "$run" out/cases
"$GO" build -o "$run/quay" ./cmd/quay
"$GO" test -c -o "$run/quay.test" .

# case NAME [VARIABLE=VALUE]: they end with any code.
record_case() {
	name=$1
	shift
	(cd "$run" && env "$@" ./quay "${name%%-*}" 2>"$here/out/cases/$name.txt" || true)
}
for name in panic repanic segv deadlock nilchan quit overflow labels generic; do
	record_case $name NONE=
done
record_case panic-system GOTRACEBACK=system
record_case quit-crash GOTRACEBACK=crash
record_case family GODEBUG=tracebackancestors=3
(cd "$run" && QUAY_BUBBLE="$here/out/cases/bubble.txt" ./quay.test >/dev/null)
(cd "$run" && ./quay -record "$here/out")
if [ "${1:-}" = wait ]; then
	(cd "$run" && ./quay -wait "$here/out/wait")
fi
rm -rf "$run"
rmdir "$BUILD" 2>/dev/null || true
if grep -rlaF "$here/" out; then
	echo "a path of this machine is in these" >&2
	exit 1
fi
