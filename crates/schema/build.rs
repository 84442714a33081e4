//! Rebuilds the crate when a migration is added: the macro alone only notices files it already knows.
fn main() {
    println!("cargo::rerun-if-changed=../../migrations");
}
