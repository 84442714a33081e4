//! Fields of the index, and how their texts become terms.

use tantivy::Index;
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, LowerCaser, RemoveLongFilter, SimpleTokenizer, Stemmer,
    TextAnalyzer,
};

/// Which product a document is: its slot in the table of facts.
pub(super) const SLOT: &str = "slot";
/// Words in their stem: `cameras` finds `camera`.
pub(super) const STEMMED: &str = "stemmed";
/// Words as they are, folded: for prefixes.
pub(super) const PLAIN: &str = "plain";
/// Longer terms are noise.
const TERM_BYTES_MAX: usize = 60;

/// The fields of the index.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    pub(super) slot: Field,
    pub(super) title: Field,
    pub(super) title_plain: Field,
    pub(super) brand: Field,
    pub(super) category: Field,
    pub(super) attributes: Field,
    pub(super) description: Field,
    pub(super) code: Field,
}

/// The schema and its fields.
pub(super) fn build() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let text = |tokenizer: &str| {
        let indexing = TextFieldIndexing::default()
            .set_tokenizer(tokenizer)
            .set_index_option(IndexRecordOption::WithFreqs);
        TextOptions::default().set_indexing_options(indexing)
    };
    let fields = Fields {
        slot: schema.add_u64_field(SLOT, FAST | INDEXED),
        title: schema.add_text_field("title", text(STEMMED)),
        title_plain: schema.add_text_field("title_plain", text(PLAIN)),
        brand: schema.add_text_field("brand", text(PLAIN)),
        category: schema.add_text_field("category", text(STEMMED)),
        attributes: schema.add_text_field("attributes", text(STEMMED)),
        description: schema.add_text_field("description", text(STEMMED)),
        code: schema.add_text_field("code", STRING),
    };
    (schema.build(), fields)
}

/// The analysis of both kinds of text.
pub(super) fn analyzer(stemmed: bool) -> TextAnalyzer {
    let folded = TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(TERM_BYTES_MAX))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter);
    if stemmed {
        folded.filter(Stemmer::new(Language::English)).build()
    } else {
        folded.build()
    }
}

/// Makes the analysis known to an index.
pub(super) fn register(index: &Index) {
    index.tokenizers().register(STEMMED, analyzer(true));
    index.tokenizers().register(PLAIN, analyzer(false));
}
