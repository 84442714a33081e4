//! How near a query's meaning is to each category: "earbuds" is near to "Headphones", though it shares no word with it.

use std::collections::HashMap;

use search_vectors::Embedding;

/// How near the meaning of one query is to the name of each category, by slug: cosines.
pub type Nearness = HashMap<String, f32>;

/// The categories as vectors of their own names ("Laptops", without those above), by slug.
#[derive(Debug, Clone, Default)]
pub struct Categories(HashMap<String, Embedding>);

impl Categories {
    /// The cosine of every category's name with a query.
    pub fn nearness(&self, query: &Embedding) -> Nearness {
        let near = |(slug, name): (&String, &Embedding)| (slug.clone(), query.cosine(name));
        self.0.iter().map(near).collect()
    }

    /// Whether a category is known.
    pub fn contains(&self, slug: &str) -> bool {
        self.0.contains_key(slug)
    }
}

impl FromIterator<(String, Embedding)> for Categories {
    fn from_iter<I: IntoIterator<Item = (String, Embedding)>>(names: I) -> Self {
        Self(names.into_iter().collect())
    }
}

impl Extend<(String, Embedding)> for Categories {
    fn extend<I: IntoIterator<Item = (String, Embedding)>>(&mut self, names: I) {
        self.0.extend(names);
    }
}
