// Command quay records goroutine profiles and dumps of package quay, and the
// dumps of programs that end badly.
//
//	quay -record DIR   all forms of the goroutine profiles, before, after one
//	                   and after two rounds of load
//	quay -wait DIR     a dump after two minutes, in which goroutines have waited
//	quay CASE          one of cases: writes its dump to standard error
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"sort"
	"strings"
	"sync"
	"syscall"
	"time"

	"example.com/quay"
)

var cases = map[string]func(){
	"panic":    func() { settle(); var ledger map[string]int; ledger["Alma"]++ },
	"repanic":  repanic,
	"segv":     func() { var h *quay.Harbor; go h.Run(func() {}); settle(); fmt.Println(*(*int)(nil)) },
	"deadlock": func() { var done sync.WaitGroup; done.Add(1); done.Wait() },
	"nilchan":  func() { go func() { <-(chan int)(nil) }(); go func() { select {} }(); settle(); quit() },
	"quit":     func() { go locked(); settle(); quit() },
	"overflow": func() { fmt.Println(sink(0)) },
	"stack":    stack,
	"labels":   labels,
	"family":   func() { go parent(2); settle(); stack() },
	"generic":  func() { go park[string]([]string{"a"}); settle(); stack() },
}

func main() {
	if len(os.Args) == 3 && os.Args[1] == "-record" {
		check(record(os.Args[2]))
		return
	}
	if len(os.Args) == 3 && os.Args[1] == "-wait" {
		check(wait(os.Args[2]))
		return
	}
	if len(os.Args) == 2 && cases[os.Args[1]] != nil {
		cases[os.Args[1]]()
		return
	}
	var names []string
	for name := range cases {
		names = append(names, name)
	}
	sort.Strings(names)
	fmt.Fprintln(os.Stderr, "quay: one of", strings.Join(names, ", "))
	os.Exit(2)
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "quay:", err)
		os.Exit(1)
	}
}

// record writes the profiles of three moments.
func record(dir string) error {
	h, err := quay.Open()
	if err != nil {
		return err
	}
	time.Sleep(20 * time.Millisecond)
	for i, moment := range []string{"early", "middle", "late"} {
		if i > 0 {
			h.Load()
		}
		if err := lookup(filepath.Join(dir, moment)); err != nil {
			return err
		}
	}
	return nil
}

// lookup writes each profile that there is, in each form.
func lookup(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, name := range []string{"goroutine", "goroutineleak"} {
		profile := pprof.Lookup(name)
		if profile == nil {
			continue
		}
		for debug, suffix := range []string{"pb.gz", "debug1.txt", "debug2.txt"} {
			f, err := os.Create(filepath.Join(dir, name+"."+suffix))
			if err != nil {
				return err
			}
			if err := profile.WriteTo(f, debug); err != nil {
				return err
			}
			if err := f.Close(); err != nil {
				return err
			}
		}
	}
	return nil
}

// wait lets a collection find the goroutines parked, and then two minutes pass.
func wait(dir string) error {
	h, err := quay.Open()
	if err != nil {
		return err
	}
	h.Load()
	go locked()
	for range 5 {
		runtime.GC()
		time.Sleep(25 * time.Second)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(dir, "goroutine.debug2.txt"))
	if err != nil {
		return err
	}
	defer f.Close()
	return pprof.Lookup("goroutine").WriteTo(f, 2)
}

func settle() { time.Sleep(20 * time.Millisecond) }

func quit() {
	syscall.Kill(syscall.Getpid(), syscall.SIGQUIT)
	time.Sleep(time.Second)
}

func locked() {
	runtime.LockOSThread()
	<-make(chan int)
}

func repanic() {
	defer func() { panic(fmt.Sprintf("again: %v", recover())) }()
	panic("first\ngoroutine 7 is not a header")
}

//go:noinline
func sink(n int) int { return sink(n+1) + n }

func stack() {
	buf := make([]byte, 1<<20)
	os.Stderr.Write(buf[:runtime.Stack(buf, true)])
}

func labels() {
	for _, value := range []string{"plain", "with space", "with, comma", `with "quotes"`, "with: colon", "é\n}"} {
		go pprof.Do(ctx(), pprof.Labels("key", value, "other key", ""), blocked)
	}
	settle()
	pprof.Lookup("goroutine").WriteTo(os.Stderr, 2)
}

func parent(n int) {
	if n > 0 {
		go parent(n - 1)
	}
	<-make(chan int)
}

type crate[T any] struct{ items []T }

func (c *crate[T]) hold() { <-make(chan T) }

func park[T any](items []T) {
	c := &crate[T]{items}
	c.hold()
}
