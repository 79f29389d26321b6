package rates

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
)

// pairNames returns n names of currency pairs.
func pairNames(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("C%02d/D%02d", i/20, i%20)
	}
	return names
}

func TestCache(t *testing.T) {
	c := New()
	c.Put("EUR/USD", Quote{Bid: 1.0821, Ask: 1.0823, Seq: 7})
	c.Put("EUR/USD", Quote{Bid: 1, Ask: 2, Seq: 6}) // late, not stored
	const want = "EUR/USD bid=1.08210 ask=1.08230 seq=7 sig=ac743380c8446551"
	if got, ok := c.Get("EUR/USD"); !ok || got != want {
		t.Errorf("got %q %v, want %q", got, ok, want)
	}
	if got, ok := c.Get("EUR/XXX"); ok || got != "" {
		t.Errorf("got %q %v for an unknown pair", got, ok)
	}
	if hits, misses := c.Stats(); hits != 1 || misses != 1 {
		t.Errorf("%d hits and %d misses, want 1 and 1", hits, misses)
	}
}

func TestConcurrent(t *testing.T) {
	c, pairs := New(), pairNames(100)
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			c.WriteBatch(context.Background(), pairs, Quote{Bid: 1, Ask: 2, Seq: int64(g)})
			c.ReadBatch(context.Background(), pairs)
		})
	}
	wg.Wait()
	if hits, misses := c.Stats(); hits != 800 || misses != 0 {
		t.Errorf("%d hits and %d misses, want 800 and 0", hits, misses)
	}
	if got := c.ReadBatch(context.Background(), pairs[:3]); got != 3*len("C00/D00 bid=1.00000 ask=2.00000 seq=7 sig=0123456789abcdef") {
		t.Errorf("a batch of three takes %d bytes", got)
	}
}

// batch is the number of pairs a client asks for at once.
const batch = 16

func BenchmarkCache(b *testing.B) {
	for _, mix := range []struct {
		name  string
		write int // batches in a hundred that write
	}{{"read-heavy", 5}, {"write-heavy", 60}} {
		b.Run("mix="+mix.name, func(b *testing.B) {
			// Every eleventh pair is unknown to begin with and never written.
			c, pairs, ctx := New(), pairNames(1024), context.Background()
			known := make([]string, 0, len(pairs))
			for i, p := range pairs {
				if i%11 != 10 {
					known = append(known, p)
				}
			}
			c.WriteBatch(ctx, known, Quote{Bid: 1, Ask: 1.01})
			var seq, worker atomic.Int64
			b.SetParallelism(4)
			b.ReportAllocs()
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				n := int(worker.Add(1)) * 7
				for pb.Next() {
					n++
					if n*37%100 < mix.write {
						at := n * batch % (len(known) - batch)
						c.WriteBatch(ctx, known[at:at+batch], Quote{Bid: 1.1, Ask: 1.2, Seq: seq.Add(1)})
						continue
					}
					at := n * batch % len(pairs)
					c.ReadBatch(ctx, pairs[at:at+batch])
				}
			})
			hits, misses := c.Stats()
			b.ReportMetric(100*float64(hits)/float64(max(hits+misses, 1)), "hit%")
			b.ReportMetric(batch*float64(b.N)/b.Elapsed().Seconds(), "keys/s")
		})
	}
}
