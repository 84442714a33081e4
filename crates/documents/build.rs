//! Compresses the fonts: unpacked they are 440 kB of every program that can print.

use std::fs::File;
use std::io::{Error, Write as _};
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::ZlibEncoder;

const FONTS: [&str; 2] = ["IBMPlexSans-Regular.ttf", "IBMPlexSans-SemiBold.ttf"];

fn main() -> Result<(), Error> {
    let folder = std::env::var_os("OUT_DIR").ok_or_else(|| Error::other("no OUT_DIR"))?;
    let folder = PathBuf::from(folder);
    for font in FONTS {
        let source = format!("fonts/{font}");
        println!("cargo::rerun-if-changed={source}");
        let target = File::create(folder.join(font).with_extension("z"))?;
        let mut encoder = ZlibEncoder::new(target, Compression::best());
        encoder.write_all(&std::fs::read(source)?)?;
        encoder.finish()?;
    }
    Ok(())
}
