//! Streaming JSON lines, plain or zstd, with limits.
//!
//! Lines end at `\n` only, because texts may hold U+2028. A bad row is a value ([`SourceRow::row`] is an error), a
//! bad file is an error of the reader. [`check`] reads a whole file first, so that a broken one changes nothing.

use super::row::RowError;
use super::values::Row;
use serde_json::Value;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// First bytes of a zstd frame.
const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// Size of the read buffer in bytes.
const BUFFER: usize = 64 * 1024;

/// What the reader accepts.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Longest line in bytes; a longer one is a bad row.
    pub line_bytes_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            line_bytes_max: 1024 * 1024,
        }
    }
}

/// Why a file cannot be imported.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// It cannot be opened or read.
    #[error("cannot read the file: {0}")]
    Unreadable(#[source] io::Error),
    /// The name says zstd, the content does not.
    #[error("the file is named .zst but holds no zstd data")]
    NotZstd,
    /// The compressed data ends early or is damaged.
    #[error("the file is damaged after line {line}: {source}")]
    Damaged {
        /// Last line that could be read.
        line: u64,
        /// What the decoder says.
        #[source]
        source: io::Error,
    },
    /// The first line is no JSON object.
    #[error("the file does not hold JSON lines: line {line} is no JSON object ({reason})")]
    NotJsonLines {
        /// The first line that is not empty.
        line: u64,
        /// What the JSON reader says.
        reason: String,
    },
    /// No row at all.
    #[error("the file holds no rows")]
    Empty,
}

/// One line of the source.
#[derive(Debug)]
pub struct SourceRow {
    /// Line number, from 1.
    pub line: u64,
    /// The row, or why it cannot be read.
    pub row: Result<Row, RowError>,
}

/// What [`check`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceSummary {
    /// Lines that are not empty.
    pub rows: u64,
    /// Size of the file in bytes, as stored.
    pub file_bytes: u64,
}

/// How much of the file was read, for a progress bar. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<AtomicU64>);

impl Progress {
    /// Bytes of the file, as stored, that were read so far.
    pub fn file_bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// The rows of a file, one at a time.
pub struct Rows {
    input: Box<dyn BufRead + Send>,
    limits: Limits,
    progress: Progress,
    compressed: bool,
    line: u64,
    found: u64,
    done: bool,
}

impl std::fmt::Debug for Rows {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Rows")
            .field("line", &self.line)
            .field("found", &self.found)
            .finish_non_exhaustive()
    }
}

/// Reads a whole file without keeping it: its rows can then be imported without fear of a broken end.
///
/// # Errors
/// See [`SourceError`].
pub fn check(path: &Path, limits: Limits) -> Result<SourceSummary, SourceError> {
    let file_bytes = std::fs::metadata(path)
        .map_err(SourceError::Unreadable)?
        .len();
    let mut rows = Rows::open(path, limits)?;
    let mut line = Vec::new();
    while rows.next_line(&mut line)?.is_some() {
        if rows.found == 1 {
            parse(&line).map_err(|error| SourceError::NotJsonLines {
                line: rows.line,
                reason: error.reason,
            })?;
        }
    }
    if rows.found == 0 {
        Err(SourceError::Empty)
    } else {
        Ok(SourceSummary {
            rows: rows.found,
            file_bytes,
        })
    }
}

impl Rows {
    /// Opens a file; zstd is known by its first bytes.
    ///
    /// # Errors
    /// When the file cannot be opened, or is named `.zst` without being zstd.
    pub fn open(path: &Path, limits: Limits) -> Result<Self, SourceError> {
        let file = File::open(path).map_err(SourceError::Unreadable)?;
        if file.metadata().map_err(SourceError::Unreadable)?.is_dir() {
            return Err(SourceError::Unreadable(io::Error::from(
                io::ErrorKind::IsADirectory,
            )));
        }
        let named_zstd = path
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("zst"));
        Self::from_reader(file, named_zstd, limits)
    }

    /// Reads rows from any input; `expect_zstd` refuses input that is not zstd.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn from_reader(
        input: impl Read + Send + 'static,
        expect_zstd: bool,
        limits: Limits,
    ) -> Result<Self, SourceError> {
        let progress = Progress::default();
        let mut input = BufReader::with_capacity(
            BUFFER,
            Counted {
                input,
                progress: progress.clone(),
            },
        );
        let compressed = input
            .fill_buf()
            .map_err(SourceError::Unreadable)?
            .starts_with(&ZSTD_MAGIC);
        if expect_zstd && !compressed {
            return Err(SourceError::NotZstd);
        }
        let input: Box<dyn BufRead + Send> = if compressed {
            let decoder = zstd::Decoder::with_buffer(input).map_err(SourceError::Unreadable)?;
            Box::new(BufReader::with_capacity(BUFFER, decoder))
        } else {
            Box::new(input)
        };
        Ok(Self {
            input,
            limits,
            progress,
            compressed,
            line: 0,
            found: 0,
            done: false,
        })
    }

    /// A handle that tells how much was read.
    pub fn progress(&self) -> Progress {
        self.progress.clone()
    }

    /// Reads the next line that is not empty into `line`; `None` at the end, `Some(false)` when it was too long.
    fn next_line(&mut self, line: &mut Vec<u8>) -> Result<Option<bool>, SourceError> {
        loop {
            line.clear();
            let limit = u64::try_from(self.limits.line_bytes_max)
                .unwrap_or(u64::MAX)
                .saturating_add(1);
            let read = (&mut self.input)
                .take(limit)
                .read_until(b'\n', line)
                .map_err(|error| self.broken(error))?;
            if read == 0 {
                return Ok(None);
            }
            self.line += 1;
            let whole = line.last() == Some(&b'\n') || line.len() <= self.limits.line_bytes_max;
            if !whole {
                self.skip_line().map_err(|error| self.broken(error))?;
            }
            if self.line == 1 && line.starts_with(b"\xef\xbb\xbf") {
                line.drain(..3);
            }
            if !line.trim_ascii().is_empty() {
                self.found += 1;
                return Ok(Some(whole));
            }
        }
    }

    fn skip_line(&mut self) -> io::Result<()> {
        self.input.skip_until(b'\n').map(drop)
    }

    fn broken(&self, source: io::Error) -> SourceError {
        if self.compressed {
            SourceError::Damaged {
                line: self.line,
                source,
            }
        } else {
            SourceError::Unreadable(source)
        }
    }
}

impl Iterator for Rows {
    type Item = Result<SourceRow, SourceError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let mut bytes = Vec::new();
        let row = match self.next_line(&mut bytes) {
            Ok(Some(true)) => parse(&bytes),
            Ok(Some(false)) => Err(RowError::new(
                "row",
                format!("is longer than {} bytes", self.limits.line_bytes_max),
            )),
            Ok(None) => {
                self.done = true;
                return None;
            }
            Err(error) => {
                self.done = true;
                return Some(Err(error));
            }
        };
        Some(Ok(SourceRow {
            line: self.line,
            row,
        }))
    }
}

fn parse(bytes: &[u8]) -> Result<Row, RowError> {
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(row)) => Ok(row),
        Ok(other) => Err(RowError::new(
            "row",
            format!(
                "must be a JSON object, found {}",
                super::values::type_name(&other)
            ),
        )),
        Err(error) => Err(RowError::new("row", format!("is no valid JSON: {error}"))),
    }
}

struct Counted<R> {
    input: R,
    progress: Progress,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.progress
            .0
            .fetch_add(u64::try_from(read).unwrap_or(0), Ordering::Relaxed);
        Ok(read)
    }
}

#[cfg(test)]
mod tests;
