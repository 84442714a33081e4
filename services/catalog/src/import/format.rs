//! The shape of a mapping file (TOML). `docs/import/README.md` explains it with examples.

use serde::Deserialize;
use std::collections::BTreeMap;

/// A whole mapping file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MappingFormat {
    /// Version of the format: 1.
    pub version: u32,
    /// Human name, shown in reports.
    pub name: String,
    /// Credit that the data's licence asks for.
    #[serde(default)]
    pub attribution: Option<String>,
    /// Which field of a row is what.
    pub fields: FieldsFormat,
    /// How prices are written.
    pub price: PriceFormat,
    /// Where the stock of a new product comes from.
    pub stock: StockPolicy,
    /// Typed attributes.
    #[serde(default)]
    pub attributes: AttributesFormat,
    /// How the category is found.
    pub categories: CategoriesFormat,
}

/// Names of the row's fields.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldsFormat {
    /// Unique key of the row; an import is idempotent by it.
    pub key: String,
    /// Title.
    pub title: String,
    /// Price.
    pub price: String,
    /// Brand name.
    #[serde(default)]
    pub brand: Option<String>,
    /// Description.
    #[serde(default)]
    pub description: Option<String>,
    /// Barcode: one text or a list, the first valid GTIN counts.
    #[serde(default)]
    pub barcode: Option<String>,
    /// Date or time of release.
    #[serde(default)]
    pub released_at: Option<String>,
    /// The source's product type, for category rules.
    #[serde(default)]
    pub product_type: Option<String>,
    /// Fields with picture addresses; duplicates are dropped.
    #[serde(default)]
    pub media: Vec<String>,
    /// Fields with the weight, the first present counts.
    #[serde(default)]
    pub weight: Vec<String>,
    /// Unit of the weight fields.
    #[serde(default)]
    pub weight_unit: WeightUnit,
}

/// Unit of a weight.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WeightUnit {
    /// Grams.
    #[default]
    G,
    /// Kilograms.
    Kg,
}

/// How prices are written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceFormat {
    /// `minor`: whole cents; `major`: units with a decimal point.
    pub unit: PriceUnit,
    /// ISO 4217 code.
    pub currency: String,
}

/// Unit of a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PriceUnit {
    /// Minor units (cents).
    Minor,
    /// Major units (dollars), at most as many decimals as the currency has.
    Major,
}

/// Where the stock of a new product comes from.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "policy", rename_all = "kebab-case", deny_unknown_fields)]
pub enum StockPolicy {
    /// The same number for every product.
    Fixed {
        /// Units.
        on_hand: i64,
    },
    /// A number derived from the key: it looks random but is the same in every run.
    Spread {
        /// Least number of units of a product in stock.
        min: i64,
        /// Greatest number of units.
        max: i64,
        /// How many of a thousand products are out of stock.
        #[serde(default)]
        out_permille: u64,
    },
    /// A field of the row.
    Field {
        /// Its name.
        field: String,
    },
}

/// Typed attributes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AttributesFormat {
    /// Prefix of text attributes.
    pub text_prefix: Option<String>,
    /// Prefix of number attributes.
    pub number_prefix: Option<String>,
    /// Prefix of yes/no attributes.
    pub boolean_prefix: Option<String>,
    /// At most this many attributes per product are kept; 0 means all.
    pub max: usize,
    /// Codes to leave out; `*` stands for any text.
    pub skip: Vec<String>,
    /// Codes to put first, in this order.
    pub first: Vec<String>,
    /// Human names where the derived one is not good enough.
    pub names: BTreeMap<String, String>,
    /// How single words are written in derived names, such as `usb = "USB"`.
    pub words: BTreeMap<String, String>,
    /// Units of number attributes by code; `*` stands for any text.
    pub units: BTreeMap<String, String>,
    /// Units that hold only in some categories, by category and code; they win over `units`.
    pub category_units: BTreeMap<String, BTreeMap<String, String>>,
    /// Other wordings for text values, such as `Y = "Yes"`; an empty one drops the attribute.
    pub values: BTreeMap<String, String>,
}

/// How the category is found.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CategoriesFormat {
    /// Category of rows no rule fits.
    pub default: String,
    /// The rules.
    #[serde(default)]
    pub rules: Vec<RuleFormat>,
}

/// One category rule.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleFormat {
    /// Slug of a leaf of the category tree.
    pub category: String,
    /// Rules with a higher number are tried first; 0 if not given.
    #[serde(default)]
    pub priority: i32,
    /// What must hold.
    pub when: ConditionFormat,
    /// What must not hold.
    #[serde(default)]
    pub unless: ConditionFormat,
}

/// Conditions of a rule.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConditionFormat {
    /// In the title.
    pub title: Vec<String>,
    /// In the title or the description.
    pub text: Vec<String>,
    /// In the source's product type.
    pub product_type: Vec<String>,
    /// Brand, compared without case.
    pub brand: Vec<String>,
    /// One of these attributes is present.
    pub has: Vec<String>,
    /// Attribute values.
    pub attributes: BTreeMap<String, Vec<String>>,
}
