//! The category tree.

use kernel::CategoryId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A category with its descendants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CategoryNode {
    /// The category.
    pub id: CategoryId,
    /// Stable name in addresses.
    #[schema(example = "laptops")]
    pub slug: String,
    /// Name as shown.
    #[schema(example = "Laptops")]
    pub name: String,
    /// Kind of the product art that stands for it.
    #[schema(example = "laptop")]
    pub art: String,
    /// Products on sale in it and its descendants.
    pub product_count: i64,
    /// The categories right below it.
    #[schema(no_recursion)]
    pub children: Vec<CategoryNode>,
}

/// The whole tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CategoryTree {
    /// The categories at the top.
    pub items: Vec<CategoryNode>,
}

/// One category of a flat list in which parents come before their children.
#[derive(Debug, Clone)]
pub struct FlatCategory {
    /// The category without descendants; `product_count` is its own.
    pub node: CategoryNode,
    /// Its parent.
    pub parent_id: Option<CategoryId>,
}

impl CategoryTree {
    /// The tree of a flat list. Siblings keep the list's order; counts come to include descendants.
    pub fn build(mut flat: Vec<FlatCategory>) -> Self {
        let mut roots = Vec::new();
        // From the end: a node is complete, with all its descendants, when its turn comes.
        while let Some(FlatCategory {
            mut node,
            parent_id,
        }) = flat.pop()
        {
            node.children.reverse();
            let parent =
                parent_id.and_then(|id| flat.iter_mut().rfind(|other| other.node.id == id));
            if let Some(parent) = parent {
                parent.node.product_count += node.product_count;
                parent.node.children.push(node);
            } else {
                roots.push(node);
            }
        }
        roots.reverse();
        Self { items: roots }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_include_descendants_and_order_is_kept() {
        let ids: Vec<CategoryId> = (0..5).map(|_| CategoryId::generate()).collect();
        let flat = |at: usize, parent: Option<usize>, product_count| FlatCategory {
            node: CategoryNode {
                id: ids[at],
                slug: format!("c{at}"),
                name: String::new(),
                art: String::new(),
                product_count,
                children: Vec::new(),
            },
            parent_id: parent.map(|at| ids[at]),
        };
        let tree = CategoryTree::build(vec![
            flat(0, None, 0),
            flat(1, None, 1),
            flat(2, Some(0), 2),
            flat(3, Some(0), 3),
            flat(4, Some(3), 4),
        ]);
        let shape: Vec<_> = tree
            .items
            .iter()
            .map(|node| (node.slug.as_str(), node.product_count))
            .collect();
        assert_eq!(shape, [("c0", 9), ("c1", 1)]);
        let children: Vec<_> = tree.items[0]
            .children
            .iter()
            .map(|node| (node.slug.as_str(), node.product_count))
            .collect();
        assert_eq!(children, [("c2", 2), ("c3", 7)]);
    }
}
