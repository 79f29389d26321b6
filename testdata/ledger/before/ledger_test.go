package ledger

import (
	"fmt"
	"hash/crc32"
	"testing"
	"time"
)

// entries returns n bookings on 40 accounts, one a day, every fifth a debit.
func entries(n int) []Entry {
	day := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	rows := make([]Entry, n)
	for i := range rows {
		cents := int64(i)*731 + 5
		if i%5 == 4 {
			cents = -cents
		}
		rows[i] = Entry{
			When:    day.AddDate(0, 0, i),
			Account: fmt.Sprintf("branch-%03d", i*7%40),
			Ref:     fmt.Sprintf("PAY-%d-%06d", 2024+i/365, i*977),
			Cents:   cents,
		}
	}
	return rows
}

func TestStatement(t *testing.T) {
	rows := entries(3)
	rows[1].Cents, rows[2].Account, rows[2].Ref = -1907, "branch-000", "cash"
	want := "Statement\n" +
		"00001  2024-01-01  branch-000   PAY-2024-***000             0.05\n" +
		"00002  2024-01-02  branch-007   PAY-2024-***977           -19.07\n" +
		"00003  2024-01-03  branch-000   cash                       14.67\n" +
		"total branch-000            14.72\n" +
		"total branch-007           -19.07\n" +
		"3 entries\n"
	if got := Statement("Statement", rows); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestStatementLong holds the whole text of longer statements by checksum.
func TestStatementLong(t *testing.T) {
	for _, tc := range []struct {
		rows, size int
		sum        uint32
	}{{0, 20, 0x69b5439b}, {120, 9259, 0xd65ee041}, {1000, 67185, 0x6de29711}} {
		got := Statement("Statement", entries(tc.rows))
		if len(got) != tc.size || crc32.ChecksumIEEE([]byte(got)) != tc.sum {
			t.Errorf("%d rows: %d bytes, checksum %#08x; want %d, %#08x",
				tc.rows, len(got), crc32.ChecksumIEEE([]byte(got)), tc.size, tc.sum)
		}
	}
}

var result string

func BenchmarkStatement(b *testing.B) {
	for _, n := range []int{100, 1000} {
		b.Run(fmt.Sprintf("rows=%d", n), func(b *testing.B) {
			rows := entries(n)
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				result = Statement("Statement", rows)
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
