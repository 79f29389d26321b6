//! The same goroutines from a dump and from a profile, and how they grow.

use super::*;
use crate::goroutine::parse;
use crate::profile::{Format, Profile, ProfileBuilder};

const DUMP: &str = "goroutine 1 [running]:\nmain.main()\n\tmain.go:9 +0x1\n\n\
    goroutine 5 [chan send, 2 minutes] {tenant: a, verb: get}:\nshop.ask(0x1)\n\tshop.go:90 +0x35\n\
    created by shop.Quote.func1 in goroutine 1\n\tshop.go:77 +0x5c\n\n\
    goroutine 6 [chan send, 7 minutes] {tenant: b, verb: get}:\nruntime.gopark(0x1)\n\truntime/proc.go:1 +0x1\n\
    shop.ask(0x1)\n\tshop.go:90 +0x35\ncreated by shop.Quote.func1 in goroutine 1\n\tshop.go:77 +0x5c\n\n\
    goroutine 7 [sync.Mutex.Lock]:\nsync.(*Mutex).Lock(...)\n\tsync/mutex.go:46\nlib.Do()\n\tlib.go:4 +0x1\n\
    shop.enter()\n\tshop.go:117 +0x1\ncreated by shop.Enter in goroutine 1\n\tshop.go:112 +0x1\n\n\
    goroutine 8 [IO wait]:\ninternal/poll.runtime_pollWait(0x1)\n\tpoll.go:1 +0x1\nnet/http.(*conn).serve(0x1)\n\thttp.go:5 +0x1\n\
    created by net/http.(*Server).Serve in goroutine 1\n\thttp.go:7 +0x1\n";

fn groups(text: &str) -> Vec<GoroutineGroup> {
    groups_of_dump(&parse(text.as_bytes(), "x").unwrap(), Some("shop"))
}

/// Frames of a profile, leaf first.
fn profile(kind: &str, format: Format, stacks: &[(&[&str], i64)]) -> Profile {
    let mut builder = ProfileBuilder::new(format, &[(kind, "count")]);
    for (names, count) in stacks {
        let stack: Vec<_> = names.iter().map(|n| builder.frame(n, "x.go", 3)).collect();
        builder.sample(stack, &[*count], []);
    }
    builder.finish()
}

fn state(names: &[&str]) -> String {
    let profile = profile("goroutine", Format::Proto, &[(names, 1)]);
    groups_of_profile(&profile, Some("shop"))[0].state.clone()
}

#[test]
fn goroutines_of_one_state_place_and_creator_are_a_group() {
    let groups = groups(DUMP);
    assert_eq!(groups.len(), 4);
    let asks = &groups[0];
    assert_eq!(
        (asks.count, asks.state.as_str(), asks.place.line),
        (2, "chan send", 90)
    );
    assert_eq!(
        (asks.longest_wait(), asks.total_wait(), asks.example),
        (Some(7), 9, Some(5))
    );
    assert_eq!(asks.labels, [("verb".to_string(), "get".to_string())]);
    let creator = asks.creator.as_ref().unwrap();
    assert_eq!(
        (creator.function.as_str(), creator.line),
        ("shop.Quote.func1", 77)
    );
}

#[test]
fn own_code_goes_before_that_of_others_and_the_first_function_stands_for_the_standard_library() {
    let find = |state: &str| groups(DUMP).into_iter().find(|g| g.state == state).unwrap();
    let lock = find("sync.Mutex.Lock");
    assert_eq!(
        (lock.place.function.as_str(), lock.side),
        ("shop.enter", Side::Own)
    );
    let wait = find("IO wait");
    assert_eq!(
        (wait.place.function.as_str(), wait.side),
        ("net/http.(*conn).serve", Side::Std)
    );
    let other = groups_of_dump(&parse(DUMP.as_bytes(), "x").unwrap(), Some("else"));
    let lock = other.iter().find(|g| g.state == "sync.Mutex.Lock").unwrap();
    assert_eq!((lock.place.function.as_str(), lock.side), ("lib.Do", Side::Other));
    let dump = parse(DUMP.as_bytes(), "x").unwrap();
    assert_eq!(my_code_of_dump(&dump).as_deref(), Some("shop"));
}

