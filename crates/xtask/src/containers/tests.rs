//! What the files of `docker/` and the compose files must agree on.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

use super::images::{BASES, IMAGES, default_of};
use crate::env::services;
use crate::instance::workspace_root;

fn read(path: &str) -> String {
    let path: PathBuf = workspace_root().unwrap().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// `NAME=IMAGE` lines of `docker/images.env`.
fn pins() -> Vec<(String, String)> {
    let text = read("docker/images.env");
    text.lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| {
            let (name, image) = line.split_once('=').unwrap();
            (name.to_owned(), image.to_owned())
        })
        .collect()
}

#[test]
fn every_dockerfile_compiles_the_same_way() {
    let stages = |name: &str| {
        let text = read(&format!("docker/{name}.Dockerfile"));
        let (_, rest) = text.split_once("# --- the same").unwrap();
        rest.split_once("# --- until here").unwrap().0.to_owned()
    };
    for name in ["migrate", "paysim"] {
        assert!(
            stages(name) == stages("service"),
            "docker/{name}.Dockerfile"
        );
    }
}

/// A fifth of an image otherwise. cargo forgets `strip` of the profile for a package that has a line of its own in it.
#[test]
fn every_program_leaves_its_symbols_behind() {
    let root = workspace_root().unwrap();
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    let release = &manifest["profile"]["release"];
    assert_eq!(release["strip"].as_str(), Some("symbols"));
    for (package, own) in release["package"].as_table().unwrap() {
        let is_program = ["services", "crates"]
            .iter()
            .any(|folder| root.join(folder).join(package).join("src/main.rs").exists());
        let strip = own.get("strip").and_then(toml::Value::as_str);
        assert!(!is_program || strip == Some("symbols"), "{package}: strip");
    }
}

#[test]
fn what_programs_embed_is_copied_by_name_and_not_ignored() {
    let root = workspace_root().unwrap();
    let text = read("docker/service.Dockerfile");
    let (_, stage) = text.split_once("AS sources\n").unwrap();
    let (stage, _) = stage.split_once("\nFROM").unwrap();
    let copied: Vec<&str> = stage
        .lines()
        .filter_map(|line| line.strip_prefix("COPY "))
        .flat_map(|line| line.rsplit_once(' ').unwrap().0.split(' '))
        .collect();
    let ignore = read(".dockerignore");
    for path in &copied {
        let line = format!("!{path}");
        assert!(ignore.lines().any(|one| one == line), "{path} is ignored");
    }
    let mut embedded = BTreeSet::new();
    for folder in ["crates", "services"] {
        note_embedded(&root.join(folder), &mut embedded);
    }
    assert!(embedded.contains(&root.join("deploy/routes.toml")));
    for path in embedded {
        let path = path.strip_prefix(&root).unwrap();
        let is_copied = copied.iter().any(|one| path.starts_with(one));
        // What `.dockerignore` leaves out of the folders that are copied.
        let is_ignored = path.extension() == Some(OsStr::new("md"))
            || path.components().any(|part| part.as_os_str() == "tests");
        assert!(is_copied && !is_ignored, "{}", path.display());
    }
}

/// Notes the files and folders that the Rust files below a folder name in macros, but for tests.
fn note_embedded(folder: &Path, found: &mut BTreeSet<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap();
        if path.is_dir() && name != "tests" && name != "target" {
            note_embedded(&path, found);
        } else if path.extension() == Some(OsStr::new("rs")) && name != "tests.rs" {
            let text = std::fs::read_to_string(&path).unwrap();
            for call in ["include_str!(", "include_bytes!(", "sqlx::migrate!("] {
                // `migrate!` counts from the crate's folder, the others from the file's.
                let base = path.ancestors().skip(1).find(|folder| {
                    !call.ends_with("migrate!(") || folder.join("Cargo.toml").is_file()
                });
                for (at, _) in text.match_indices(call) {
                    let rest = text[at + call.len()..].trim_start();
                    if let Some((named, _)) =
                        rest.strip_prefix('"').and_then(|rest| rest.split_once('"'))
                    {
                        found.insert(plain(&base.unwrap().join(named)));
                    }
                }
            }
        }
    }
}

/// A path without `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            part => plain.push(part),
        }
    }
    plain
}

#[test]
fn base_images_are_the_same_everywhere() {
    let root = workspace_root().unwrap();
    let compose = read("docker-compose.yml") + &read("docker/compose.single.yml");
    for (name, image) in pins() {
        for file in ["service", "migrate", "paysim", "gateway"] {
            if let Ok(default) = default_of(&root, file, &name) {
                assert_eq!(default, image, "{name} in docker/{file}.Dockerfile");
            }
        }
        let reference = format!("${{{name}:-");
        let mut used = compose.match_indices(&reference).peekable();
        assert!(
            used.peek().is_some() || BASES.contains(&name.as_str()),
            "{name} is used nowhere"
        );
        let wanted = format!("${{{name}:-{image}}}");
        for (at, _) in used {
            assert!(
                compose[at..].starts_with(&wanted),
                "{name} in a compose file"
            );
        }
    }
}

#[test]
fn every_image_of_ours_is_in_a_compose_file() {
    let compose = read("docker-compose.yml") + &read("docker/compose.single.yml");
    let named: BTreeSet<&str> = IMAGES.iter().map(|image| image.name).collect();
    for service in services() {
        assert!(named.contains(service), "{service} has no image");
    }
    for image in &IMAGES {
        let line = format!("${{TECHMART_REGISTRY:-techmart}}/{}:", image.name);
        assert!(compose.contains(&line), "{}", image.name);
    }
}

#[test]
fn the_gateways_image_holds_what_the_generator_writes() {
    let root = workspace_root().unwrap();
    let written = crate::gateway::image_configuration(&root).unwrap();
    assert!(
        read("docker/gateway/nginx.conf") == written,
        "out of date: cargo xtask gateway --image > docker/gateway/nginx.conf"
    );
}
