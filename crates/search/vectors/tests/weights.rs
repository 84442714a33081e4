//! The published weights, against tokens and vectors that other programs made (`reference.json`,
//! written by `reference.py`). Fetches the model into the user's cache once; where that is not
//! possible, these tests are skipped and counted as such.
#![expect(clippy::print_stderr, reason = "says why tests are skipped")]

use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use search_vectors::{Embedding, Instructions, Model, cosine, fetch};
use serde_json::Value;

type Test = fn(&Model) -> Result<(), Failed>;

fn main() {
    let model = open();
    if let Err(reason) = &model {
        eprintln!("skipped: the model cannot be fetched: {reason}");
    }
    let model = model.ok().map(Arc::new);
    let tests: [(&str, Test); 4] = [
        ("reads_the_tokens_of_the_reference", tokens),
        ("makes_the_vectors_of_the_reference", vectors),
        ("tells_like_from_unlike", likeness),
        ("fetches_no_second_time", second_fetch),
    ];
    let trials = tests.map(|(name, test)| {
        let missing = model.is_none();
        let model = model.clone();
        let run = move || model.map_or(Ok(()), |model| test(&model));
        Trial::test(name, run).with_ignored_flag(missing)
    });
    libtest_mimic::run(&Arguments::from_args(), trials.into()).exit();
}

fn open() -> Result<Model, Box<dyn std::error::Error>> {
    let folder = fetch::cache_dir().ok_or("no home folder")?;
    let fetched = fetch(&folder, |step| eprintln!("{step:?} the model …"))?;
    Ok(Model::open(&fetched.path)?)
}

struct Case {
    text: String,
    tokens: Vec<u32>,
    vector: Embedding,
}

fn cases() -> Result<Vec<Case>, Failed> {
    let root: Value = serde_json::from_str(include_str!("reference.json"))?;
    let cases = root.as_array().ok_or("no list")?.iter().map(|case| {
        let vector: Vec<f32> = serde_json::from_value(case["vector"].clone())?;
        let vector: [f32; 384] = vector.try_into().map_err(|_| "not 384 numbers")?;
        Ok(Case {
            text: case["text"].as_str().ok_or("no text")?.to_owned(),
            tokens: serde_json::from_value(case["tokens"].clone())?,
            vector: Embedding::from_f32(&vector).ok_or("no direction")?,
        })
    });
    cases.collect()
}

fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), Failed> {
    if holds {
        Ok(())
    } else {
        Err(otherwise().into())
    }
}

fn tokens(model: &Model) -> Result<(), Failed> {
    for case in cases()? {
        let found = model.tokens(&case.text);
        ensure(found == case.tokens, || {
            format!("{:?}: {found:?} is not {:?}", case.text, case.tokens)
        })?;
    }
    Ok(())
}

fn vectors(model: &Model) -> Result<(), Failed> {
    let cases = cases()?;
    let mut sum = 0.0;
    for case in &cases {
        let vector = model.embed(&case.text);
        let likeness = cosine(&vector, &case.vector);
        sum += likeness;
        ensure(likeness > 0.99, || format!("{:?}: {likeness}", case.text))?;
        for set in Instructions::available() {
            let other = model.embed_with(&case.text, set);
            ensure(other == vector, || {
                format!("{:?} differs by {set:?}", case.text)
            })?;
        }
    }
    let mean = sum / cases.len() as f32;
    ensure(mean > 0.997, || format!("on average only {mean}"))
}

fn likeness(model: &Model) -> Result<(), Failed> {
    for (a, like, unlike) in [
        ("laptop", "notebook computer", "toner cartridge"),
        ("earphones", "in-ear headphones", "phone charger"),
        ("ssd", "solid state drive 1 TB", "washing machine"),
    ] {
        let [a, like, unlike] = [a, like, unlike].map(|text| model.embed(text));
        let (near, far) = (cosine(&a, &like), cosine(&a, &unlike));
        ensure(near > far + 0.1, || {
            format!("{near} is not well above {far}")
        })?;
    }
    Ok(())
}

fn second_fetch(model: &Model) -> Result<(), Failed> {
    let folder = model.path().parent().ok_or("no folder")?;
    let fetched = fetch(folder, |_| ())?;
    ensure(!fetched.downloaded, || "downloaded again".to_owned())?;
    ensure(fetched.fingerprint == model.fingerprint(), || {
        format!("{fetched:?} is not {model:?}")
    })
}
