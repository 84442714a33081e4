//! What a list of products may be filtered and sorted by, and where its next page begins.

use kernel::{Cursor, InvalidCursor, PageSize, ProductId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The order of a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// The newest first.
    #[default]
    Newest,
    /// The cheapest first.
    PriceAsc,
    /// The dearest first.
    PriceDesc,
    /// By title.
    Name,
}

/// Where a page ended: the sort key of its last product.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum SortKey {
    /// When it was created, in microseconds since 1970, and its id.
    Newest(i64, ProductId),
    /// Its price in minor units and its id.
    PriceAsc(i64, ProductId),
    /// Its price in minor units and its id.
    PriceDesc(i64, ProductId),
    /// Its title and its id.
    Name(String, ProductId),
}

impl SortKey {
    fn sort(&self) -> Sort {
        match self {
            Self::Newest(..) => Sort::Newest,
            Self::PriceAsc(..) => Sort::PriceAsc,
            Self::PriceDesc(..) => Sort::PriceDesc,
            Self::Name(..) => Sort::Name,
        }
    }

    /// The key behind a cursor of a list in this order.
    ///
    /// # Errors
    /// When the text is no cursor, or one of a list in another order.
    pub fn decode(text: &str, sort: Sort) -> Result<Self, InvalidCursor> {
        let key: Self = Cursor::decode(text)?;
        let readable = match &key {
            Self::Newest(micros, _) => jiff::Timestamp::from_microsecond(*micros).is_ok(),
            Self::Name(title, _) => !title.contains('\0'),
            Self::PriceAsc(..) | Self::PriceDesc(..) => true,
        };
        if key.sort() == sort && readable {
            Ok(key)
        } else {
            Err(InvalidCursor)
        }
    }
}

/// An attribute that products must have, with the values of which one is enough.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AttributeFilter {
    /// The attribute.
    pub code: String,
    /// Values as text; `true`, `false` and numbers also stand for themselves.
    pub values: Vec<String>,
}

/// A list of products on sale.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Listing {
    /// In this category or below it.
    pub category: Option<String>,
    /// Of one of these brands.
    pub brands: Vec<String>,
    /// Not cheaper, in minor units.
    pub price_min: Option<i64>,
    /// Not dearer, in minor units.
    pub price_max: Option<i64>,
    /// Only what can be bought now.
    pub in_stock: bool,
    /// Having all of these.
    pub attributes: Vec<AttributeFilter>,
    /// The order.
    pub sort: Sort,
    /// Behind this product.
    pub after: Option<SortKey>,
    /// So many.
    pub size: usize,
}

impl Listing {
    /// The page size as SQL fetches it: one row more tells whether another page follows.
    pub fn overfetch(&self) -> usize {
        self.size.min(usize::from(PageSize::MAX.get())) + 1
    }
}

/// The JSON values that an attribute value given as text may stand for.
pub fn readings(text: &str) -> Vec<serde_json::Value> {
    let mut readings = vec![serde_json::Value::from(text)];
    if let Ok(value @ (serde_json::Value::Number(_) | serde_json::Value::Bool(_))) =
        serde_json::from_str(text)
    {
        readings.push(value);
    }
    readings
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_cursor_belongs_to_one_order() {
        let id = ProductId::generate();
        let text = Cursor::encode(&SortKey::PriceAsc(1999, id));
        assert_eq!(
            SortKey::decode(&text, Sort::PriceAsc),
            Ok(SortKey::PriceAsc(1999, id))
        );
        for sort in [Sort::PriceDesc, Sort::Newest, Sort::Name] {
            assert_eq!(SortKey::decode(&text, sort), Err(InvalidCursor));
        }
        let beyond = Cursor::encode(&SortKey::Newest(i64::MAX, id));
        assert_eq!(SortKey::decode(&beyond, Sort::Newest), Err(InvalidCursor));
        let null = Cursor::encode(&SortKey::Name("a\0".into(), id));
        assert_eq!(SortKey::decode(&null, Sort::Name), Err(InvalidCursor));
        assert_eq!(SortKey::decode("e30", Sort::Name), Err(InvalidCursor));
    }

    #[test]
    fn text_may_stand_for_a_number() {
        assert_eq!(readings("16"), [json!("16"), json!(16)]);
        assert_eq!(readings("true"), [json!("true"), json!(true)]);
        assert_eq!(readings("null"), [json!("null")]);
        assert_eq!(readings("Red"), [json!("Red")]);
    }
}
