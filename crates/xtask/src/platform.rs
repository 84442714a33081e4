//! Facts about this machine: users, programs on the PATH, packages, processes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// A user for a process that must not run as root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

/// True when this process is root.
pub(crate) fn is_root() -> bool {
    nix::unistd::geteuid().is_root()
}

/// The user for PostgreSQL, which refuses to run as root; `None` when we are not root.
pub(crate) fn database_user() -> Result<Option<User>> {
    if !is_root() {
        return Ok(None);
    }
    let nobody = nix::unistd::User::from_name("nobody")
        .ok()
        .flatten()
        .context("running as root needs a user `nobody` for PostgreSQL; there is none")?;
    Ok(Some(User {
        uid: nobody.uid.as_raw(),
        gid: nobody.gid.as_raw(),
    }))
}

/// Finds a program on the PATH and in the folders where system programs lie.
pub(crate) fn find_program(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let system = [
        "/usr/local/sbin",
        "/usr/sbin",
        "/sbin",
        "/usr/local/bin",
        "/opt/homebrew/bin",
    ];
    let dirs: Vec<PathBuf> = std::env::split_paths(&path)
        .chain(system.iter().map(PathBuf::from))
        .collect();
    names.iter().find_map(|name| {
        dirs.iter()
            .map(|dir| dir.join(name))
            .find(|candidate| is_executable(candidate))
    })
}

fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

/// True when packages can be installed without a question: root and apt.
pub(crate) fn can_install() -> bool {
    is_root() && find_program(&["apt-get"]).is_some()
}

/// Installs Debian packages without a question; no service of theirs is started.
pub(crate) fn install(packages: &[&str]) -> Result<()> {
    let apt = find_program(&["apt-get"]).context("apt-get was not found")?;
    let run = |args: &[&str]| -> Result<std::process::Output> {
        Command::new(&apt)
            .args(args)
            .env("DEBIAN_FRONTEND", "noninteractive")
            // policy-rc.d is asked by invoke-rc.d; RUNLEVEL=1 keeps packages from starting daemons.
            .env("RUNLEVEL", "1")
            .stdin(Stdio::null())
            .output()
            .context("cannot run apt-get")
    };
    let mut arguments = vec!["install", "-y", "-qq", "--no-install-recommends"];
    arguments.extend(packages);
    if run(&arguments)?.status.success() {
        return Ok(());
    }
    run(&["update", "-qq"])?;
    let output = run(&arguments)?;
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        let reason = stderr
            .lines()
            .rfind(|line| !line.trim().is_empty())
            .unwrap_or("unknown");
        bail!(
            "apt-get could not install {}: {}",
            packages.join(", "),
            reason.trim()
        );
    }
    Ok(())
}

/// Installs a program's package where that needs no question; else only tells whether it is there.
pub(crate) fn ensure_program(names: &[&str], packages: &[&str]) -> Option<PathBuf> {
    find_program(names).or_else(|| {
        if can_install() {
            install(packages).ok()?;
        }
        find_program(names)
    })
}

/// Python 3 that can make environments with pip, installed where that needs no question.
pub(crate) fn python() -> Result<PathBuf> {
    let packages = ["python3", "python3-venv"];
    let python = ensure_program(&["python3"], &packages).context("there is no python3")?;
    if !has_pip(&python) {
        // Debian's Python comes without what environments are made of.
        if can_install() {
            install(&packages)?;
        }
        if !has_pip(&python) {
            bail!("python3 cannot make environments (Debian, Ubuntu: `apt install python3-venv`)");
        }
    }
    Ok(python)
}

fn has_pip(python: &Path) -> bool {
    let mut ask = Command::new(python);
    ask.args(["-c", "import ensurepip, venv"]);
    ask.stdin(Stdio::null()).stderr(Stdio::null());
    ask.status().is_ok_and(|status| status.success())
}

/// Start time of a process in clock ticks since boot; `None` where there is no `/proc` or no such
/// process, or when it is dead and only waits to be reaped.
pub(crate) fn start_ticks(pid: i32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The command may hold spaces and brackets: fields are counted after the last bracket.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    if matches!(fields.first(), Some(&"Z" | &"X")) {
        return None;
    }
    fields.get(19)?.parse().ok()
}

/// Resident memory of a process in bytes, from `/proc`.
pub(crate) fn resident_bytes(pid: i32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kib * 1024)
}
