//! `signal-notify-unbuffered`: a signal channel without a buffer.

use crate::audit::rules::goroutines::common::is_unbuffered_make;
use crate::audit::{Call, Check, Class, Group, Hits, Local, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    id: "signal-notify-unbuffered",
    title: "a signal channel without a buffer",
    group: Group::Channels,
    items: &["GO2"],
    tier: 2,
    class: Class::Correctness,
    what: "signal.Notify gets a channel that was made without room, in place or as a local that keeps its value.",
    why: "The runtime never waits for the receiver: a signal that comes at the wrong moment is lost.",
    limits: "Silent where it is not seen how the channel is made.",
    peers: &["SA1017", "sigchanyzer"],
    before: r#"
func wait() {
	stop := make(chan os.Signal)
	signal.Notify(stop, os.Interrupt) // want
	<-stop
}"#,
    after: r#"
func wait() {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt)
	<-stop
}"#,
    check: Check::Calls(&["os/signal.Notify"], check),
    ..Rule::BASE
};

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    let Some(channel) = call.argument(0) else { return };
    let local = channel.local().filter(|l| l.is_assigned_once());
    let origin = local.and_then(Local::initial_value).unwrap_or(channel);
    if is_unbuffered_make(origin) {
        hits.report(
            call.node,
            "signals are lost while nobody receives from this channel",
        )
        .fix("make(chan os.Signal, 1)");
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn where_the_channel_comes_from() {
        fires(
            &RULE,
            "func f() { signal.Notify(make(chan os.Signal)) // want\n }",
        );
        fires(
            &RULE,
            "func f() { var c = make(chan os.Signal, 0)\n signal.Notify(c) // want\n }",
        );
        silent(
            &RULE,
            "func f() { c := make(chan os.Signal, 2); signal.Notify(c) }",
        );
        silent(&RULE, "func f(c chan os.Signal) { signal.Notify(c) }");
        silent(
            &RULE,
            "func f() { c := make(chan os.Signal); c = other(); signal.Notify(c) }",
        );
        silent(&RULE, "func f() { signal.Notify(s.c) }");
    }
}
