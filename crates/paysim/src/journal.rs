//! The append-only file: JSON lines, one per transaction, each on disk before its answer.
//!
//! One thread owns the file. It writes whatever has queued up and syncs once for all of it, so
//! parallel requests share the cost of a sync. The queue is as long as there are requests that
//! wait for their line.

use std::{
    fs::{File, OpenOptions},
    io::{self, BufRead, BufReader, Seek, SeekFrom, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{Mutex, mpsc},
    thread::JoinHandle,
};

use serde::{Deserialize, Serialize};
use thiserror::Error;
use tokio::sync::watch;

use crate::state::Record;

const FILE_NAME: &str = "journal.jsonl";
const FORMAT: &str = "techmart-paysim-1";

/// One transaction: all of it happened or none of it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Line {
    /// 1 for the first transaction, then without gaps.
    pub(crate) seq: u64,
    pub(crate) at_ms: i64,
    pub(crate) records: Vec<Record>,
}

#[derive(Serialize, Deserialize)]
struct Header {
    journal: String,
}

/// Why a journal cannot be used.
#[derive(Debug, Error)]
pub enum JournalError {
    /// The folder or file cannot be read or written.
    #[error("cannot use {path}: {source}", path = path.display())]
    Io { path: PathBuf, source: io::Error },
    /// Another process has it open.
    #[error("{path} is in use by another process", path = .0.display())]
    InUse(PathBuf),
    /// It is not what this version writes.
    #[error("{path}: line {line} is damaged: {reason}", path = path.display())]
    Damaged {
        path: PathBuf,
        line: u64,
        reason: String,
    },
}

/// What was found on opening.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Replay {
    pub(crate) transactions: u64,
    /// Bytes of an unfinished last line that were cut off.
    pub(crate) cut_bytes: u64,
}

/// The journal could not be written; nothing more is answered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Broken;

#[derive(Debug, Clone, Copy)]
struct Progress {
    durable: u64,
    broken: bool,
}

enum Message {
    Line(u64, Vec<u8>),
    Close,
}

/// The open journal.
#[derive(Debug)]
pub(crate) struct Journal {
    queue: mpsc::Sender<Message>,
    progress: watch::Receiver<Progress>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Journal {
    /// Opens or makes the journal in a folder and gives each transaction to `apply`.
    pub(crate) fn open(
        folder: &Path,
        mut apply: impl FnMut(Line),
    ) -> Result<(Self, Replay), JournalError> {
        let path = folder.join(FILE_NAME);
        let mut file = open_file(folder, &path).map_err(|source| JournalError::Io {
            path: path.clone(),
            source,
        })?;
        if file.try_lock().is_err() {
            return Err(JournalError::InUse(path));
        }
        let replay = replay(&mut file, &path, &mut apply)?;
        let (queue, lines) = mpsc::channel();
        let start = Progress {
            durable: replay.transactions,
            broken: false,
        };
        let (report, progress) = watch::channel(start);
        let thread = std::thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || run(file, &lines, &report))
            .map_err(|source| JournalError::Io { path, source })?;
        Ok((
            Self {
                queue,
                progress,
                thread: Mutex::new(Some(thread)),
            },
            replay,
        ))
    }

    /// Queues a transaction. The caller holds the state's lock, so lines keep their order.
    pub(crate) fn append(&self, line: &Line) -> Result<(), Broken> {
        let mut bytes = serde_json::to_vec(line).map_err(|_| Broken)?;
        bytes.push(b'\n');
        self.queue
            .send(Message::Line(line.seq, bytes))
            .map_err(|_| Broken)
    }

    /// Waits until a transaction and all before it are on disk.
    pub(crate) async fn durable(&self, seq: u64) -> Result<(), Broken> {
        let mut progress = self.progress.clone();
        let seen = progress
            .wait_for(|progress| progress.broken || progress.durable >= seq)
            .await
            .map_err(|_| Broken)?;
        if seen.durable >= seq {
            Ok(())
        } else {
            Err(Broken)
        }
    }

    /// Whether the file can still be written.
    pub(crate) fn is_healthy(&self) -> bool {
        !self.progress.borrow().broken
    }

