//! Pictures of products.

use kernel::ProductId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const SIDE_PX: u32 = 800;

/// A picture, with a twin for dark pages. Addresses are paths on the shop's own origin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Media {
    /// Path of the picture.
    pub url: String,
    /// Path of its twin for dark pages.
    pub url_dark: String,
    /// Text for those who do not see it.
    pub alt: String,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

impl Media {
    /// The generated art of a product: its category's silhouette in the variant's colour (`rrggbb`).
    pub fn art(kind: &str, product_id: ProductId, color: Option<&str>, alt: &str) -> Self {
        let color = color.map(|c| format!("color={c}&")).unwrap_or_default();
        let path = format!("/api/v1/media/art/{kind}/{product_id}.svg?{color}theme=");
        Self {
            url: format!("{path}light"),
            url_dark: format!("{path}dark"),
            alt: alt.to_owned(),
            width: SIDE_PX,
            height: SIDE_PX,
        }
    }
}