#[test]
fn states_of_a_profile_follow_from_the_leaf() {
    let check = |names: &[&str], expect: &str| assert_eq!(state(names), expect, "{names:?}");
    check(
        &[
            "runtime.gopark",
            "runtime.chansend",
            "runtime.chansend1",
            "shop.ask",
        ],
        "chan send",
    );
    check(
        &[
            "runtime.gopark",
            "runtime.chanrecv",
            "runtime.chanrecv2",
            "shop.work",
        ],
        "chan receive",
    );
    check(&["runtime.gopark", "runtime.selectgo", "shop.f"], "select");
    check(
        &["runtime.gopark", "runtime.block", "main.main"],
        "select (no cases)",
    );
    check(
        &[
            "runtime.gopark",
            "runtime.netpollblock",
            "internal/poll.runtime_pollWait",
            "net.f",
        ],
        "IO wait",
    );
    check(
        &[
            "runtime.gopark",
            "runtime.semacquire1",
            "internal/sync.runtime_SemacquireMutex",
            "internal/sync.(*Mutex).lockSlow",
            "sync.(*RWMutex).Lock",
            "shop.f",
        ],
        "sync.Mutex.Lock",
    );
    check(&["runtime.gopark", "runtime.semacquire1", "shop.f"], "semacquire");
    check(&["runtime.gopark", "time.Sleep", "shop.f"], "sleep");
    check(&["runtime.gopark", "shop.f"], "waiting");
    check(&["shop.f", "time.Sleep"], "running");
}

#[test]
fn text_with_symbols_hides_the_state_of_channels_but_not_of_locks() {
    let states = |names: &[&str]| {
        let profile = profile("goroutine", Format::CountText, &[(names, 1)]);
        groups_of_profile(&profile, Some("shop"))[0].state.clone()
    };
    assert_eq!(states(&["shop.ask"]), "");
    assert_eq!(states(&["sync.(*Cond).Wait", "shop.ask"]), "sync.Cond.Wait");
}

#[test]
fn a_profile_names_the_creator_only_where_the_call_is_wrapped() {
    let stacks: [(&[&str], i64); 3] = [
        (
            &[
                "runtime.gopark",
                "runtime.chanrecv",
                "shop.wait",
                "shop.Run.gowrap2",
                "runtime.goexit",
            ],
            3,
        ),
        (
            &[
                "runtime.gopark",
                "runtime.chanrecv",
                "shop.wait",
                "shop.Run.func1",
                "runtime.goexit",
            ],
            2,
        ),
        (&["shop.idle"], 0),
    ];
    let groups = groups_of_profile(&profile("goroutineleak", Format::Proto, &stacks), Some("shop"));
    assert_eq!(groups.len(), 2);
    assert_eq!(groups[0].creator.as_ref().unwrap().function, "shop.Run");
    assert_eq!(
        (groups[0].entry.function.as_str(), groups[0].leaked),
        ("shop.wait", 3)
    );
    assert_eq!(
        (groups[1].creator.as_ref(), groups[1].entry.function.as_str()),
        (None, "shop.Run.func1")
    );
}

/// A dump of so many goroutines of each of two kinds.
fn moment(senders: usize, workers: usize) -> Vec<GoroutineGroup> {
    let one = |state: &str, function: &str| {
        format!(
            "goroutine 9 [{state}]:\n{function}()\n\tx.go:1 +0x1\ncreated by shop.Run in goroutine 1\n\tx.go:2 +0x1\n\n"
        )
    };
    groups(
        &(one("chan send", "shop.ask").repeat(senders)
            + &one("chan receive", "shop.work").repeat(workers)
            + "goroutine 1 [running]:\nmain.main()\n\tx.go:1 +0x1\n"),
    )
}

#[test]
fn what_rises_at_each_moment_is_told_from_what_comes_and_goes() {
    let growth = growth(&[&moment(1, 4), &moment(3, 6), &moment(7, 4)]);
    assert_eq!(growth.moments, 3);
    let rows: Vec<_> = growth
        .rows
        .iter()
        .map(|r| (&*r.place.function, &*r.counts, r.delta, r.rises))
        .collect();
    let expect: [(&str, &[u64], i64, bool); 3] = [
        ("shop.ask", &[1, 3, 7], 6, true),
        ("shop.work", &[4, 6, 4], 0, false),
        ("main.main", &[1, 1, 1], 0, false),
    ];
    assert_eq!(rows, expect);
}

#[test]
fn two_files_of_one_moment_are_one_moment() {
    let growth = growth(&[&moment(1, 4), &moment(1, 4), &moment(3, 4)]);
    assert_eq!((growth.moments, growth.rows[0].rises), (2, true));
    assert!(!super::growth(&[&moment(1, 4), &moment(1, 4)]).rows[0].rises);
    assert_eq!(super::growth(&[]).rows, []);
}

#[test]
fn a_group_that_is_new_or_gone_counts_as_none() {
    let growth = growth(&[&moment(0, 2), &moment(5, 0)]);
    let deltas: Vec<_> = growth.rows.iter().map(|r| r.delta).collect();
    assert_eq!(deltas, [5, 0, -2]);
}
