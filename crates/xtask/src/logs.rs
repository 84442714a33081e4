//! `cargo xtask logs [NAME] [-f]`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::instance::Instance;
use crate::rotate;
use crate::ui::Ui;

/// Bytes of each log that are shown at first.
const TAIL: u64 = 16 * 1024;

/// Shows the end of one log or of all, and with `follow` what comes.
pub(crate) async fn show(
    instance: &Instance,
    name: Option<&str>,
    follow: bool,
    ui: Ui,
) -> Result<()> {
    let files: Vec<PathBuf> = match name {
        None => rotate::logs(instance)?,
        Some(name) => {
            let path = instance.log(name);
            if !path.is_file() {
                let known: Vec<String> = rotate::logs(instance)?
                    .iter()
                    .map(|log| stem(log))
                    .collect();
                bail!("there is no log {name:?}; there are: {}", known.join(", "));
            }
            vec![path]
        }
    };
    if files.is_empty() {
        bail!("there are no logs yet");
    }
    let mut positions = BTreeMap::new();
    for file in files {
        let length = std::fs::metadata(&file).map_or(0, |meta| meta.len());
        positions.insert(file, length.saturating_sub(TAIL));
    }
    let prefixed = positions.len() > 1;
    let mut first = true;
    loop {
        for (file, position) in &mut positions {
            let prefix = if prefixed {
                format!("{:<10} ", stem(file))
            } else {
                String::new()
            };
            let text = read_lines(file, position)?;
            // The tail begins in the middle of a line.
            let skip = usize::from(first && *position > TAIL && text.lines().count() > 1);
            for line in text.lines().skip(skip) {
                ui.line(format!("{}{line}", ui.dim(&prefix)));
            }
        }
        first = false;
        if !follow {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}

fn stem(path: &Path) -> String {
    path.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// The whole lines after `position`, which moves on; a log that was emptied begins anew.
fn read_lines(path: &Path, position: &mut u64) -> Result<String> {
    let mut file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let length = file.metadata()?.len();
    if length < *position {
        *position = 0;
    }
    file.seek(SeekFrom::Start(*position))?;
    let mut bytes = Vec::new();
    file.take(length - *position).read_to_end(&mut bytes)?;
    let end = bytes
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |last| last + 1);
    bytes.truncate(end);
    *position += end as u64;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
