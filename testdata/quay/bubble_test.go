package quay

import (
	"os"
	"runtime"
	"testing"
	"testing/synctest"
	"time"
)

// TestBubble shows goroutines of a synctest bubble; QUAY_BUBBLE names the file
// for their dump.
func TestBubble(t *testing.T) {
	synctest.Test(t, func(*testing.T) {
		done := make(chan int)
		go func() { <-done }()
		go func() { time.Sleep(time.Second) }()
		synctest.Wait()
		if name := os.Getenv("QUAY_BUBBLE"); name != "" {
			buf := make([]byte, 1<<20)
			if err := os.WriteFile(name, buf[:runtime.Stack(buf, true)], 0o644); err != nil {
				t.Fatal(err)
			}
		}
		close(done)
		time.Sleep(2 * time.Second)
	})
}
