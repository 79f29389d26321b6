//! What every view of a profile says of the profile itself.

use serde::Serialize;

use crate::profile::Profile;

/// The object `profile` of every view.
#[derive(Debug, Clone, Serialize)]
pub struct Head {
    inputs: Vec<String>,
    kind: &'static str,
    /// Name of the selected type.
    pub sample_type: String,
    /// Its unit, in which all values are.
    pub unit: String,
    sample_index: usize,
    binary: String,
    build_id: String,
    time_unix_ns: i64,
    duration_ns: i64,
    samples: usize,
    period: Option<Period>,
}

#[derive(Debug, Clone, Serialize)]
struct Period {
    r#type: String,
    unit: String,
    value: i64,
}

impl Head {
    /// The head for a sample type.
    pub fn of(profile: &Profile, inputs: &[String], index: usize) -> Self {
        let period = profile.period_type.map(|t| Period {
            r#type: profile.printable(t.kind),
            unit: profile.printable(t.unit),
            value: profile.period,
        });
        Self {
            inputs: inputs.to_vec(),
            kind: profile.kind().name(),
            sample_type: profile.type_name(index),
            unit: profile.unit_name(index),
            sample_index: index,
            binary: profile.binary(),
            build_id: profile
                .mappings
                .first()
                .map_or_else(String::new, |m| profile.printable(m.build_id)),
            time_unix_ns: profile.time_nanos,
            duration_ns: profile.duration_nanos,
            samples: profile.samples.len(),
            period,
        }
    }
}

/// `2006-01-02 15:04:05 UTC` of nanoseconds since 1970.
pub fn time_text(unix_ns: i64) -> String {
    let seconds = unix_ns.div_euclid(1_000_000_000);
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")
}

/// Year, month and day of a number of days since 1970, in the Gregorian calendar; years begin in March here, so
/// that the leap day is their last.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_calendar() {
        assert_eq!(time_text(0), "1970-01-01 00:00:00 UTC");
        assert_eq!(time_text(951_827_696_000_000_000), "2000-02-29 12:34:56 UTC");
        assert_eq!(time_text(-1), "1969-12-31 23:59:59 UTC");
    }
}
