// Package feed serves product feeds over HTTP: a client posts the ids it is
// about to show and gets back one priced, described entry for each of them.
package feed

import (
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"strings"
	"sync"
)

// maxBody bounds the request a client may send.
const maxBody = 1 << 20

// Item is one product as the store keeps it.
type Item struct {
	ID     string
	Title  string
	Cents  int64
	Stock  int
	Rating float64
	Tags   []string
}

// Store holds the items by id. It is safe for concurrent use.
type Store struct {
	mu    sync.RWMutex
	items map[string]Item
}

// NewStore returns a store filled with n generated items, item-0000 onwards.
func NewStore(n int) *Store {
	s := &Store{items: make(map[string]Item, n)}
	for i := range n {
		id := fmt.Sprintf("item-%04d", i)
		s.items[id] = Item{
			ID:     id,
			Title:  fmt.Sprintf("Product %d & friends", i),
			Cents:  int64(i)*137 + 99,
			Stock:  i % 7,
			Rating: float64(i%50) / 10,
			Tags:   []string{"catalog", fmt.Sprintf("shelf-%d", i%12)},
		}
	}
	return s
}

// Get returns the item with the given id.
func (s *Store) Get(id string) (Item, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	it, ok := s.items[id]
	return it, ok
}

// Server answers feed requests from a store.
type Server struct {
	store *Store
	mux   *http.ServeMux
}

// NewServer returns a server with its routes set up.
func NewServer(store *Store) *Server {
	s := &Server{store: store, mux: http.NewServeMux()}
	s.mux.HandleFunc("POST /v1/feed", s.handleFeed)
	s.mux.HandleFunc("GET /v1/item/{id}", s.handleItem)
	return s
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mux.ServeHTTP(w, r)
}

// handleFeed decodes the request, looks the items up and writes the response.
func (s *Server) handleFeed(w http.ResponseWriter, r *http.Request) {
	req, err := decodeRequest(r)
	if err != nil {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	writeJSON(w, s.buildResponse(req))
}

// handleItem writes a single item.
func (s *Server) handleItem(w http.ResponseWriter, r *http.Request) {
	it, ok := s.store.Get(r.PathValue("id"))
	if !ok {
		http.Error(w, "no such item", http.StatusNotFound)
		return
	}
	writeJSON(w, renderItem(it, "EUR"))
}

// decodeRequest reads the whole body and decodes it without a schema.
func decodeRequest(r *http.Request) (map[string]any, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return nil, err
	}
	var req map[string]any
	if err := json.Unmarshal(body, &req); err != nil {
		return nil, err
	}
	return req, nil
}

// buildResponse assembles the response document.
func (s *Server) buildResponse(req map[string]any) map[string]any {
	currency, _ := req["currency"].(string)
	if currency == "" {
		currency = "EUR"
	}
	ids, _ := req["ids"].([]any)
	items := []map[string]any{}
	missing := []string{}
	for _, v := range ids {
		id := fmt.Sprint(v)
		it, ok := s.store.Get(id)
		if !ok {
			missing = append(missing, id)
			continue
		}
		items = append(items, renderItem(it, currency))
	}
	return map[string]any{
		"count":   len(items),
		"items":   items,
		"missing": missing,
	}
}

// renderItem turns an item into its wire form.
func renderItem(it Item, currency string) map[string]any {
	tags := []any{}
	for _, t := range it.Tags {
		tags = append(tags, strings.ToLower(t))
	}
	return map[string]any{
		"available": it.Stock > 0,
		"id":        it.ID,
		"price":     fmt.Sprintf("%d.%02d %s", it.Cents/100, it.Cents%100, currency),
		"rating":    it.Rating,
		"tags":      tags,
		"title":     it.Title,
	}
}

// writeJSON marshals v and sends it with an entity tag.
func writeJSON(w http.ResponseWriter, v map[string]any) {
	out, err := json.Marshal(v)
	if err != nil {
		http.Error(w, "encoding failed", http.StatusInternalServerError)
		return
	}
	out = append(out, '\n')
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("ETag", fmt.Sprintf("%q", fmt.Sprintf("%08x", crc32.ChecksumIEEE(out))))
	w.Write(out)
}
