#!/bin/sh
# record.sh builds the programs of this directory, runs them, and records their
# profiles and benchmark text into PROGRAM/VARIANT/out.
#
#	GO=go1.27.3 ./record.sh                # everything, about two minutes
#	GO=go1.27.3 ./record.sh feed sluice    # only these programs
#	GO=go1.27.3 ./record.sh evidence       # only what compiler and runtime print
#
# GO     the go command, 1.27 or later (default: go)
# BUILD  directory the binaries are built into and run from; its name gets into
#        the mappings of the profiles (default: /srv/perfplan). Removed after.
set -eu

GO=${GO:-go}
BUILD=${BUILD:-/srv/perfplan}
here=$(cd "$(dirname "$0")" && pwd)

# The same build on any machine: no other toolchain, no network, no workspace,
# no C, and no path of this machine in the binaries.
export GOTOOLCHAIN=local GOPROXY=off GOWORK=off GOFLAGS=-trimpath CGO_ENABLED=0
unset GODEBUG GOGC GOMEMLIMIT GOMAXPROCS GOEXPERIMENT || true

say() { echo "record: $*" >&2; }

# check PROGRAM: the two variants are formatted, vetted, pass, and are tested by
# the same file.
check() {
	unformatted=$(cd "$here/$1" && "$("$GO" env GOROOT)/bin/gofmt" -l .)
	if [ -n "$unformatted" ]; then
		say "not formatted: $unformatted"
		exit 1
	fi
	cmp "$here/$1/before/$1_test.go" "$here/$1/after/$1_test.go"
	(cd "$here/$1" && "$GO" vet ./... && "$GO" test ./... >&2)
}

# record_bench PROGRAM VARIANT: one run of the test binary gives bench.txt and
# the four profiles; a second one, without profiling, gives bench2.txt.
record_bench() {
	out=$here/$1/$2/out
	run=$BUILD/$1/$2
	mkdir -p "$out" "$run"
	(cd "$here/$1" && "$GO" test -c -o "$run/$1.test" "./$2")
	say "$1/$2: profiles and bench.txt"
	(
		cd "$run"
		"./$1.test" -test.run '^$' -test.bench . -test.benchmem \
			-test.count=10 -test.benchtime=0.2s \
			-test.cpuprofile cpu.pb.gz \
			-test.memprofile mem.pb.gz \
			-test.blockprofile block.pb.gz -test.blockprofilerate 1000 \
			-test.mutexprofile mutex.pb.gz -test.mutexprofilefraction 5 \
			>bench.txt
		mv bench.txt cpu.pb.gz mem.pb.gz block.pb.gz mutex.pb.gz "$out"
	)
	say "$1/$2: bench2.txt"
	(
		cd "$run"
		"./$1.test" -test.run '^$' -test.bench . -test.benchmem \
			-test.count=10 -test.benchtime=0.2s >"$out/bench2.txt"
	)
}

# record_json PROGRAM VARIANT: what go test -json says, tests and benchmarks.
record_json() {
	say "$1/$2: $1_test.json"
	(cd "$here/$1" && "$GO" test -json -count=3 -bench . -benchmem -benchtime=0.1s "./$2") \
		>"$here/$1/$2/out/$1_test.json"
}

# record_notes PROGRAM VARIANT: the compiler's notes on escapes and inlining.
# The result is thrown away; the notes are on standard error.
record_notes() {
	say "$1/$2: notes.txt"
	(cd "$here/$1" && "$GO" build -gcflags=-m=2 "./$2") 2>"$here/$1/$2/out/notes.txt"
}

# record_bounds PROGRAM VARIANT: the bounds checks that the compiler leaves in.
record_bounds() {
	say "$1/$2: bounds.txt"
	(cd "$here/$1" && "$GO" build "-gcflags=-d=ssa/check_bce" "./$2") 2>"$here/$1/$2/out/bounds.txt"
}

# record_log PROGRAM VARIANT: the compiler's log of its optimisations. It names
# files by their full path, so the sources are compiled from BUILD, and Go's own
# files get the path that they have where Go is usually installed.
record_log() {
	say "$1/$2: optlog.json"
	rm -rf "${BUILD:?}/$1"
	mkdir -p "$BUILD/$1"
	cp -R "$here/$1/go.mod" "$here/$1/$2" "$BUILD/$1"
	(cd "$BUILD/$1" && "$GO" build "-gcflags=-json=0,$BUILD/$1/log" "./$2")
	sed "s|file://$("$GO" env GOROOT)/|file:///usr/local/go/|g" \
		"$BUILD/$1/log"/*"%2F$2"/"$1.json" >"$here/$1/$2/out/optlog.json"
}

# record_runtime PROGRAM VARIANT: what the runtime prints on standard error of a
# short run of the benchmarks: collections, start-up, the scheduler.
record_runtime() {
	out=$here/$1/$2/out
	run=$BUILD/$1/$2
	say "$1/$2: runtime.txt"
	mkdir -p "$run"
	(cd "$here/$1" && "$GO" test -c -o "$run/$1.test" "./$2")
	(
		cd "$run"
		GODEBUG=gctrace=1,inittrace=1,schedtrace=250 "./$1.test" -test.run '^$' \
			-test.bench . -test.benchtime=20x 2>"$out/runtime.txt" >/dev/null
	)
}

# record_server PROGRAM VARIANT: the program puts its load on itself. The rate
# of the heap profile is so much finer than a document of 512 KiB that each of
# them is sampled.
record_server() {
	out=$here/$1/$2/out
	run=$BUILD/$1/$2
	mkdir -p "$out" "$run"
	(cd "$here/$1" && "$GO" build -o "$run/$1" "./$2/cmd/$1")
	say "$1/$2: the profiles of the server"
	(cd "$run" && GODEBUG=memprofilerate=32768 "./$1" -record out && cp -R out/. "$out")
}

# scan: no path of this machine is in any recording.
scan() {
	bad=0
	for f in $(find "$here" -path '*/out/*' -type f); do
		for p in "$here" "$HOME"; do
			if gzip -cdf "$f" | grep -aqF "$p/"; then
				say "$f has the path $p"
				bad=1
			fi
		done
	done
	return $bad
}

# evidence: what else compiler and runtime print of the before variants.
evidence() {
	record_bounds feed before
	record_log feed before
	record_runtime feed before
	record_log ledger before
	record_runtime ledger before
	record_notes rates before
	record_bounds rates before
	rm -rf "${BUILD:?}/feed" "${BUILD:?}/ledger"
}

[ $# -gt 0 ] || set -- feed ledger rates sluice evidence
say "$("$GO" version)"
for program; do
	if [ "$program" = evidence ]; then
		evidence
		continue
	fi
	check "$program"
	for variant in before after; do
		rm -rf "${here:?}/$program/$variant/out"
		case $program in
		sluice) record_server "$program" "$variant" ;;
		*) record_bench "$program" $variant ;;
		esac
	done
	case $program in
	feed)
		record_json feed before
		record_json feed after
		record_notes feed before
		;;
	ledger) record_notes ledger before ;;
	esac
	rm -rf "${BUILD:?}/$program"
done
rmdir "$BUILD" 2>/dev/null || true
scan
say "$(find "$here" -path '*/out/*' -type f | wc -l) files recorded"
