//! What the files of `docker/` and the compose files must agree on.

use std::collections::BTreeSet;
use std::path::PathBuf;

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
