//! Processor time per query and per product text on each set of instructions. (Processor time, not
//! time on the clock, so that a busy machine gives nearly the same figures.)
//!
//! `cargo run -p search-vectors --example bench -- MODEL [TEXTS]`: MODEL is the model file or its
//! folder, TEXTS a file of one text per line to use instead of the built-in ones.
#![expect(clippy::print_stdout, reason = "prints what it measured")]

use std::path::Path;
use std::time::{Duration, Instant};

use search_vectors::{Embedding, Instructions, Model, Nearest};

const QUERIES: [&str; 8] = [
    "laptop",
    "wireless headphones",
    "usb c charger 65w",
    "4k tv",
    "brother tn-2110 toner",
    "aa battery",
    "gaming mouse",
    "phone case",
];

const TEXTS: [&str; 4] = [
    "Wireless noise cancelling headphones, black. Over-ear, Bluetooth 5.3, 30 hours of battery life, USB-C quick charge.",
    "15.6 inch laptop, 16 GB RAM, 512 GB SSD. A light notebook for work and study with a full HD display and a backlit keyboard.",
    "Toner cartridge, black, 2,600 pages. Fits compact laser printers for the home and the office.",
    "Range extender, Wi-Fi 5. Extends your network to every room; 1200 Mbit/s, dual band.",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments
        .next()
        .ok_or("usage: bench MODEL [TEXTS]: see the head of the file")?;
    let texts = match arguments.next() {
        Some(file) => std::fs::read_to_string(file)?
            .lines()
            .map(str::to_owned)
            .collect(),
        None => TEXTS.map(str::to_owned).to_vec(),
    };
    let start = Instant::now();
    let model = Model::open(Path::new(&path))?;
    println!(
        "{} opened in {:.1} ms",
        model.fingerprint(),
        milliseconds(start.elapsed())
    );
    let tokens: usize = texts.iter().map(|text| model.tokens(text).len()).sum();
    println!(
        "{} texts of {:.1} tokens on average",
        texts.len(),
        tokens as f64 / texts.len() as f64
    );
    for set in Instructions::available() {
        let mut times = Vec::new();
        for query in QUERIES.iter().cycle().take(QUERIES.len() * 40) {
            let start = Instant::now();
            std::hint::black_box(model.embed_with(query, set));
            times.push(start.elapsed());
        }
        times.sort();
        let at = |share: usize| milliseconds(times[times.len() * share / 100]);
        let (start, mut count) = (spent(), 0);
        for text in texts.iter().cycle() {
            std::hint::black_box(model.embed_with(text, set));
            count += 1;
            if count >= 200 {
                break;
            }
        }
        println!(
            "{set:?}: query p50 {:.2} ms, p95 {:.2} ms; {:.0} texts/s",
            at(50),
            at(95),
            f64::from(count) / spent().saturating_sub(start).as_secs_f64()
        );
    }
    resident();
    scan(&model, 20_000);
    scan(&model, 100_000);
    scan(&model, 1_000_000);
    Ok(())
}

fn scan(model: &Model, count: u32) {
    let query = model.embed("wireless headphones");
    let mut nearest = Nearest::new();
    let mut state = 1_u32;
    for slot in 0..count {
        let numbers = query.to_f32().map(|x| {
            state = state.wrapping_mul(747_796_405).wrapping_add(2_891_336_453);
            x + (f64::from(state >> 8) / f64::from(1 << 24) - 0.5) as f32 * 0.3
        });
        nearest.put(slot, Embedding::from_f32(&numbers));
    }
    let mut times = Vec::new();
    for _ in 0..20 {
        let start = Instant::now();
        std::hint::black_box(nearest.nearest(&query, 100, |_| true));
        times.push(start.elapsed());
    }
    times.sort();
    println!(
        "nearest 100 of {count}: {:.2} ms",
        milliseconds(times[times.len() / 2])
    );
}

fn resident() {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    for line in status.lines().filter(|line| line.starts_with("VmHWM")) {
        println!("{line}");
    }
}

/// What this thread has had of a processor so far.
fn spent() -> Duration {
    let spent = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = spent.split(' ').next().and_then(|first| first.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or(0))
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
