//! Keeps the logs of a running stack small.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::instance::Instance;

/// A log larger than this is put aside.
const SIZE_MAX: u64 = 16 * 1024 * 1024;
/// Older copies that are kept of each log.
const COPIES: u32 = 2;
const PAUSE: Duration = Duration::from_secs(5);

/// Looks at the logs every few seconds, for ever.
pub(crate) async fn keep_small(instance: &Instance) -> Result<()> {
    loop {
        tokio::time::sleep(PAUSE).await;
        for log in logs(instance)? {
            if fs::metadata(&log).is_ok_and(|meta| meta.len() > SIZE_MAX) {
                rotate(&log)?;
            }
        }
    }
}

/// The logs of an instance, without older copies, by name.
pub(crate) fn logs(instance: &Instance) -> Result<Vec<PathBuf>> {
    let dir = instance.path("logs");
    let mut found = Vec::new();
    for entry in fs::read_dir(&dir).with_context(|| format!("cannot list {}", dir.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "log") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Copies a log aside and empties it. Its writers append, so they go on at the new end; lines
/// written in between are lost, which a development log can bear.
fn rotate(log: &Path) -> Result<()> {
    let copy = |number: u32| log.with_extension(format!("log.{number}"));
    for number in (1..COPIES).rev() {
        fs::rename(copy(number), copy(number + 1)).ok();
    }
    fs::copy(log, copy(1)).with_context(|| format!("cannot copy {}", log.display()))?;
    let file = fs::OpenOptions::new().write(true).open(log);
    file.and_then(|file| file.set_len(0))
        .with_context(|| format!("cannot empty {}", log.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_put_aside_and_written_on() {
        use std::io::Write;
        let dir = std::env::temp_dir().join(format!("techmart-rotate-{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        let log = dir.join("a.log");
        let mut writer = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&log)
            .unwrap();
        writeln!(writer, "one").unwrap();
        rotate(&log).unwrap();
        writeln!(writer, "two").unwrap();
        assert_eq!(fs::read_to_string(&log).unwrap(), "two\n");
        assert_eq!(fs::read_to_string(dir.join("a.log.1")).unwrap(), "one\n");
        fs::remove_dir_all(dir).unwrap();
    }
}
