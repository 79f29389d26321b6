// Command sluice serves the sluice service and its profiles. With -record it
// serves on loopback, puts a bounded load on itself, and keeps the profiles of
// before, during and after the load.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	_ "net/http/pprof"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	sluice "example.com/sluice/after"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "`address` to listen on")
	dir := flag.String("record", "", "record profiles into `directory` and exit")
	flag.Parse()
	log.SetFlags(0)
	log.SetPrefix("sluice: ")

	runtime.SetBlockProfileRate(10_000) // one in 10 µs blocked
	runtime.SetMutexProfileFraction(5)

	mux := http.NewServeMux()
	mux.Handle("/debug/pprof/", http.DefaultServeMux)
	mux.Handle("/", sluice.New())
	if *dir == "" {
		log.Fatal(http.ListenAndServe(*addr, mux))
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	go http.Serve(ln, mux)
	if err := record("http://"+ln.Addr().String(), *dir); err != nil {
		log.Fatal(err)
	}
}

// profiles are the profiles taken before and after the load, in this order:
// goroutineleak comes last because it marks what it finds.
var profiles = []struct{ file, query string }{
	{"goroutine.pb.gz", "goroutine?debug=0"},
	{"goroutine.debug1.txt", "goroutine?debug=1"},
	{"goroutine.debug2.txt", "goroutine?debug=2"},
	{"heap.pb.gz", "heap?gc=1&debug=0"},
	{"heap.debug1.txt", "heap?debug=1"},
	{"allocs.pb.gz", "allocs?debug=0"},
	{"block.pb.gz", "block?debug=0"},
	{"mutex.pb.gz", "mutex?debug=0"},
	{"threadcreate.pb.gz", "threadcreate?debug=0"},
	{"goroutineleak.pb.gz", "goroutineleak?debug=0"},
	{"goroutineleak.debug1.txt", "goroutineleak?debug=1"},
	{"goroutineleak.debug2.txt", "goroutineleak?debug=2"},
}

// record takes the profiles, puts the load on the server, and takes them again.
func record(base, dir string) error {
	// Each request has its own connection, which is gone when it is answered.
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	if err := take(client, base, filepath.Join(dir, "idle")); err != nil {
		return err
	}
	var cpuErr error
	var cpu sync.WaitGroup
	cpu.Go(func() { cpuErr = fetch(client, base+"/debug/pprof/profile?seconds=3", filepath.Join(dir, "cpu.pb.gz")) })
	time.Sleep(200 * time.Millisecond) // until the profiler runs
	if err := load(client, base); err != nil {
		return err
	}
	cpu.Wait()
	if cpuErr != nil {
		return cpuErr
	}
	time.Sleep(300 * time.Millisecond) // until the connections are gone
	return take(client, base, filepath.Join(dir, "loaded"))
}

// take fetches all the profiles into dir.
func take(client *http.Client, base, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, p := range profiles {
		if err := fetch(client, base+"/debug/pprof/"+p.query, filepath.Join(dir, p.file)); err != nil {
			return err
		}
	}
	return nil
}

// fetch writes what the address answers to a file.
func fetch(client *http.Client, addr, file string) error {
	out, err := call(client, "GET", addr, "")
	if err != nil {
		return err
	}
	return os.WriteFile(file, []byte(out), 0o644)
}

// call sends one request and returns the body of the answer.
func call(client *http.Client, method, addr, body string) (string, error) {
	req, err := http.NewRequest(method, addr, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	resp, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	out, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode >= 300 {
		err = fmt.Errorf("%s %s: %s", method, addr, resp.Status)
	}
	return string(out), err
}

// load sends a fixed number of requests: 48 documents of three tenants, 36
// watches of three topics, 24 sessions opened and closed, 600 digests.
func load(client *http.Client, base string) error {
	doc := strings.Repeat("the quick brown fox ", 500)
	for i := range 48 {
		tenant := []string{"acme", "birch", "cedar"}[i%3]
		if _, err := call(client, "POST", base+"/ingest?tenant="+tenant, doc); err != nil {
			return err
		}
	}
	for i := range 36 {
		topic := []string{"orders", "orders", "orders", "stock", "stock", "price"}[i%6]
		if _, err := call(client, "GET", base+"/watch?topic="+topic, ""); err != nil {
			return err
		}
	}
	for range 24 {
		id, err := call(client, "POST", base+"/session", "")
		if err != nil {
			return err
		}
		if _, err := call(client, "DELETE", base+"/session/"+strings.TrimSpace(id), ""); err != nil {
			return err
		}
	}
	var errs [4]error
	var wg sync.WaitGroup
	for w := range errs {
		wg.Go(func() {
			for i := 0; i < 150 && errs[w] == nil; i++ {
				_, errs[w] = call(client, "GET", base+"/digest?rounds=40000&text=abc", "")
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
