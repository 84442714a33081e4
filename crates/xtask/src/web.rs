//! Builds the pages, only when something they are made of changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::instance::Instance;
use crate::node::Node;
use crate::ui::Ui;

/// What the pages are not made of.
const IGNORED: [&str; 6] = ["node_modules", "dist", "coverage", "test", "mock", ".vite"];

/// Makes sure that `web/dist` is what the sources say. Without Node the shop runs without pages.
pub(crate) fn build(instance: &Instance, ui: Ui) -> Result<()> {
    let web = instance.workspace().join("web");
    let step = ui.step("Pages");
    if !web.join("package.json").is_file() {
        step.warn("web/package.json is missing: the API runs, the pages do not");
        return Ok(());
    }
    let node = match Node::find(instance, ui) {
        Ok(node) => node,
        Err(error) => {
            step.warn(format!(
                "{error:#}: the API runs, the pages do not (install Node 20.19 or newer)"
            ));
            return Ok(());
        }
    };
    let _lock = lock(instance)?;
    install(&node, &web, |text| step.update(text))?;
    let sources = hash_tree(&web)?;
    let stamp = web.join("node_modules/.techmart-build");
    if stamped(&stamp, &sources) && web.join("dist/index.html").is_file() {
        step.done(format!("unchanged (Node {})", node.version));
        return Ok(());
    }
    step.update("vite build");
    run(node.npm(&web).args(["run", "build"]), "npm run build")?;
    fs::write(&stamp, sources).with_context(|| format!("cannot write {}", stamp.display()))?;
    step.done(format!("built (Node {})", node.version));
    Ok(())
}

/// `npm ci` in a folder when `package-lock.json` differs from what is installed. For the pages hold the lock.
pub(crate) fn install(node: &Node, dir: &Path, say: impl FnOnce(&str)) -> Result<()> {
    let lockfile = dir.join("package-lock.json");
    let lockfile =
        fs::read(&lockfile).with_context(|| format!("cannot read {}", lockfile.display()))?;
    let stamp = dir.join("node_modules/.techmart-lock");
    let wanted = hex::encode(Sha256::digest(&lockfile));
    if stamped(&stamp, &wanted) {
        return Ok(());
    }
    say("npm ci");
    run(node.npm(dir).args(["ci", "--loglevel=error"]), "npm ci")?;
    fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))
}

/// One command at a time changes `web/node_modules` and `web/dist`.
pub(crate) fn lock(instance: &Instance) -> Result<fs::File> {
    let path = instance.workspace().join("web/.build.local");
    let file =
        fs::File::create(&path).with_context(|| format!("cannot open {}", path.display()))?;
    file.lock().context("cannot take the lock of web/")?;
    Ok(file)
}

fn stamped(stamp: &Path, wanted: &str) -> bool {
    fs::read_to_string(stamp).is_ok_and(|found| found == wanted)
}

fn run(command: &mut Command, what: &str) -> Result<()> {
    let output = command
        .output()
        .with_context(|| format!("cannot run {what}"))?;
    if !output.status.success() {
        crate::supervisor::note(&String::from_utf8_lossy(&output.stdout));
        crate::supervisor::note(&String::from_utf8_lossy(&output.stderr));
        bail!("{what} failed (see above)");
    }
    Ok(())
}

/// A digest over names and contents of the sources below `web/`.
fn hash_tree(web: &Path) -> Result<String> {
    let mut files = Vec::new();
    collect(web, &mut files)?;
    files.sort();
    let mut hash = Sha256::new();
    for file in files {
        let content = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        hash.update(file.as_os_str().as_encoded_bytes());
        hash.update([0]);
        hash.update(Sha256::digest(&content));
    }
    Ok(hex::encode(hash.finalize()))
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(dir).with_context(|| format!("cannot list {}", dir.display()))? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if IGNORED.contains(&name.as_ref()) || name.ends_with(".local") {
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), files)?;
        } else {
            files.push(entry.path());
        }
    }
    Ok(())
}
