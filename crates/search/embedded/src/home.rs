//! The directories of indices: who uses which, which one is current, and removing those that are not.
//!
//! ```text
//! <dir>/0/            used by the first process, <dir>/1/ by a second one beside it, …
//!         lock        held while a process uses it
//!         current     the name of the index that is in use
//!         index-7/    that index
//!         index-8/    one that is being built to replace it
//! ```

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// Processes on one directory at most.
const PROCESSES_MAX: usize = 64;
const CURRENT: &str = "current";
const PREFIX: &str = "index-";

/// The part of the directory that this process uses, locked against others for as long as this lives.
#[derive(Debug)]
pub(crate) struct Home {
    root: PathBuf,
    _lock: File,
}

/// A directory of one index. Removed when it is dropped, unless it is kept.
#[derive(Debug)]
pub(crate) struct IndexDir {
    path: PathBuf,
    kept: AtomicBool,
}

impl Home {
    /// Takes the first part of `dir` that no other process uses.
    pub(crate) fn claim(dir: &Path) -> io::Result<Self> {
        for number in 0..PROCESSES_MAX {
            let root = dir.join(number.to_string());
            fs::create_dir_all(&root)?;
            let lock = OpenOptions::new()
                .create(true)
                .truncate(false)
                .write(true)
                .open(root.join("lock"))?;
            match lock.try_lock() {
                Ok(()) => return Ok(Self { root, _lock: lock }),
                Err(TryLockError::WouldBlock) => {
                    tracing::warn!(dir = %root.display(), "another process uses this index; this one keeps its own beside it");
                }
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
        Err(io::Error::other("too many processes share one directory"))
    }

    /// The current index, if there is one.
    pub(crate) fn current(&self) -> Option<IndexDir> {
        let name = fs::read_to_string(self.root.join(CURRENT)).ok()?;
        number(&name)?;
        let path = self.root.join(&name);
        path.is_dir().then(|| IndexDir::new(path))
    }

    /// An empty directory for a new index.
    pub(crate) fn create(&self) -> io::Result<IndexDir> {
        let last = self.names()?.iter().filter_map(|name| number(name)).max();
        let path = self.root.join(format!(
            "{PREFIX}{}",
            last.map_or(0, |n| n.saturating_add(1))
        ));
        fs::create_dir(&path)?;
        Ok(IndexDir::new(path))
    }

    /// Makes an index the current one. Either the old or the new one is, whenever the machine stops.
    pub(crate) fn set_current(&self, index: &IndexDir) -> io::Result<()> {
        let name = index.path.file_name().unwrap_or_default();
        let new = self.root.join("current.new");
        let mut file = File::create(&new)?;
        file.write_all(name.as_encoded_bytes())?;
        file.sync_all()?;
        fs::rename(&new, self.root.join(CURRENT))?;
        File::open(&self.root)?.sync_all()
    }

    /// Removes every index but this one: what an end in the middle of something left behind.
    pub(crate) fn tidy(&self, current: &IndexDir) -> io::Result<()> {
        for name in self.names()? {
            let path = self.root.join(&name);
            if number(&name).is_some() && path != current.path {
                remove(&path);
            }
        }
        Ok(())
    }

    fn names(&self) -> io::Result<Vec<String>> {
        let entries = fs::read_dir(&self.root)?;
        let names = entries.map(|entry| Ok(entry?.file_name().into_string().unwrap_or_default()));
        names.collect()
    }
}

impl IndexDir {
    fn new(path: PathBuf) -> Self {
        Self {
            path,
            kept: AtomicBool::new(false),
        }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it stays when this is dropped.
    pub(crate) fn keep(&self, kept: bool) {
        self.kept.store(kept, Ordering::Release);
    }
}

impl Drop for IndexDir {
    fn drop(&mut self) {
        if !self.kept.load(Ordering::Acquire) {
            remove(&self.path);
        }
    }
}

/// What cannot be removed now is removed at the next start.
fn remove(path: &Path) {
    if let Err(error) = fs::remove_dir_all(path) {
        tracing::warn!(dir = %path.display(), %error, "an index that is not used any more cannot be removed");
    }
}

fn number(name: &str) -> Option<u64> {
    name.strip_prefix(PREFIX)?.parse().ok()
}