    /// Writes what is queued, closes the file and waits for that. Later lines are refused.
    pub(crate) fn close(&self) {
        let thread = self.thread.lock().ok().and_then(|mut thread| thread.take());
        if let Some(thread) = thread {
            // A thread that is gone already has nothing left to write.
            self.queue.send(Message::Close).ok();
            thread.join().ok();
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.close();
    }
}

fn open_file(folder: &Path, path: &Path) -> io::Result<File> {
    std::fs::create_dir_all(folder)?;
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)?;
    // The file's name must survive a power cut as well as its content.
    File::open(folder)?.sync_all()?;
    Ok(file)
}

fn replay(
    file: &mut File,
    path: &Path,
    apply: &mut impl FnMut(Line),
) -> Result<Replay, JournalError> {
    let io_error = |source| JournalError::Io {
        path: path.to_owned(),
        source,
    };
    let length = file.metadata().map_err(io_error)?.len();
    let mut reader = BufReader::new(&mut *file);
    let (mut good, mut number, mut transactions) = (0, 0, 0);
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        let size = reader.read_until(b'\n', &mut bytes).map_err(io_error)? as u64;
        if size == 0 {
            break;
        }
        number += 1;
        match parse(&bytes, number, transactions + 1) {
            Ok(line) => {
                good += size;
                transactions += u64::from(line.is_some());
                line.into_iter().for_each(&mut *apply);
            }
            // A torn last line belongs to a transaction that was never answered for.
            Err(Fault::Torn(_)) if good + size == length => break,
            Err(Fault::Torn(reason) | Fault::Wrong(reason)) => {
                return Err(JournalError::Damaged {
                    path: path.to_owned(),
                    line: number,
                    reason,
                });
            }
        }
    }
    prepare(file, good).map_err(io_error)?;
    Ok(Replay {
        transactions,
        cut_bytes: length - good,
    })
}

/// What is the matter with a line.
enum Fault {
    /// It was not written to its end.
    Torn(String),
    /// It is whole and does not belong there, or another version wrote it.
    Wrong(String),
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        let reason = error.to_string();
        if error.is_data() {
            Self::Wrong(reason)
        } else {
            Self::Torn(reason)
        }
    }
}

/// `None` for the header.
fn parse(bytes: &[u8], number: u64, seq: u64) -> Result<Option<Line>, Fault> {
    if bytes.last() != Some(&b'\n') {
        return Err(Fault::Torn("it is not finished".to_owned()));
    }
    if number == 1 {
        let header: Header = serde_json::from_slice(bytes)?;
        return if header.journal == FORMAT {
            Ok(None)
        } else {
            let reason = format!(
                "it was written as {}, this version reads {FORMAT}",
                header.journal
            );
            Err(Fault::Wrong(reason))
        };
    }
    let line: Line = serde_json::from_slice(bytes)?;
    if line.seq == seq {
        Ok(Some(line))
    } else {
        Err(Fault::Wrong(format!(
            "transaction {seq} is missing, {} follows",
            line.seq
        )))
    }
}

/// Cuts an unfinished tail off, writes the header of a new file and stands at the end.
fn prepare(file: &mut File, good: u64) -> io::Result<()> {
    file.set_len(good)?;
    file.seek(SeekFrom::Start(good))?;
    if good == 0 {
        let mut header = serde_json::to_vec(&Header {
            journal: FORMAT.to_owned(),
        })?;
        header.push(b'\n');
        file.write_all(&header)?;
    }
    file.sync_all()
}

fn run(mut file: File, lines: &mpsc::Receiver<Message>, report: &watch::Sender<Progress>) {
    let mut batch = Vec::new();
    let mut open = true;
    while open {
        let Ok(mut message) = lines.recv() else {
            return;
        };
        let mut last = None;
        batch.clear();
        loop {
            match message {
                Message::Line(seq, bytes) => {
                    last = Some(seq);
                    batch.extend_from_slice(&bytes);
                }
                Message::Close => open = false,
            }
            match lines.try_recv() {
                Ok(next) if open => message = next,
                _ => break,
            }
        }
        let Some(seq) = last else { continue };
        if let Err(error) = file.write_all(&batch).and_then(|()| file.sync_data()) {
            tracing::error!(%error, "the journal cannot be written; no more requests are answered");
            report.send_modify(|progress| progress.broken = true);
            return;
        }
        report.send_modify(|progress| progress.durable = seq);
    }
}
