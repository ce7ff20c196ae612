//! What a benchmark prints and keeps: one table for people, one JSON file for programs.

use std::{
    fmt::Write as _,
    io::{self, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

use serde::Serialize;

use crate::{
    Outcome,
    fsync::{Pace, Syncs},
};

/// A benchmark's figures.
#[derive(Debug, Serialize)]
pub struct Report {
    name: &'static str,
    /// When it was made, in UTC.
    at: String,
    processors: usize,
    rows: Vec<Row>,
    notes: Vec<String>,
    /// What should have held and did not.
    broken: Vec<String>,
}

/// One figure with its limit and its goal.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    work: String,
    unit: &'static str,
    value: f64,
    latency_ms: Option<Latency>,
    errors: u64,
    reasons: String,
    disk: Option<Pace>,
    limit: Option<Limit>,
    goal: Option<Goal>,
}

#[derive(Debug, Clone, Copy, Serialize)]
struct Latency {
    p50: f64,
    p90: f64,
    p99: f64,
    max: f64,
}

#[derive(Debug, Clone, Serialize)]
struct Limit {
    what: String,
    value: f64,
    share: f64,
}

#[derive(Debug, Clone, Copy, Serialize)]
struct Goal {
    value: f64,
    at_most: bool,
    met: bool,
}

impl Row {
    /// Work done per second.
    #[must_use]
    pub fn rate(work: impl Into<String>, outcome: &Outcome) -> Self {
        let h = &outcome.latency;
        let ms = |per_cent| h.percentile(per_cent).as_secs_f64() * 1e3;
        Self {
            latency_ms: Some(Latency {
                p50: ms(50.0),
                p90: ms(90.0),
                p99: ms(99.0),
                max: h.max().as_secs_f64() * 1e3,
            }),
            errors: outcome.errors(),
            reasons: outcome.reasons(),
            ..Self::plain(work, "/s", outcome.per_second())
        }
    }

    /// Any other figure.
    #[must_use]
    pub fn plain(work: impl Into<String>, unit: &'static str, value: f64) -> Self {
        Self {
            work: work.into(),
            unit,
            value,
            latency_ms: None,
            errors: 0,
            reasons: String::new(),
            disk: None,
            limit: None,
            goal: None,
        }
    }

    /// A duration, in milliseconds.
    #[must_use]
    pub fn duration(work: impl Into<String>, duration: Duration) -> Self {
        Self::plain(work, "ms", duration.as_secs_f64() * 1e3)
    }

    /// What the disk did before and after; belongs to every figure of durable work.
    #[must_use]
    pub const fn durable(mut self, pace: Pace) -> Self {
        self.disk = Some(pace);
        self
    }

    /// What could be reached at best, measured in the same run.
    #[must_use]
    pub fn beside(mut self, what: impl Into<String>, limit: f64) -> Self {
        self.limit = Some(Limit {
            what: what.into(),
            value: limit,
            share: if limit > 0.0 { self.value / limit } else { 0.0 },
        });
        self
    }

    /// What is wanted at least.
    #[must_use]
    pub const fn at_least(mut self, goal: f64) -> Self {
        self.goal = Some(Goal {
            value: goal,
            at_most: false,
            met: self.value >= goal,
        });
        self
    }

    /// What is wanted at most.
    #[must_use]
    pub const fn at_most(mut self, goal: f64) -> Self {
        self.goal = Some(Goal {
            value: goal,
            at_most: true,
            met: self.value <= goal,
        });
        self
    }

    /// The figure.
    #[must_use]
    pub const fn value(&self) -> f64 {
        self.value
    }
}

impl Report {
    /// An empty report.
    #[must_use]
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            at: kernel::Clock::wall().now().to_string(),
            processors: std::thread::available_parallelism().map_or(1, usize::from),
            rows: Vec::new(),
            notes: Vec::new(),
            broken: Vec::new(),
        }
    }

    /// Adds a figure and says it at once, because a run takes minutes.
    pub fn row(&mut self, row: Row) {
        say(&format!(
            "  {:<52} {} {}",
            row.work,
            number(row.value),
            row.unit
        ));
        self.rows.push(row);
    }

    /// Adds what a figure needs to be understood.
    pub fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        say(&format!("  {note}"));
        self.notes.push(note);
    }

    /// Adds what the disk did in this minute.
    pub fn syncs(&mut self, syncs: &Syncs) {
        let p99 = syncs.latency.percentile(99.0).as_secs_f64() * 1e3;
        let (in_place, growing) = (number(syncs.in_place), number(syncs.growing));
        self.note(format!(
            "disk, this minute: {in_place} durable writes of 4 KiB per second in place (99 % within {p99:.2} ms), \
             {growing} at the end of a growing file"
        ));
    }

    /// Adds something that should have held and did not; the benchmark then fails.
    pub fn broken(&mut self, what: impl Into<String>) {
        let what = what.into();
        say(&format!("  BROKEN: {what}"));
        self.broken.push(what);
    }

    /// Prints the table and writes the file.
    ///
    /// # Errors
    /// When the file cannot be written, or something that should have held did not.
    pub fn finish(self, folder: &Path) -> anyhow::Result<()> {
        say(&self.table());
        let path = self.write(folder)?;
        say(&format!("{}", path.display()));
        anyhow::ensure!(self.broken.is_empty(), "broken: {}", self.broken.join("; "));
        Ok(())
    }

    fn write(&self, folder: &Path) -> io::Result<PathBuf> {
        std::fs::create_dir_all(folder)?;
        let path = folder.join(format!("{}.json", self.name));
        std::fs::write(&path, serde_json::to_vec_pretty(self)?)?;
        Ok(path)
    }

    fn table(&self) -> String {
        let head = [
            "work", "measured", "p50 ms", "p90", "p99", "max", "errors", "syncs/s", "limit",
            "share", "goal", "",
        ];
        let mut lines = vec![head.map(str::to_owned)];
        lines.extend(self.rows.iter().map(cells));
        let mut widths = [0_usize; 12];
        for line in &lines {
            for (width, cell) in widths.iter_mut().zip(line) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let mut table = format!(
            "\n{} ({}, {} processors)\n",
            self.name, self.at, self.processors
        );
        for line in &lines {
            for (column, (cell, width)) in line.iter().zip(widths).enumerate() {
                let _ = match column {
                    0 => write!(table, "{cell:<width$}"),
                    _ => write!(table, "  {cell:>width$}"),
                };
            }
            table.truncate(table.trim_end().len());
            table.push('\n');
        }
        for row in self.rows.iter().filter(|r| !r.reasons.is_empty()) {
            let _ = writeln!(table, "errors of {}: {}", row.work, row.reasons);
        }
        for row in &self.rows {
            if let Some(limit) = &row.limit {
                let _ = writeln!(table, "limit of {}: {}", row.work, limit.what);
            }
        }
        for note in &self.notes {
            let _ = writeln!(table, "{note}");
        }
        table
    }
}

