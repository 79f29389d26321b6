//! An example for each symptom of which one is worth more than its advice.

/// Before and after, by the id of the symptom.
const ALL: &[(&str, &str)] = &[
    (
        "regexp.compile",
        "// before: re := regexp.MustCompile(expr), in the function\nvar re = regexp.MustCompile(expr) // at package level",
    ),
    (
        "regexp.match",
        "// before: prefixed := regexp.MustCompile(`^ab`).MatchString(s)\nprefixed := strings.HasPrefix(s, \"ab\")",
    ),
    (
        "json",
        "// before: var v map[string]any; err := json.Unmarshal(data, &v)\n\
         var v struct { // only the fields that are used\n    ID   int    `json:\"id\"`\n    Name string `json:\"name\"`\n}\n\
         err := json.Unmarshal(data, &v)",
    ),
    (
        "string.concat",
        "// before: s += part\nvar b strings.Builder\nb.Grow(length)\nfor _, part := range parts {\n    b.WriteString(part)\n}\n\
         s := b.String()",
    ),
    (
        "string.from_bytes",
        "// before: key := string(raw); v := m[key]\nv := m[string(raw)] // the lookup alone does not copy",
    ),
    (
        "bytes.from_string",
        "// before: w.Write([]byte(s))\nio.WriteString(w, s)",
    ),
    (
        "runes.conv",
        "// before: for _, r := range []rune(s)\nfor _, r := range s { // decodes without a slice\n    use(r)\n}",
    ),
    (
        "slice.grow",
        "// before: var out []T\nout := make([]T, 0, len(in))\nfor _, x := range in {\n    out = append(out, convert(x))\n}",
    ),
    (
        "map.grow",
        "// before: m := make(map[K]V)\nm := make(map[K]V, len(in))",
    ),
    (
        "map.access",
        "// before: if _, ok := m[k]; ok { use(m[k]) }\nif v, ok := m[k]; ok { // looked up once\n    use(v)\n}",
    ),
    (
        "map.assign",
        "// before: m[k]++ for each item\nif p, ok := m[k]; ok { // values are pointers: one lookup, no store\n    p.count++\n}",
    ),
    (
        "map.iter",
        "// before: for k, v := range m, in each call\nfor i := range items { // a slice beside the map, in the order of insertion\n    use(&items[i])\n}",
    ),
    (
        "iface.box",
        "// before: func sum(xs ...any)\nfunc sum[T int | float64](xs ...T) T // values are not boxed",
    ),
    (
        "defer",
        "// before: for … { mu.Lock(); defer mu.Unlock(); … }\nfor _, x := range xs {\n    handle(x) // locks, defers and returns for itself\n}",
    ),
    (
        "fmt",
        "// before: s := fmt.Sprintf(\"%s:%d\", host, port)\ns := host + \":\" + strconv.Itoa(port)",
    ),
    (
        "binary.reflect",
        "// before: binary.Read(r, binary.LittleEndian, &v)\nif _, err := io.ReadFull(r, buf[:8]); err == nil {\n    v = binary.LittleEndian.Uint64(buf[:8])\n}",
    ),
    (
        "reflect",
        "// before: reflect.DeepEqual(a, b)\nslices.Equal(a, b) // maps.Equal for maps, == for what can be compared",
    ),
    (
        "sort.reflect",
        "// before: sort.Slice(xs, func(i, j int) bool { return xs[i].Key < xs[j].Key })\n\
         slices.SortFunc(xs, func(a, b T) int { return cmp.Compare(a.Key, b.Key) })",
    ),
    (
        "sort",
        "// before: sort.Ints(xs), then xs[:10]\nbest := topTen(xs) // a heap of ten, O(n log 10); or insert in order by slices.BinarySearch",
    ),
    (
        "timer",
        "// before: case <-time.After(wait):, in a loop\ntimer := time.NewTimer(wait)\ndefer timer.Stop()\nfor {\n    timer.Reset(wait)\n    \
         select {\n    case x := <-in:\n        use(x)\n    case <-timer.C:\n        return\n    }\n}",
    ),
    (
        "time.format",
        "// before: b = append(b, t.Format(time.RFC3339)...)\nb = t.AppendFormat(b, time.RFC3339)",
    ),
    (
        "time.now",
        "// before: time.Now() for each item\nnow := time.Now() // once for the batch\nfor i := range items {\n    items[i].seen = now\n}",
    ),
    (
        "compress",
        "// before: zw := gzip.NewWriter(w)\nvar writers = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}\n\n\
         zw := writers.Get().(*gzip.Writer)\nzw.Reset(w)\ndefer writers.Put(zw)",
    ),
    (
        "held.compressor",
        "// before: a gzip.Writer in each connection\nvar writers = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}\n\n\
         zw := writers.Get().(*gzip.Writer)\nzw.Reset(w)\ndefer writers.Put(zw)",
    ),
    (
        "rand.seed",
        "// before: rand.New(rand.NewSource(seed)).Intn(n)\nrand.IntN(n) // of math/rand/v2",
    ),
    (
        "readall",
        "// before: body, err := io.ReadAll(r); err = json.Unmarshal(body, &v)\nerr := json.NewDecoder(r).Decode(&v)",
    ),
    (
        "syscall",
        "// before: writing to the file itself, line by line\nw := bufio.NewWriterSize(file, 64<<10)\ndefer w.Flush()\n\
         for _, line := range lines {\n    w.WriteString(line)\n}",
    ),
    (
        "net.dial",
        "// before: client := &http.Client{}, in each call\nvar client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}\n\n\
         // and read each body to its end before Close, or the connection is not used again",
    ),
    (
        "lock.mutex",
        "// before: mu.Lock(); v := compute(); m[k] = v; mu.Unlock()\nv := compute() // outside of the lock\nmu.Lock()\nm[k] = v\nmu.Unlock()",
    ),
    (
        "chan.send",
        "// before: ch <- item, one by one\nch <- batch // a slice of 64 and more items",
    ),
    (
        "chan.recv",
        "// before: for item := range ch\nfor batch := range ch { // a slice of 64 and more items\n    for _, item := range batch {\n        use(item)\n    }\n}",
    ),
    (
        "goroutine.spawn",
        "// before: for _, x := range xs { go work(x) }\nfor w := range runtime.GOMAXPROCS(0) {\n    go func() {\n        \
         for i := w; i < len(xs); i += runtime.GOMAXPROCS(0) {\n            work(xs[i])\n        }\n    }()\n}",
    ),
    (
        "context",
        "// before: ctx = context.WithValue(ctx, k, v), in each layer\nctx = context.WithValue(ctx, requestKey, &request) // one struct, once for each request",
    ),
    (
        "held.context",
        "// before: ctx, _ = context.WithTimeout(ctx, limit)\nctx, cancel := context.WithTimeout(ctx, limit)\ndefer cancel()",
    ),
    (
        "held.timer",
        "// before: ticker := time.NewTicker(every)\nticker := time.NewTicker(every)\ndefer ticker.Stop()",
    ),
    (
        "held.buffer",
        "// before: server := &http.Server{Handler: h}\nserver := &http.Server{Handler: h, IdleTimeout: 60 * time.Second, ReadHeaderTimeout: 5 * time.Second}",
    ),
    (
        "held.tls",
        "// before: &http.Transport{}\n&http.Transport{IdleConnTimeout: 60 * time.Second, MaxIdleConns: 100}",
    ),
    (
        "held.regexp",
        "// before: type rule struct { re *regexp.Regexp }, compiled for each\nvar patterns = map[string]*regexp.Regexp{} // by expression, with a bound",
    ),
    (
        "log",
        "// before: log.Printf(\"got %v\", x), in the loop\nif logger.Enabled(ctx, slog.LevelDebug) {\n    \
         logger.LogAttrs(ctx, slog.LevelDebug, \"got\", slog.Int(\"x\", x))\n}",
    ),
    (
        "mem.copy",
        "// before: for _, v := range values (each turn copies a large value)\nfor i := range values {\n    v := &values[i]\n    use(v)\n}",
    ),
    (
        "mem.clear",
        "// before: buf := make([]byte, 1<<20), in each call\nvar buffers = sync.Pool{New: func() any { b := make([]byte, 1<<20); return &b }}\n\n\
         buf := buffers.Get().(*[]byte)\ndefer buffers.Put(buf)",
    ),
    (
        "sched.gosched",
        "// before: for !done.Load() { runtime.Gosched() }\n<-doneChan // closed by the one that is waited for",
    ),
];

/// The example of a symptom.
pub(super) fn of(id: &str) -> Option<&'static str> {
    ALL.iter().find(|(known, _)| *known == id).map(|(_, code)| *code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::symptom;

    #[test]
    fn examples_are_of_known_symptoms_and_stand_once() {
        for (at, (id, code)) in ALL.iter().enumerate() {
            assert!(symptom(id).is_some(), "{id}");
            assert!(code.starts_with("// before: ") && !code.contains('\t'), "{id}");
            assert!(ALL[..at].iter().all(|(other, _)| other != id), "{id} twice");
            assert_eq!(code.matches('{').count(), code.matches('}').count(), "{id}");
        }
    }
}
