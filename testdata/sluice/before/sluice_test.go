package sluice

import (
	"net/http/httptest"
	"strings"
	"testing"
)

func TestServer(t *testing.T) {
	srv := New()
	for _, tc := range []struct {
		method, path, body string
		code               int
		want               string
	}{
		{"POST", "/ingest?tenant=acme", "Hello, sluice\n", 200, "b98295b6\n"},
		{"GET", "/watch?topic=orders", "", 204, ""},
		{"POST", "/session", "", 200, "s1\n"},
		{"POST", "/session", "", 200, "s2\n"},
		{"DELETE", "/session/s1", "", 200, ""},
		{"DELETE", "/session/s1", "", 404, "no such session\n"},
		{"GET", "/digest?rounds=2&text=abc", "", 200,
			"4f8b42c22dd3729b519ba6f68d2da7cc5b2d606d05daed5ad5128cc03e6c6358\n"},
		{"GET", "/digest?rounds=0&text=abc", "", 400, "rounds must be 1 to 100000\n"},
		{"GET", "/nowhere", "", 404, "404 page not found\n"},
	} {
		rec := httptest.NewRecorder()
		srv.ServeHTTP(rec, httptest.NewRequest(tc.method, tc.path, strings.NewReader(tc.body)))
		if rec.Code != tc.code || rec.Body.String() != tc.want {
			t.Errorf("%s %s: got %d %q, want %d %q",
				tc.method, tc.path, rec.Code, rec.Body, tc.code, tc.want)
		}
	}
}
