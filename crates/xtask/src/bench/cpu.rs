//! CPU time of a process and all that it started, from /proc.

use std::collections::HashMap;
use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};

/// What one line of /proc/PID/stat says.
struct Stat {
    parent: i32,
    /// Clock ticks of its own, and of children that ended and were waited for.
    own: u64,
    ended: u64,
}

/// Seconds of CPU of the tree since it stood at `before`.
pub(crate) fn since(root: i32, before: Duration) -> Result<f64> {
    Ok(of_tree(root)?.saturating_sub(before).as_secs_f64())
}

/// User and system time of `root`, its descendants, and the ended ones among them.
pub(crate) fn of_tree(root: i32) -> Result<Duration> {
    let mut stats = HashMap::new();
    for entry in fs::read_dir("/proc").context("cannot read /proc")? {
        let name = entry?.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse::<i32>().ok()) else {
            continue;
        };
        // A process may end between the listing and the look.
        if let Some(stat) = fs::read_to_string(format!("/proc/{pid}/stat"))
            .ok()
            .as_deref()
            .and_then(parse)
        {
            stats.insert(pid, stat);
        }
    }
    stats.get(&root).context("the server is gone")?;
    let within = |mut pid: i32| {
        while pid > 1 {
            if pid == root {
                return true;
            }
            pid = stats.get(&pid).map_or(0, |stat| stat.parent);
        }
        false
    };
    let ticks: u64 = stats
        .iter()
        .filter(|(pid, _)| within(**pid))
        .map(|(_, stat)| stat.own + stat.ended)
        .sum();
    // USER_HZ is 100 on every Linux that Rust supports.
    Ok(Duration::from_millis(ticks * 10))
}

fn parse(line: &str) -> Option<Stat> {
    // The name in parentheses may hold anything.
    let fields: Vec<&str> = line.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
    Some(Stat {
        parent: fields.get(1)?.parse().ok()?,
        own: number(11)? + number(12)?,
        ended: number(13)? + number(14)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_line_whatever_the_name() {
        let line = "42 (a) b (c)) S 7 42 42 0 -1 4194560 1 2 3 4 10 20 30 40 20 0 1 0 5 6 7";
        let stat = parse(line).expect("a line");
        assert_eq!((stat.parent, stat.own, stat.ended), (7, 30, 70));
        assert!(parse("nonsense").is_none());
    }
}