fn cells(row: &Row) -> [String; 12] {
    let ms = |pick: fn(&Latency) -> f64| {
        row.latency_ms
            .as_ref()
            .map_or_else(String::new, |l| format!("{:.2}", pick(l)))
    };
    let (limit, share) = row.limit.as_ref().map_or_else(Default::default, |l| {
        (number(l.value), format!("{:.0} %", l.share * 100.0))
    });
    let (goal, met) = row.goal.map_or_else(Default::default, |g| {
        let sign = if g.at_most { "<=" } else { ">=" };
        let met = if g.met { "met" } else { "MISSED" };
        (format!("{sign} {}", number(g.value)), met.to_owned())
    });
    [
        row.work.clone(),
        format!("{} {}", number(row.value), row.unit),
        ms(|l| l.p50),
        ms(|l| l.p90),
        ms(|l| l.p99),
        ms(|l| l.max),
        match row.errors {
            0 => String::new(),
            errors => errors.to_string(),
        },
        row.disk.map_or_else(String::new, |pace| {
            format!("{}..{}", number(pace.before), number(pace.after))
        }),
        limit,
        share,
        goal,
        met,
    ]
}

/// Large figures without a fraction, small ones with as much as they need.
fn number(value: f64) -> String {
    match value.abs() {
        v if v >= 1_000.0 => {
            let whole = format!("{value:.0}");
            let split = whole.len().saturating_sub(3);
            match whole.split_at_checked(split) {
                Some((thousands, rest)) => format!("{thousands},{rest}"),
                None => whole,
            }
        }
        v if v >= 100.0 => format!("{value:.0}"),
        v if v >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// A line for people.
pub fn say(line: &str) {
    // Whoever closed the pipe has read enough; the file is written all the same.
    let _ = writeln!(io::stdout().lock(), "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let mut outcome = Outcome::default();
        outcome.count(Ok(200), Duration::from_millis(2));
        outcome.count(Ok(503), Duration::ZERO);
        outcome.elapsed = Duration::from_millis(1);
        let mut report = Report::new("test");
        report.row(
            Row::rate("pages", &outcome)
                .beside("hello", 4_000.0)
                .at_least(2_000.0),
        );
        let pace = Pace {
            before: 400.0,
            after: 6_000.0,
        };
        report.row(
            Row::plain("memory", "MiB", 70.0)
                .at_most(40.0)
                .durable(pace),
        );
        report
    }

    /// The table shows figure, limit, share, goal and errors of each row.
    #[test]
    fn the_table_says_it_all() {
        let table = report().table();
        let row: Vec<&str> = table.lines().nth(3).unwrap().split_whitespace().collect();
        let expected = [
            "pages", "1,000", "/s", "2.00", "2.00", "2.00", "2.00", "1", "4,000", "25", "%", ">=",
            "2,000", "MISSED",
        ];
        assert_eq!(row, expected, "{table}");
        assert!(table.contains("errors of pages: 503: 1"), "{table}");
        assert!(table.contains("<= 40.0  MISSED"), "{table}");
        assert!(table.contains("400..6,000"), "{table}");
    }

    /// The file holds the same figures, and what is broken fails the run after it was written.
    #[test]
    fn what_is_broken_fails() {
        let folder = tempfile::tempdir().unwrap();
        let mut report = report();
        report.broken("sold 101 of 100");
        let error = report.finish(folder.path()).unwrap_err();
        assert!(error.to_string().contains("sold 101 of 100"));
        let text = std::fs::read_to_string(folder.path().join("test.json")).unwrap();
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["rows"][0]["limit"]["share"], 0.25);
        assert_eq!(json["broken"][0], "sold 101 of 100");
    }
}
