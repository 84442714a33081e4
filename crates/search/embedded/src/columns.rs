//! What filters, sorts and ranks products, by slot: small enough to keep all of it in memory.

use std::collections::HashMap;
use std::sync::Arc;

use kernel::ProductId;
use search_core::facets::attributes;
use search_core::{Document, Features, Filters, Position, Wording};

use crate::attributes::Attributes;
use crate::names::{NameId, Names, next};
use crate::ragged::{Ragged, Span};

/// A product's place in the columns. The index keeps it with the product's words. A product keeps its slot as long as the
/// index lives, also while it cannot be found.
pub(crate) type Slot = u32;

/// No brand.
pub(crate) const NO_BRAND: NameId = NameId::MAX;

/// A position among the categories: a category and those above it.
pub(crate) type PositionId = u32;

/// What every match is asked for. Kept together: matches are few among many, so each costs one access to memory.
/// Aligned so that none lies across two lines of the processor's cache.
#[derive(Debug, Clone, Copy)]
#[repr(align(32))]
pub(crate) struct Row {
    /// Price in minor units.
    pub(crate) price: i64,
    /// Where its category stands.
    pub(crate) position: PositionId,
    /// Its brand, or [`NO_BRAND`].
    pub(crate) brand: NameId,
    /// Its attributes' values, in [`Columns::values`].
    pub(crate) values: Span,
    /// Whether it can be found at all.
    pub(crate) alive: bool,
    /// Whether it can be had now.
    pub(crate) in_stock: bool,
}

/// A product as it is put into the columns.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Facts<'a> {
    /// What the catalogue says.
    pub(crate) document: &'a Document,
    /// Stems of the title, in order.
    pub(crate) title: &'a str,
    /// Compacted codes.
    pub(crate) codes: &'a str,
    /// How much shoppers want it.
    pub(crate) popularity: f32,
}

/// All of it.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    slots: HashMap<ProductId, Slot>,
    rows: Vec<Row>,
    /// When each came into the catalogue, in microseconds since 1970.
    created_us: Vec<i64>,
    held: Vec<Held>,
    len: usize,
    values: Ragged,
    /// Brands.
    pub(crate) brands: Names,
    /// Categories.
    pub(crate) categories: Names,
    positions: Positions,
    /// Attributes and values.
    pub(crate) attributes: Attributes,
    /// Digits after the point of prices.
    exponent: u16,
}

/// What is asked of candidates only.
#[derive(Debug, Clone)]
struct Held {
    id: ProductId,
    revision: i64,
    popularity: f32,
    wording: Wording,
}

/// Categories with those above them, root first, the category itself last.
#[derive(Debug, Default)]
struct Positions {
    all: Vec<Box<[NameId]>>,
    /// The same by their slugs, as ranking sees them.
    slugs: Vec<Arc<Position>>,
    ids: HashMap<Box<[NameId]>, PositionId>,
}

impl Columns {
    /// The slot of a product, also of one that is gone.
    pub(crate) fn slot(&self, id: ProductId) -> Option<Slot> {
        self.slots.get(&id).copied()
    }

    /// The slot of a product that can be found.
    pub(crate) fn alive(&self, id: ProductId) -> Option<Slot> {
        self.slot(id).filter(|&slot| self.row(slot).alive)
    }

    /// Slots in use, also of products that are gone.
    pub(crate) fn slots(&self) -> Slot {
        next(self.rows.len())
    }

    /// Products that can be found.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// What every match is asked for. A slot that was never put is that of a product that is gone.
    #[inline]
    pub(crate) fn row(&self, slot: Slot) -> &Row {
        static NONE: Row = Row::gone();
        self.rows.get(slot as usize).unwrap_or(&NONE)
    }

    /// Values of a product's attributes.
    #[inline]
    pub(crate) fn values(&self, row: &Row) -> &[u32] {
        self.values.get(row.values)
    }

    /// The product in a slot.
    pub(crate) fn id(&self, slot: Slot) -> ProductId {
        self.held[slot as usize].id
    }

    /// The change that wrote a slot.
    pub(crate) fn revision(&self, slot: Slot) -> i64 {
        self.held[slot as usize].revision
    }

    /// How much shoppers want a product.
    pub(crate) fn popularity(&self, slot: Slot) -> f32 {
        self.held[slot as usize].popularity
    }

