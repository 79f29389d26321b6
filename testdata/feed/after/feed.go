// Package feed serves product feeds over HTTP: a client posts the ids it is
// about to show and gets back one priced, described entry for each of them.
package feed

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"strconv"
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
// Tags are lowered here once, so that rendering can share them.
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
			Tags:   []string{"catalog", strings.ToLower(fmt.Sprintf("shelf-%d", i%12))},
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

// feedRequest is the body of POST /v1/feed.
type feedRequest struct {
	Currency string   `json:"currency"`
	IDs      []string `json:"ids"`
}

// feedItem and feedResponse are the wire form; their fields are in the order
// of their names, the order clients have always seen.
type feedItem struct {
	Available bool     `json:"available"`
	ID        string   `json:"id"`
	Price     string   `json:"price"`
	Rating    float64  `json:"rating"`
	Tags      []string `json:"tags"`
	Title     string   `json:"title"`
}

type feedResponse struct {
	Count   int        `json:"count"`
	Items   []feedItem `json:"items"`
	Missing []string   `json:"missing"`
}

// scratch is what one request needs; scratchPool keeps it between requests.
type scratch struct {
	buf  bytes.Buffer
	enc  *json.Encoder
	req  feedRequest
	resp feedResponse
}

var scratchPool = sync.Pool{New: func() any {
	sc := new(scratch)
	sc.enc = json.NewEncoder(&sc.buf)
	return sc
}}

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
	sc := scratchPool.Get().(*scratch)
	defer scratchPool.Put(sc)
	if err := sc.decodeRequest(r); err != nil {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	s.buildResponse(&sc.req, &sc.resp)
	sc.writeJSON(w, &sc.resp)
}

// handleItem writes a single item.
func (s *Server) handleItem(w http.ResponseWriter, r *http.Request) {
	it, ok := s.store.Get(r.PathValue("id"))
	if !ok {
		http.Error(w, "no such item", http.StatusNotFound)
		return
	}
	sc := scratchPool.Get().(*scratch)
	defer scratchPool.Put(sc)
	item := renderItem(it, "EUR")
	sc.writeJSON(w, &item)
}

// decodeRequest reads the body into the scratch buffer and decodes it there.
func (sc *scratch) decodeRequest(r *http.Request) error {
	sc.req.Currency = ""
	sc.req.IDs = sc.req.IDs[:0]
	sc.buf.Reset()
	if _, err := sc.buf.ReadFrom(io.LimitReader(r.Body, maxBody)); err != nil {
		return err
	}
	return json.Unmarshal(sc.buf.Bytes(), &sc.req)
}

// buildResponse assembles the response document in resp.
func (s *Server) buildResponse(req *feedRequest, resp *feedResponse) {
	currency := req.Currency
	if currency == "" {
		currency = "EUR"
	}
	if resp.Items == nil {
		resp.Items = make([]feedItem, 0, len(req.IDs))
		resp.Missing = make([]string, 0, 4)
	}
	resp.Items, resp.Missing = resp.Items[:0], resp.Missing[:0]
	for _, id := range req.IDs {
		it, ok := s.store.Get(id)
		if !ok {
			resp.Missing = append(resp.Missing, id)
			continue
		}
		resp.Items = append(resp.Items, renderItem(it, currency))
	}
	resp.Count = len(resp.Items)
}

// renderItem turns an item into its wire form.
func renderItem(it Item, currency string) feedItem {
	var tmp [32]byte
	price := strconv.AppendInt(tmp[:0], it.Cents/100, 10)
	price = append(price, '.', byte('0'+it.Cents%100/10), byte('0'+it.Cents%10), ' ')
	price = append(price, currency...)
	return feedItem{
		Available: it.Stock > 0,
		ID:        it.ID,
		Price:     string(price),
		Rating:    it.Rating,
		Tags:      it.Tags,
		Title:     it.Title,
	}
}

// writeJSON encodes v into the scratch buffer and sends it with an entity tag.
func (sc *scratch) writeJSON(w http.ResponseWriter, v any) {
	sc.buf.Reset()
	if err := sc.enc.Encode(v); err != nil {
		http.Error(w, "encoding failed", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("ETag", entityTag(sc.buf.Bytes()))
	w.Write(sc.buf.Bytes())
}

// entityTag returns the quoted checksum of body.
func entityTag(body []byte) string {
	sum := crc32.ChecksumIEEE(body)
	var tag [10]byte
	tag[0], tag[9] = '"', '"'
	hex.Encode(tag[1:9], []byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)})
	return string(tag[:])
}
