// Package quay is a small service with three goroutine leaks and, beside them,
// goroutines that are meant to wait. What each round of load leaks is exact.
package quay

import (
	"context"
	"errors"
	"net"
	"net/http"
	"runtime/pprof"
	"sync"
	"time"
)

// ErrTimeout is what a caller gets whose carrier answers too late.
var ErrTimeout = errors.New("quay: the carrier answers too late")

// Harbor is the service.
type Harbor struct {
	jobs   chan func()
	ledger sync.Mutex
	berths *sync.Cond
	free   int
}

// Open starts the goroutines that are meant to wait: four workers, six boats
// that wait for a berth, one sweeper, one HTTP server.
func Open() (*Harbor, error) {
	h := &Harbor{jobs: make(chan func()), berths: sync.NewCond(&sync.Mutex{})}
	for range 4 {
		go h.work()
	}
	for range 6 {
		go h.moor()
	}
	go h.sweep(time.Hour)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	go http.Serve(ln, nil)
	// The clerk who had the ledger went away with it.
	h.ledger.Lock()
	return h, nil
}

// work runs jobs for ever: well-behaved.
func (h *Harbor) work() {
	for job := range h.jobs {
		job()
	}
}

// moor waits for a berth: well-behaved.
func (h *Harbor) moor() {
	h.berths.L.Lock()
	defer h.berths.L.Unlock()
	for h.free == 0 {
		h.berths.Wait()
	}
	h.free--
}

// sweep looks after the berths now and then: well-behaved.
func (h *Harbor) sweep(every time.Duration) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for range ticker.C {
		h.berths.Broadcast()
	}
}

// Quote asks a carrier for a price and gives up before it answers. Leak 1: the
// carrier's goroutine sends to nobody.
func (h *Harbor) Quote(ctx context.Context, port string) (int, error) {
	price := make(chan int)
	pprof.Do(ctx, pprof.Labels("verb", "quote", "port", port), func(context.Context) {
		go ask(price)
	})
	select {
	case p := <-price:
		return p, nil
	case <-time.After(time.Millisecond):
		return 0, ErrTimeout
	}
}

func ask(price chan<- int) {
	time.Sleep(5 * time.Millisecond)
	price <- 42
}

// Follow reports the ways of a ship to a follower. Leak 2: the context that
// ends it is never cancelled, the channel is never closed.
func (h *Harbor) Follow(ship string) {
	ctx, cancel := context.WithCancel(context.Background())
	_ = cancel
	positions := make(chan string)
	go func() {
		for {
			select {
			case <-positions:
			case <-ctx.Done():
				return
			}
		}
	}()
}

// Enter writes a ship into the ledger. Leak 3: who holds the ledger never lets
// go of it; the service still refers to the lock, so the runtime cannot tell.
func (h *Harbor) Enter(ship string) {
	go h.enter(ship)
}

func (h *Harbor) enter(string) {
	h.ledger.Lock()
	defer h.ledger.Unlock()
}

// Run gives a job to a worker and waits for its end.
func (h *Harbor) Run(job func()) {
	var done sync.WaitGroup
	done.Add(1)
	h.jobs <- func() {
		defer done.Done()
		job()
	}
	done.Wait()
}

// Load is one round of work: it leaks eight carriers, five followers and three
// entries.
func (h *Harbor) Load() {
	for i := range 8 {
		port := [...]string{"bergen", "gdynia"}[i%2]
		h.Quote(context.Background(), port)
	}
	for range 5 {
		h.Follow("Alma")
	}
	for range 3 {
		h.Enter("Alma")
	}
	for range 20 {
		h.Run(func() {})
	}
	time.Sleep(30 * time.Millisecond)
}
