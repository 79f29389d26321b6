package feed

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// requestBody asks for n items; every tenth id does not exist.
func requestBody(n int) []byte {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("item-%04d", i*3)
		if i%10 == 9 {
			ids[i] = fmt.Sprintf("gone-%04d", i)
		}
	}
	body, _ := json.Marshal(map[string]any{"currency": "EUR", "ids": ids})
	return body
}

func TestFeed(t *testing.T) {
	srv := NewServer(NewStore(20))
	for _, tc := range []struct {
		name, method, path, body string
		code                     int
		want, etag               string
	}{
		{"two and one missing", "POST", "/v1/feed", `{"ids":["item-0001","nope","item-0014"],"currency":"SEK"}`, 200,
			`{"count":2,"items":[` +
				`{"available":true,"id":"item-0001","price":"2.36 SEK","rating":0.1,"tags":["catalog","shelf-1"],"title":"Product 1 \u0026 friends"},` +
				`{"available":false,"id":"item-0014","price":"20.17 SEK","rating":1.4,"tags":["catalog","shelf-2"],"title":"Product 14 \u0026 friends"}` +
				`],"missing":["nope"]}` + "\n", `"be9763b6"`},
		{"empty", "POST", "/v1/feed", `{}`, 200, `{"count":0,"items":[],"missing":[]}` + "\n", `"e4e34ce7"`},
		{"single", "GET", "/v1/item/item-0000", "", 200,
			`{"available":false,"id":"item-0000","price":"0.99 EUR","rating":0,"tags":["catalog","shelf-0"],"title":"Product 0 \u0026 friends"}` + "\n", `"72c2c950"`},
		{"absent", "GET", "/v1/item/nope", "", 404, "no such item\n", ""},
		{"broken", "POST", "/v1/feed", `{"ids":`, 400, "bad request\n", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			rec := httptest.NewRecorder()
			srv.ServeHTTP(rec, httptest.NewRequest(tc.method, tc.path, strings.NewReader(tc.body)))
			if rec.Code != tc.code || rec.Body.String() != tc.want {
				t.Errorf("got %d %s want %d %s", rec.Code, rec.Body, tc.code, tc.want)
			}
			if got := rec.Header().Get("ETag"); got != tc.etag {
				t.Errorf("ETag %s, want %s", got, tc.etag)
			}
		})
	}
}

// sink is a ResponseWriter that only counts.
type sink struct {
	header http.Header
	code   int
	n      int64
}

func (s *sink) Header() http.Header { return s.header }
func (s *sink) WriteHeader(code int) {
	s.code = code
}
func (s *sink) Write(p []byte) (int, error) {
	s.n += int64(len(p))
	return len(p), nil
}

// client posts the same body again and again to one handler.
type client struct {
	body bytes.Reader
	req  *http.Request
	sink sink
}

func newClient() *client {
	c := &client{sink: sink{header: make(http.Header)}}
	c.req = httptest.NewRequest("POST", "/v1/feed", nil)
	c.req.Body = io.NopCloser(&c.body)
	return c
}

// do sends one request and returns the size of the response.
func (c *client) do(h http.Handler, body []byte) int64 {
	c.body.Reset(body)
	c.sink.n, c.sink.code = 0, 0
	h.ServeHTTP(&c.sink, c.req)
	return c.sink.n
}

func BenchmarkFeed(b *testing.B) {
	srv := NewServer(NewStore(1000))
	for _, n := range []int{10, 100} {
		b.Run(fmt.Sprintf("items=%d", n), func(b *testing.B) {
			body, c := requestBody(n), newClient()
			b.SetBytes(c.do(srv, body))
			b.ReportAllocs()
			for b.Loop() {
				c.do(srv, body)
			}
			b.ReportMetric(float64(n), "items/op")
		})
	}
}

func BenchmarkFeedParallel(b *testing.B) {
	srv := NewServer(NewStore(1000))
	body := requestBody(25)
	b.SetBytes(newClient().do(srv, body))
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		c := newClient()
		for pb.Next() {
			c.do(srv, body)
		}
	})
	b.ReportMetric(25, "items/op")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
}
