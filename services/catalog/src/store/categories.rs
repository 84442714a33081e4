//! The category tree.

use kernel::CategoryId;
use sqlx::PgConnection;

use crate::domain::category::{CategoryNode, FlatCategory};

/// A category that a product is put into.
#[derive(Debug, Clone, Copy)]
pub struct CategoryPlace {
    /// The category.
    pub category_id: CategoryId,
    /// Whether it has none below it: only there products may stand.
    pub leaf: bool,
}

/// Every category with the number of its own products on sale, parents before their children and siblings in order.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list_categories(conn: &mut PgConnection) -> Result<Vec<FlatCategory>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select c.category_id, c.parent_id, c.slug, c.name, c.art, coalesce(n.products, 0) as "products!"
             from catalog.category c
             left join (select p.category_id, count(*) as products
                          from catalog.product p
                         where p.status = 'active' and p.price_minor is not null
                         group by p.category_id) n on n.category_id = c.category_id
            order by cardinality(string_to_array(c.path, '/')), c.position, c.slug"#
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| FlatCategory {
            node: CategoryNode {
                id: row.category_id.into(),
                slug: row.slug,
                name: row.name,
                art: row.art,
                product_count: row.products,
                children: Vec::new(),
            },
            parent_id: row.parent_id.map(CategoryId::from),
        })
        .collect())
}

/// The category with this slug.
///
/// # Errors
/// When the database cannot be asked.
pub async fn find_category(
    conn: &mut PgConnection,
    slug: &str,
) -> Result<Option<CategoryPlace>, sqlx::Error> {
    let row = sqlx::query!(
        r#"select c.category_id,
                  not exists (select 1 from catalog.category x where x.parent_id = c.category_id) as "leaf!"
             from catalog.category c where c.slug = $1"#,
        slug
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| CategoryPlace {
        category_id: row.category_id.into(),
        leaf: row.leaf,
    }))
}
