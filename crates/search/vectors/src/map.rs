//! A file mapped into memory.
#![expect(
    unsafe_code,
    reason = "a map shares its pages with other processes and reads only what is touched"
)]

use std::fs::File;
use std::io;
use std::ops::Deref;
use std::path::Path;

use memmap2::Mmap;

/// The bytes of a file, mapped and never written.
#[derive(Debug)]
pub(crate) struct Map(Mmap);

impl Map {
    /// Maps a file. The file must not be changed while it is mapped: a model is replaced by
    /// renaming another file over it, which leaves this map as it was.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        if !file.metadata()?.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a file"));
        }
        // SAFETY: nobody changes the file in place; see above.
        unsafe { Mmap::map(&file) }.map(Self)
    }
}

impl Deref for Map {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}
