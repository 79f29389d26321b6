// Package ledger renders account statements as fixed-width text, the form the
// archive and the printers of the branch offices take.
package ledger

import (
	"fmt"
	"regexp"
	"sort"
	"time"
)

// pageRows is the number of entries on one page.
const pageRows = 50

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
	out := title + "\n"
	for i, e := range rows {
		out += formatRow(i+1, e)
		if (i+1)%pageRows == 0 {
			out += carriedForward(rows[:i+1])
		}
	}
	totals := accountTotals(rows)
	for _, name := range sortedNames(totals) {
		out += fmt.Sprintf("total %-12s %14s\n", name, amount(totals[name]))
	}
	out += fmt.Sprintf("%d entries\n", len(rows))
	return out
}

// formatRow renders the line of one entry.
func formatRow(n int, e Entry) string {
	line := fmt.Sprintf("%05d  %s  ", n, e.When.Format("2006-01-02"))
	line += fmt.Sprintf("%-12s ", e.Account)
	line += fmt.Sprintf("%-18s", maskRef(e.Ref))
	line += fmt.Sprintf("%14s", amount(e.Cents))
	return line + "\n"
}

// maskRef hides all but the last three digits of the number in a reference.
func maskRef(ref string) string {
	re := regexp.MustCompile(`^([A-Z]{3})-(\d{4})-\d+(\d{3})$`)
	return re.ReplaceAllString(ref, "$1-$2-***$3")
}

// carriedForward renders the sum of all balances so far.
func carriedForward(rows []Entry) string {
	var sum int64
	totals := accountTotals(rows)
	for _, cents := range totals {
		sum += cents
	}
	return fmt.Sprintf("carried forward, %d accounts: %s\n", len(totals), amount(sum))
}

// accountTotals adds the entries up by account.
func accountTotals(rows []Entry) map[string]int64 {
	totals := map[string]int64{}
	for _, e := range rows {
		totals[e.Account] += e.Cents
	}
	return totals
}

// sortedNames returns the keys of totals in order.
func sortedNames(totals map[string]int64) []string {
	var names []string
	for name := range totals {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// amount renders cents with two decimals.
func amount(cents int64) string {
	sign := ""
	if cents < 0 {
		sign, cents = "-", -cents
	}
	return sign + fmt.Sprintf("%d", cents/100) + "." + fmt.Sprintf("%02d", cents%100)
}
