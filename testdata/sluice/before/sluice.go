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

// Server is the service. It is an http.Handler.
type Server struct {
	mux *http.ServeMux

	mu       sync.Mutex
	nextID   int
	sessions map[string]time.Time            // last refresh by session
	topics   map[string]map[chan string]bool // watchers by topic
	digests  int
}

// New returns a server with its routes set up.
func New() *Server {
	s := &Server{
		mux:      http.NewServeMux(),
		sessions: make(map[string]time.Time),
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
	verdicts := make(chan verdict)
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
	pprof.Do(r.Context(), pprof.Labels("handler", "watch", "topic", topic), func(context.Context) {
		go relay(events, next)
	})
	select {
	case ev := <-next:
		fmt.Fprintln(w, ev)
	case <-time.After(watchWait):
		w.WriteHeader(http.StatusNoContent)
	}
}

// relay passes the next event on.
func relay(events <-chan string, next chan<- string) {
	ev := <-events
	next <- ev
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
	s.mu.Lock()
	s.nextID++
	id := fmt.Sprintf("s%d", s.nextID)
	s.sessions[id] = time.Now()
	s.mu.Unlock()
	pprof.Do(r.Context(), pprof.Labels("handler", "session"), func(context.Context) {
		go s.beat(id)
	})
	fmt.Fprintln(w, id)
}

// beat refreshes a session at every tick.
func (s *Server) beat(id string) {
	tick := time.NewTicker(heartbeat)
	for now := range tick.C {
		s.touch(id, now)
	}
}

// touch notes that a session is alive, if it is open.
func (s *Server) touch(id string, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.sessions[id]; ok {
		s.sessions[id] = now
	}
}

// handleClose closes a session.
func (s *Server) handleClose(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.sessions[r.PathValue("id")]; !ok {
		http.Error(w, "no such session", http.StatusNotFound)
		return
	}
	delete(s.sessions, r.PathValue("id"))
}

// handleDigest hashes a text as many times as the client likes. The count of
// digests is kept under the lock for the whole time.
func (s *Server) handleDigest(w http.ResponseWriter, r *http.Request) {
	rounds, err := strconv.Atoi(r.FormValue("rounds"))
	if err != nil || rounds < 1 || rounds > 100_000 {
		http.Error(w, "rounds must be 1 to 100000", http.StatusBadRequest)
		return
	}
	pprof.Do(r.Context(), pprof.Labels("handler", "digest"), func(context.Context) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.digests++
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
