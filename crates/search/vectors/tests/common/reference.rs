//! The model once more, as plainly as can be and in double precision: what the crate is held
//! against. Reads the published weights.

use safetensors::SafeTensors;

const WIDTH: usize = 384;
const HEADS: usize = 12;
const HEAD: usize = WIDTH / HEADS;

type Rows = Vec<Vec<f64>>;

/// The vector of a text in tokens, of length 1.
pub(crate) fn embed(weights: &SafeTensors<'_>, tokens: &[u32]) -> Vec<f64> {
    let words = matrix(weights, "embeddings.word_embeddings.weight");
    let positions = matrix(weights, "embeddings.position_embeddings.weight");
    let kind = &matrix(weights, "embeddings.token_type_embeddings.weight")[0];
    let mut state: Rows = tokens
        .iter()
        .zip(&positions)
        .map(|(id, position)| {
            let word = &words[*id as usize];
            (0..WIDTH)
                .map(|d| word[d] + position[d] + kind[d])
                .collect()
        })
        .collect();
    normalise(weights, "embeddings.LayerNorm", &mut state);
    for layer in 0.. {
        let name = |rest: &str| format!("encoder.layer.{layer}.{rest}");
        if weights.tensor(&name("output.dense.weight")).is_err() {
            break;
        }
        let attended = attend(weights, &name("attention.self"), &state);
        let change = linear(weights, &name("attention.output.dense"), &attended);
        add(&mut state, &change);
        normalise(weights, &name("attention.output.LayerNorm"), &mut state);
        let mut raised = linear(weights, &name("intermediate.dense"), &state);
        for x in raised.iter_mut().flatten() {
            *x *= 0.5 * (1.0 + erf(*x / std::f64::consts::SQRT_2));
        }
        let change = linear(weights, &name("output.dense"), &raised);
        add(&mut state, &change);
        normalise(weights, &name("output.LayerNorm"), &mut state);
    }
    let mut sum: Vec<f64> = (0..WIDTH)
        .map(|d| state.iter().map(|row| row[d]).sum())
        .collect();
    let length = sum.iter().map(|x| x * x).sum::<f64>().sqrt();
    for x in &mut sum {
        *x /= length;
    }
    sum
}

/// How alike two vectors are.
pub(crate) fn cosine(a: &[f64], b: &[f32]) -> f64 {
    let dot: f64 = a.iter().zip(b).map(|(a, b)| a * f64::from(*b)).sum();
    let length = |sum: f64| sum.sqrt();
    dot / length(a.iter().map(|x| x * x).sum())
        / length(b.iter().map(|x| f64::from(*x).powi(2)).sum())
}

fn numbers(weights: &SafeTensors<'_>, name: &str) -> Vec<f64> {
    let tensor = weights.tensor(name).unwrap();
    let bytes = tensor.data().as_chunks::<4>().0;
    bytes
        .iter()
        .map(|b| f64::from(f32::from_le_bytes(*b)))
        .collect()
}

fn matrix(weights: &SafeTensors<'_>, name: &str) -> Rows {
    let width = weights.tensor(name).unwrap().shape()[1];
    let all = numbers(weights, name);
    all.chunks(width).map(<[f64]>::to_vec).collect()
}

fn linear(weights: &SafeTensors<'_>, name: &str, rows: &Rows) -> Rows {
    let weight = matrix(weights, &format!("{name}.weight"));
    let bias = numbers(weights, &format!("{name}.bias"));
    rows.iter()
        .map(|row| {
            let outputs = weight.iter().zip(&bias);
            outputs
                .map(|(w, b)| w.iter().zip(row).map(|(w, x)| w * x).sum::<f64>() + b)
                .collect()
        })
        .collect()
}

fn attend(weights: &SafeTensors<'_>, name: &str, state: &Rows) -> Rows {
    let part = |part: &str| linear(weights, &format!("{name}.{part}"), state);
    let (queries, keys, values) = (part("query"), part("key"), part("value"));
    let mut out = vec![vec![0.0; WIDTH]; state.len()];
    for head in 0..HEADS {
        let columns = head * HEAD..(head + 1) * HEAD;
        for (query, out) in queries.iter().zip(&mut out) {
            let scores = keys.iter().map(|key| {
                let products = columns.clone().map(|d| query[d] * key[d]);
                (products.sum::<f64>() / (HEAD as f64).sqrt()).exp()
            });
            let scores: Vec<f64> = scores.collect();
            let total: f64 = scores.iter().sum();
            for d in columns.clone() {
                out[d] = scores
                    .iter()
                    .zip(&values)
                    .map(|(s, v)| s * v[d])
                    .sum::<f64>()
                    / total;
            }
        }
    }
    out
}

fn add(state: &mut Rows, change: &Rows) {
    for (x, y) in state.iter_mut().flatten().zip(change.iter().flatten()) {
        *x += y;
    }
}

fn normalise(weights: &SafeTensors<'_>, name: &str, state: &mut Rows) {
    let weight = numbers(weights, &format!("{name}.weight"));
    let bias = numbers(weights, &format!("{name}.bias"));
    for row in state {
        let mean = row.iter().sum::<f64>() / WIDTH as f64;
        let variance = row.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / WIDTH as f64;
        for (d, x) in row.iter_mut().enumerate() {
            *x = (*x - mean) / (variance + 1e-12).sqrt() * weight[d] + bias[d];
        }
    }
}

/// The error function by its series, or 1 where it is 1 to sixteen digits.
fn erf(x: f64) -> f64 {
    if x.abs() > 6.0 {
        return x.signum();
    }
    let (mut term, mut sum) = (x, x);
    for n in 1..200 {
        term *= -x * x / f64::from(n);
        sum += term / f64::from(2 * n + 1);
    }
    sum * std::f64::consts::FRAC_2_SQRT_PI
}
