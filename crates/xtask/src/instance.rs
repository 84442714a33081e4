//! Where an instance of the stack keeps its files.
//!
//! Everything lies under `.techmart/` (or `.techmart-NAME/`) beside the workspace. As root the
//! database runs under another user; when that user may not pass the folders above the workspace,
//! its data lie under `/var/tmp/techmart-<uid>/` instead.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

/// One private stack: its name and its folder.
#[derive(Debug, Clone)]
pub(crate) struct Instance {
    name: String,
    workspace: PathBuf,
    root: PathBuf,
}

impl Instance {
    /// Opens the instance of that name (`None` is the developer's own) and makes its folders.
    pub(crate) fn open(name: Option<&str>) -> Result<Self> {
        let workspace = workspace_root()?;
        let root = match name {
            None => workspace.join(".techmart"),
            Some(name) => {
                let valid = !name.is_empty()
                    && name.len() <= 32
                    && name
                        .bytes()
                        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
                if !valid {
                    bail!(
                        "instance name {name:?}: use 1 to 32 lower-case letters, digits and dashes"
                    );
                }
                workspace.join(format!(".techmart-{name}"))
            }
        };
        let instance = Self {
            name: name.unwrap_or_default().to_owned(),
            workspace,
            root,
        };
        instance.make_folders()?;
        Ok(instance)
    }

    /// The same instance after its folder was removed.
    pub(crate) fn reopen(other: &Self) -> Result<Self> {
        other.make_folders()?;
        Ok(other.clone())
    }

    fn make_folders(&self) -> Result<()> {
        // Other users may pass (the database's user has its folder below), but not list.
        make_dir(&self.root, 0o711)?;
        for dir in ["logs", "gateway", "redis", "bin", "data"] {
            make_dir(&self.root.join(dir), 0o700)?;
        }
        Ok(())
    }

    /// The name given with `--instance`; empty for the default one.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// `--instance NAME` for commands that are shown to the developer; empty for the default one.
    pub(crate) fn flag(&self) -> String {
        if self.name.is_empty() {
            String::new()
        } else {
            format!(" --instance {}", self.name)
        }
    }

    /// The folder of the workspace (where `Cargo.lock` lies).
    pub(crate) fn workspace(&self) -> &Path {
        &self.workspace
    }

    /// The instance's own folder.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A path below the instance's folder.
    pub(crate) fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.root.join(relative)
    }

    /// The log file of a process.
    pub(crate) fn log(&self, name: &str) -> PathBuf {
        self.root.join("logs").join(format!("{name}.log"))
    }

    /// A folder for the database's data that `user` can reach: below the instance's folder if
    /// that is passable, else a private place under `/var/tmp`.
    pub(crate) fn data_home(&self, other_user: bool) -> Result<PathBuf> {
        if !other_user || passable(&self.root) {
            return Ok(self.root.clone());
        }
        let digest = Sha256::digest(self.root.as_os_str().as_encoded_bytes());
        let key = hex::encode(&digest[..6]);
        let home = shared_home()?.join("instances").join(key);
        make_dir(&home, 0o711)?;
        Ok(home)
    }
}

/// The workspace's folder: cargo names the manifest's folder when it runs this program.
pub(crate) fn workspace_root() -> Result<PathBuf> {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    let root = manifest
        .ancestors()
        .find(|dir| dir.join("Cargo.lock").is_file())
        .context("the workspace's Cargo.lock was not found above crates/xtask")?;
    Ok(root.to_path_buf())
}

/// A folder per user for things that another user must be able to read when we are root.
pub(crate) fn shared_home() -> Result<PathBuf> {
    let uid = nix::unistd::geteuid();
    let home = PathBuf::from(format!("/var/tmp/techmart-{uid}"));
    make_dir(&home, 0o711)?;
    make_dir(&home.join("instances"), 0o711)?;
    // /var/tmp is everyone's: refuse a folder that somebody else prepared.
    let owner = std::os::unix::fs::MetadataExt::uid(&fs::symlink_metadata(&home)?);
    if owner != uid.as_raw() {
        bail!("{} belongs to another user; remove it", home.display());
    }
    Ok(home)
}

/// The cache of downloads: `$XDG_CACHE_HOME/techmart` or `~/.cache/techmart`; when another user
/// must read it and cannot, the shared home.
pub(crate) fn cache_home(other_user: bool) -> Result<PathBuf> {
    let base = std::env::var_os("XDG_CACHE_HOME")
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache")));
    let cache = match base {
        Some(base) if !other_user || passable(&base) => base.join("techmart"),
        _ => shared_home()?,
    };
    make_dir(&cache, if other_user { 0o711 } else { 0o700 })?;
    Ok(cache)
}

/// Makes a folder (and those above it) and sets its mode.
pub(crate) fn make_dir(path: &Path, mode: u32) -> Result<()> {
    fs::create_dir_all(path)
        .with_context(|| format!("cannot make the folder {}", path.display()))?;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
        .with_context(|| format!("cannot set the mode of {}", path.display()))
}

/// Writes a file in one step (temporary name, then rename) with the given mode.
pub(crate) fn write_file(path: &Path, content: &[u8], mode: u32) -> Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let extension = path.extension().and_then(OsStr::to_str).unwrap_or_default();
    let temporary = path.with_extension(format!("{extension}.{}.new", std::process::id()));
    let write = || -> std::io::Result<()> {
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(mode)
            .open(&temporary)?;
        file.write_all(content)?;
        fs::rename(&temporary, path)
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

/// True when any user may pass every folder from the root down to `path`.
pub(crate) fn passable(path: &Path) -> bool {
    path.ancestors().all(|dir| match fs::metadata(dir) {
        Ok(meta) => meta.permissions().mode() & 0o001 != 0,
        Err(_) => true, // does not exist yet: we shall make it passable
    })
}
