// Package ledger renders account statements as fixed-width text, the form the
// archive and the printers of the branch offices take.
package ledger

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	pageRows  = 50 // entries on one page
	lineBytes = 72 // at least the length of any line
)

// refPattern matches a booking reference.
var refPattern = regexp.MustCompile(`^([A-Z]{3})-(\d{4})-\d+(\d{3})$`)

// Entry is one booking.
type Entry struct {
	When    time.Time
	Account string
	Ref     string // such as PAY-2024-000123
	Cents   int64
}

// Statement renders rows under the title: a line for each entry, a line of
// carried balances after each full page, and the totals by account at the end.
func Statement(title string, rows []Entry) string {
	var (
		out    strings.Builder
		tmp    = make([]byte, 0, 2*lineBytes) // one line at a time
		totals = make(map[string]int64, 64)
		sum    int64
	)
	out.Grow(len(title) + lineBytes*(len(rows)+len(rows)/pageRows+cap(tmp)/2))
	out.WriteString(title)
	out.WriteByte('\n')
	for i, e := range rows {
		totals[e.Account] += e.Cents
		sum += e.Cents
		tmp = appendRow(tmp[:0], i+1, e)
		if (i+1)%pageRows == 0 {
			tmp = appendCarried(tmp, len(totals), sum)
		}
		out.Write(tmp)
	}
	for _, name := range slices.Sorted(maps.Keys(totals)) {
		tmp = append(tmp[:0], "total "...)
		tmp = appendPadded(tmp, name, 12)
		tmp = append(tmp, ' ')
		tmp = appendAmount(tmp, totals[name], 14)
		tmp = append(tmp, '\n')
		out.Write(tmp)
	}
	tmp = strconv.AppendInt(tmp[:0], int64(len(rows)), 10)
	tmp = append(tmp, " entries\n"...)
	out.Write(tmp)
	return out.String()
}

// appendRow appends the line of one entry.
func appendRow(dst []byte, n int, e Entry) []byte {
	for limit := 10000; limit > n && limit > 1; limit /= 10 {
		dst = append(dst, '0')
	}
	dst = strconv.AppendInt(dst, int64(n), 10)
	dst = append(dst, "  "...)
	dst = e.When.AppendFormat(dst, "2006-01-02")
	dst = append(dst, "  "...)
	dst = appendPadded(dst, e.Account, 12)
	dst = append(dst, ' ')
	dst = appendMasked(dst, e.Ref, 18)
	dst = appendAmount(dst, e.Cents, 14)
	return append(dst, '\n')
}

// appendMasked appends a reference of which all but the last three digits of
// the number are hidden, padded to width.
func appendMasked(dst []byte, ref string, width int) []byte {
	m := refPattern.FindStringSubmatchIndex(ref)
	if m == nil {
		return appendPadded(dst, ref, width)
	}
	start := len(dst)
	dst = append(dst, ref[m[2]:m[3]]...)
	dst = append(dst, '-')
	dst = append(dst, ref[m[4]:m[5]]...)
	dst = append(dst, "-***"...)
	dst = append(dst, ref[m[6]:m[7]]...)
	for len(dst)-start < width {
		dst = append(dst, ' ')
	}
	return dst
}

// appendCarried appends the line of the sum of all balances so far.
func appendCarried(dst []byte, accounts int, sum int64) []byte {
	dst = append(dst, "carried forward, "...)
	dst = strconv.AppendInt(dst, int64(accounts), 10)
	dst = append(dst, " accounts: "...)
	dst = appendAmount(dst, sum, 0)
	return append(dst, '\n')
}

// appendPadded appends s and fills up to width with spaces on the right.
func appendPadded(dst []byte, s string, width int) []byte {
	dst = append(dst, s...)
	for n := len(s); n < width; n++ {
		dst = append(dst, ' ')
	}
	return dst
}

// appendAmount appends cents with two decimals, spaces on the left up to width.
func appendAmount(dst []byte, cents int64, width int) []byte {
	var buf [24]byte
	num := buf[:0]
	if cents < 0 {
		num, cents = append(num, '-'), -cents
	}
	num = strconv.AppendInt(num, cents/100, 10)
	num = append(num, '.', byte('0'+cents%100/10), byte('0'+cents%10))
	for n := len(num); n < width; n++ {
		dst = append(dst, ' ')
	}
	return append(dst, num...)
}
