//! The products nearest in meaning.

use bytes::Bytes;
use kernel::ProductId;
use opensearch::http::Method;
use search_core::Nearest;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::client::CallError;
use crate::engine::Inner;
use crate::index::Live;
use crate::schema::field;

/// The graph is asked for more than is wanted, since it overlooks some; the exact cosines decide.
const OVERSAMPLING: usize = 2;
/// And never for less than this.
const ASKED_MIN: usize = 100;
/// The k-NN plugin's own limit.
const ASKED_MAX: usize = 10_000;

/// Cosine of two vectors of codes between -127 and 127, moved into what a score may be: 0 to 2. The codes of the query
/// come eight in a number, since every one of a list would be an object, and with them what a code of 1 stands for.
const SCRIPT: &str = "BytesRef v = doc['vector'].value; byte[] b = v.bytes; int o = v.offset; List q = params.q; \
     int dot = 0; int square = 0; \
     for (int i = 0; i < q.size(); ++i) { long eight = ((Number) q.get(i)).longValue(); \
     for (int k = 0; k < 8; ++k) { int x = b[o++]; dot += x * (int) (byte) eight; square += x * x; eight >>= 8; } } \
     return 1.0 + dot * params.scale / Math.sqrt(square);";

impl Inner {
    /// The nearest products among all, those too far away left out.
    pub(crate) async fn nearest(
        &self,
        live: &Live,
        nearest: &Nearest,
    ) -> Result<Vec<ProductId>, CallError> {
        if nearest.count == 0 {
            return Ok(Vec::new());
        }
        let (count, query) = if live.by_plugin(&self.settings) {
            let asked = nearest
                .count
                .saturating_mul(OVERSAMPLING)
                .clamp(ASKED_MIN, ASKED_MAX);
            (asked, graph(nearest, asked))
        } else {
            (nearest.count.min(ASKED_MAX), script(nearest))
        };
        let search = json!({
            "size": count, "query": query, "docvalue_fields": [field::VECTOR],
            "_source": false, "track_total_hits": false,
            "timeout": format!("{}ms", self.settings.search_timeout.as_millis()),
        });
        let path = format!("/{}/_search", live.index);
        let params = [("allow_partial_search_results", "false")];
        let body = Some(Bytes::from(search.to_string()));
        let deadline = self.settings.search_timeout;
        let answer: Answer = self
            .client
            .call(Method::Post, &path, &params, body, deadline)
            .await?;
        let hits = answer.whole()?.into_hits();
        let mut found: Vec<_> = hits
            .iter()
            .filter_map(|hit| Some((hit.vector()?.cosine(&nearest.vector), hit.id())))
            .filter(|(cosine, _)| *cosine >= nearest.similarity_min)
            .collect();
        found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        found.truncate(nearest.count);
        Ok(found.into_iter().map(|(_, id)| id).collect())
    }
}

fn graph(nearest: &Nearest, asked: usize) -> Value {
    json!({"knn": {field::NEAR: {"vector": nearest.vector.codes().as_slice(), "k": asked}}})
}

fn script(nearest: &Nearest) -> Value {
    json!({"script_score": {
        "query": {"exists": {"field": field::VECTOR}},
        "script": {"lang": "painless", "source": SCRIPT, "params": {
            "q": eights(&nearest.vector.to_bytes()), "scale": nearest.vector.scale(),
        }},
    }})
}

/// Eight bytes in each number, the first one lowest.
fn eights(bytes: &[u8]) -> Vec<i64> {
    let (eights, _) = bytes.as_chunks::<8>();
    eights
        .iter()
        .map(|eight| i64::from_le_bytes(*eight))
        .collect()
}
