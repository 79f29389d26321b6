// Package sluice takes in documents over HTTP, has several replicas check each
// of them, and lets clients watch topics and keep sessions.
package sluice

import (
	"context"
	"crypto/sha256"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"runtime/pprof"
	"strconv"
	"sync"
	"time"
)

const (
	replicas  = 3                      // checkers asked about each document
	docBytes  = 512 << 10              // size of a normalised document
	watchWait = 5 * time.Millisecond   // how long a watcher waits for an event
	heartbeat = 100 * time.Millisecond // how often a session is refreshed
)

// verdict is the answer of one replica.
type verdict struct {
	replica int
	sum     uint32
	doc     []byte // the normalised document the sum belongs to
}

// session is an open session.
type session struct {
	fresh time.Time          // last refresh
	stop  context.CancelFunc // ends the heartbeat
}

// Server is the service. It is an http.Handler.
type Server struct {
	mux *http.ServeMux

	mu       sync.Mutex
	nextID   int
	sessions map[string]session
	topics   map[string]map[chan string]bool // watchers by topic
	digests  int
}

// New returns a server with its routes set up.
func New() *Server {
	s := &Server{
		mux:      http.NewServeMux(),
		sessions: make(map[string]session),
		topics:   make(map[string]map[chan string]bool),
	}
	s.mux.HandleFunc("POST /ingest", s.handleIngest)
	s.mux.HandleFunc("GET /watch", s.handleWatch)
	s.mux.HandleFunc("POST /session", s.handleOpen)
	s.mux.HandleFunc("DELETE /session/{id}", s.handleClose)
	s.mux.HandleFunc("GET /digest", s.handleDigest)
	return s
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mux.ServeHTTP(w, r)
}

// handleIngest takes a document in and answers with its checksum.
func (s *Server) handleIngest(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, docBytes))
	if err != nil {
		http.Error(w, "cannot read the document", http.StatusBadRequest)
		return
	}
	labels := pprof.Labels("handler", "ingest", "tenant", r.FormValue("tenant"))
	pprof.Do(r.Context(), labels, func(ctx context.Context) {
		fmt.Fprintf(w, "%08x\n", firstVerdict(body).sum)
	})
}

// firstVerdict asks all the replicas and returns the answer of the fastest.
func firstVerdict(body []byte) verdict {
	verdicts := make(chan verdict, replicas) // room for all, so that none waits
	for i := range replicas {
		go check(i, body, verdicts)
	}
	return <-verdicts
}

// check is one replica: it normalises the document and sends its verdict.
func check(replica int, body []byte, out chan<- verdict) {
	doc := normalise(body)
	out <- verdict{replica, crc32.ChecksumIEEE(doc), doc}
}

// normalise returns a copy of the body, in capitals and filled up with spaces.
func normalise(body []byte) []byte {
	doc := make([]byte, docBytes)
	n := copy(doc, body)
	for i, c := range doc[:n] {
		if 'a' <= c && c <= 'z' {
			doc[i] = c - 'a' + 'A'
		}
	}
	for i := n; i < len(doc); i++ {
		doc[i] = ' '
	}
	return doc
}

// handleWatch waits a moment for the next event of a topic.
func (s *Server) handleWatch(w http.ResponseWriter, r *http.Request) {
	topic := r.FormValue("topic")
	events, next := make(chan string), make(chan string, 1)
	s.subscribe(topic, events)
	defer s.unsubscribe(topic, events)
	ctx, cancel := context.WithTimeout(r.Context(), watchWait)
	defer cancel()
	pprof.Do(ctx, pprof.Labels("handler", "watch", "topic", topic), func(ctx context.Context) {
		go relay(ctx, events, next)
	})
	select {
	case ev := <-next:
		fmt.Fprintln(w, ev)
	case <-ctx.Done():
		w.WriteHeader(http.StatusNoContent)
	}
}

// relay passes the next event on, unless the watcher has gone before.
func relay(ctx context.Context, events <-chan string, next chan<- string) {
	select {
	case ev := <-events:
		next <- ev
	case <-ctx.Done():
	}
}

// subscribe and unsubscribe add a watcher to a topic and remove it.
func (s *Server) subscribe(topic string, events chan string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.topics[topic] == nil {
		s.topics[topic] = make(map[chan string]bool)
	}
	s.topics[topic][events] = true
}

func (s *Server) unsubscribe(topic string, events chan string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.topics[topic], events)
}

// handleOpen opens a session, which a heartbeat keeps fresh.
func (s *Server) handleOpen(w http.ResponseWriter, r *http.Request) {
	// The heartbeat outlives this request, so its context does not end with it.
	ctx, stop := context.WithCancel(context.WithoutCancel(r.Context()))
	s.mu.Lock()
	s.nextID++
	id := fmt.Sprintf("s%d", s.nextID)
	s.sessions[id] = session{time.Now(), stop}
	s.mu.Unlock()
	pprof.Do(ctx, pprof.Labels("handler", "session"), func(ctx context.Context) {
		go s.beat(ctx, id)
	})
	fmt.Fprintln(w, id)
}

// beat refreshes a session at every tick until it is closed.
func (s *Server) beat(ctx context.Context, id string) {
	tick := time.NewTicker(heartbeat)
	defer tick.Stop()
	for {
		select {
		case now := <-tick.C:
			s.touch(id, now)
		case <-ctx.Done():
			return
		}
	}
}

// touch notes that a session is alive, if it is open.
func (s *Server) touch(id string, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ses, ok := s.sessions[id]; ok {
		ses.fresh = now
		s.sessions[id] = ses
	}
}

// handleClose closes a session and stops its heartbeat.
func (s *Server) handleClose(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ses, ok := s.sessions[r.PathValue("id")]
	if !ok {
		http.Error(w, "no such session", http.StatusNotFound)
		return
	}
	ses.stop()
	delete(s.sessions, r.PathValue("id"))
}

// handleDigest hashes a text as many times as the client likes. Only the count
// of digests is kept under the lock.
func (s *Server) handleDigest(w http.ResponseWriter, r *http.Request) {
	rounds, err := strconv.Atoi(r.FormValue("rounds"))
	if err != nil || rounds < 1 || rounds > 100_000 {
		http.Error(w, "rounds must be 1 to 100000", http.StatusBadRequest)
		return
	}
	pprof.Do(r.Context(), pprof.Labels("handler", "digest"), func(context.Context) {
		s.mu.Lock()
		s.digests++
		s.mu.Unlock()
		fmt.Fprintf(w, "%x\n", digest(r.FormValue("text"), rounds))
	})
}

// digest hashes text, then the hash, and so on.
func digest(text string, rounds int) [sha256.Size]byte {
	sum := sha256.Sum256([]byte(text))
	for range rounds - 1 {
		sum = sha256.Sum256(sum[:])
	}
	return sum
}
