//! The shop's category tree, embedded from `data/taxonomy.toml`.
//!
//! Two levels: groups and leaves; a group without children is itself a leaf. Products stand in leaves.

use crate::art::ArtKind;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::LazyLock;

static SHOP: LazyLock<Taxonomy> = LazyLock::new(|| {
    Taxonomy::parse(include_str!("../data/taxonomy.toml"))
        .expect("the embedded category tree is checked by a test")
});

/// One category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// Part of addresses; never changes.
    pub slug: String,
    /// What shoppers read.
    pub name: String,
    /// The silhouette that stands in for missing pictures.
    pub art: ArtKind,
    /// Slug of the group it belongs to.
    pub parent: Option<String>,
    /// Position among its siblings, from 0.
    pub position: i32,
}

/// A category tree; parents come before their children.
#[derive(Debug)]
pub struct Taxonomy {
    categories: Vec<Category>,
    by_slug: HashMap<String, usize>,
    groups: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    category: Vec<Node>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Node {
    slug: String,
    name: String,
    art: ArtKind,
    #[serde(default)]
    children: Vec<Leaf>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Leaf {
    slug: String,
    name: String,
    art: ArtKind,
}

impl Taxonomy {
    /// The shop's own tree.
    pub fn shop() -> &'static Self {
        &SHOP
    }

    /// Reads a tree from TOML.
    ///
    /// # Errors
    /// A text that is no tree, or a slug that stands twice.
    pub fn parse(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        let mut categories = Vec::new();
        let mut groups = Vec::new();
        for (node, position) in file.category.into_iter().zip(0..) {
            if !node.children.is_empty() {
                groups.push(node.slug.clone());
            }
            let (parent, children) = (node.slug.clone(), node.children);
            let Node {
                slug, name, art, ..
            } = Node {
                children: Vec::new(),
                ..node
            };
            categories.push(Category {
                slug,
                name,
                art,
                parent: None,
                position,
            });
            for (leaf, position) in children.into_iter().zip(0..) {
                let Leaf { slug, name, art } = leaf;
                categories.push(Category {
                    slug,
                    name,
                    art,
                    parent: Some(parent.clone()),
                    position,
                });
            }
        }
        let mut by_slug = HashMap::new();
        for (at, category) in categories.iter().enumerate() {
            if by_slug.insert(category.slug.clone(), at).is_some() {
                return Err(format!("`{}` stands twice", category.slug));
            }
        }
        Ok(Self {
            categories,
            by_slug,
            groups,
        })
    }

    /// All categories, parents before their children.
    pub fn categories(&self) -> &[Category] {
        &self.categories
    }

    /// The category with this slug.
    pub fn get(&self, slug: &str) -> Option<&Category> {
        self.by_slug
            .get(slug)
            .and_then(|at| self.categories.get(*at))
    }

    /// Whether products may stand there.
    pub fn is_leaf(&self, slug: &str) -> bool {
        self.by_slug.contains_key(slug) && !self.groups.iter().any(|group| group == slug)
    }

    /// The categories products may stand in.
    pub fn leaves(&self) -> impl Iterator<Item = &Category> {
        self.categories
            .iter()
            .filter(|category| self.is_leaf(&category.slug))
    }

    /// The silhouette for products of a category; a plain box for an unknown one.
    pub fn art(&self, slug: &str) -> ArtKind {
        self.get(slug)
            .map_or(ArtKind::Generic, |category| category.art)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shop_tree_is_sound() {
        let tree = Taxonomy::parse(include_str!("../data/taxonomy.toml")).unwrap();
        assert!(tree.leaves().count() > 60);
        for category in tree.categories() {
            assert_eq!(
                crate::import::clean::slug(&category.slug, 60),
                category.slug
            );
            if let Some(parent) = &category.parent {
                assert!(!tree.is_leaf(parent), "{parent}");
            }
        }
        assert!(tree.is_leaf("other") && !tree.is_leaf("computers") && !tree.is_leaf("nothing"));
    }

    #[test]
    fn a_slug_stands_once() {
        let text = "[[category]]\nslug = \"a\"\nname = \"A\"\nart = \"generic\"\n";
        assert_eq!(
            Taxonomy::parse(&text.repeat(2)).unwrap_err(),
            "`a` stands twice"
        );
    }
}