    /// When a product came into the catalogue, in microseconds since 1970.
    pub(crate) fn created_us(&self, slot: Slot) -> i64 {
        self.created_us[slot as usize]
    }

    /// The category of each position, and those above it.
    pub(crate) fn positions(&self) -> &[Box<[NameId]>] {
        &self.positions.all
    }

    /// Digits after the point of prices.
    pub(crate) fn exponent(&self) -> u16 {
        self.exponent
    }

    /// What ranking looks at.
    pub(crate) fn features(&self, slot: Slot) -> Features {
        let (row, held) = (self.row(slot), &self.held[slot as usize]);
        Features {
            position: Arc::clone(&self.positions.slugs[row.position as usize]),
            brand: (row.brand != NO_BRAND).then(|| self.brands.get(row.brand).slug.clone()),
            wording: held.wording.clone(),
            price_minor: row.price,
            in_stock: row.in_stock,
            created_us: self.created_us(slot),
            popularity: held.popularity,
        }
    }

    /// Puts a product into a slot, or takes it out.
    pub(crate) fn put(
        &mut self,
        slot: Slot,
        id: ProductId,
        revision: i64,
        facts: Option<&Facts<'_>>,
    ) {
        self.grow(slot);
        self.slots.insert(id, slot);
        let place = slot as usize;
        let was = self.rows[place].alive;
        self.held[place].id = id;
        self.held[place].revision = revision;
        match facts {
            Some(facts) => self.fill(place, facts),
            None => self.rows[place].alive = false,
        }
        self.len = self
            .len
            .saturating_add(usize::from(self.rows[place].alive))
            .saturating_sub(usize::from(was));
        if self.values.is_sparse() {
            self.values
                .compact(self.rows.iter_mut().map(|row| &mut row.values));
        }
    }

    fn fill(&mut self, place: usize, facts: &Facts<'_>) {
        let document = facts.document;
        let values: Vec<u32> = attributes(document)
            .iter()
            .map(|attribute| self.attributes.put(attribute))
            .collect();
        let position: Box<[NameId]> = document
            .parents
            .iter()
            .chain([&document.category])
            .map(|category| self.categories.put(&category.slug, &category.name))
            .collect();
        let brand = document.brand.as_ref();
        self.exponent = document.price.currency().exponent();
        let row = &mut self.rows[place];
        *row = Row {
            price: document.price.minor(),
            position: self.positions.put(position, &self.categories),
            brand: brand.map_or(NO_BRAND, |brand| self.brands.put(&brand.slug, &brand.name)),
            values: self.values.put(row.values, &values),
            alive: true,
            in_stock: Filters::can_be_had(document.availability),
        };
        self.created_us[place] = document.created_at.as_microsecond();
        let held = &mut self.held[place];
        held.popularity = facts.popularity;
        held.wording = Wording::new(
            facts.title.split_ascii_whitespace(),
            facts.codes.split_ascii_whitespace(),
        );
    }

    /// Makes a slot.
    fn grow(&mut self, slot: Slot) {
        let len = (slot as usize).saturating_add(1);
        if self.rows.len() < len {
            self.rows.resize(len, Row::gone());
            self.created_us.resize(len, 0);
            self.held.resize(
                len,
                Held {
                    id: uuid::Uuid::nil().into(),
                    revision: i64::MIN,
                    popularity: 0.0,
                    wording: Wording::default(),
                },
            );
        }
    }
}

impl Row {
    /// A product that is not there.
    const fn gone() -> Self {
        Self {
            price: 0,
            position: 0,
            brand: NO_BRAND,
            values: Span::NONE,
            alive: false,
            in_stock: false,
        }
    }
}

impl Positions {
    fn put(&mut self, position: Box<[NameId]>, names: &Names) -> PositionId {
        if let Some(&id) = self.ids.get(&position) {
            return id;
        }
        let id = next(self.all.len());
        let slug = |id: &NameId| names.get(*id).slug.clone();
        let slugs = match position.split_last() {
            Some((category, parents)) => Position {
                category: slug(category),
                parents: parents.iter().map(slug).collect(),
            },
            None => Position::default(),
        };
        self.slugs.push(Arc::new(slugs));
        self.all.push(position.clone());
        self.ids.insert(position, id);
        id
    }
}
