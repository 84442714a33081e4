use std::path::Path;

use search_core::{Entry, document};
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::home::Home;

const MEMORY: usize = 15_000_000;

fn change(number: u128, title: &str, revision: i64) -> Change {
    let body = json!({
        "product_id": Uuid::from_u128(number), "slug": "lamp", "title": title, "description": "", "brand": null,
        "category": {"slug": "lamps", "name": "Lamps", "path": "lamps"}, "category_names": ["Lamps"],
        "art": "generic", "color": null, "attributes": [], "skus": [], "variant_titles": [],
        "price_minor": 100, "compare_at_minor": null, "currency": "USD", "availability": "in_stock",
        "variant_count": 1, "default_variant_id": Uuid::from_u128(number), "created_at": "2026-01-02T03:04:05Z"
    })
    .to_string();
    let entry = Entry::of(revision, document::read(&body).unwrap(), body, None, 0.0);
    Change {
        product_id: entry.document.id,
        revision,
        entry: Some(Box::new(entry)),
    }
}

fn open(home: &Home) -> Index {
    Index::open(home.current().unwrap(), MEMORY, "", |_, _| {}).unwrap()
}

fn begin(dir: &Path) -> (Home, Index) {
    let home = Home::claim(dir).unwrap();
    let index = Index::create(Some(home.create().unwrap()), MEMORY, "").unwrap();
    home.set_current(index.dir().unwrap()).unwrap();
    index.apply(&[change(1, "old lamp", 5)], 5.into()).unwrap();
    (home, index)
}

fn titles(index: &Index) -> Vec<String> {
    let ids = [1, 2].map(|n| Uuid::from_u128(n).into());
    let documents = index.documents(&ids).unwrap();
    documents
        .into_iter()
        .map(|document| document.title)
        .collect()
}

#[test]
fn what_was_not_committed_never_happened() {
    let dir = tempfile::tempdir().unwrap();
    let (home, index) = begin(dir.path());
    {
        let mut writer = index.writer.lock().unwrap();
        for (slot, change) in [
            (0, change(1, "new lamp", 6)),
            (1, change(2, "other lamp", 7)),
        ] {
            let document = index.fields.document(
                slot,
                change.product_id,
                change.revision,
                change.entry.as_deref(),
            );
            writer.index.delete_term(index.fields.slot(slot));
            writer.index.add_document(document).unwrap();
        }
        // Written to disk, but not yet made part of the index.
        drop(writer.index.prepare_commit().unwrap());
    }
    index.dir().unwrap().keep(true);
    drop(index);

    let index = open(&home);
    assert_eq!(
        (index.place().cursor, index.len(), titles(&index)),
        (5, 1, vec!["old lamp".to_owned()])
    );
    index
        .apply(
            &[change(1, "new lamp", 6), change(2, "other lamp", 7)],
            7.into(),
        )
        .unwrap();
    assert_eq!(titles(&index), ["new lamp", "other lamp"]);
    index.dir().unwrap().keep(true);
    drop(index);
    let index = open(&home);
    assert_eq!((index.place().cursor, titles(&index).len()), (7, 2));
}

#[test]
fn what_was_committed_is_there_even_if_nobody_saw_it() {
    let dir = tempfile::tempdir().unwrap();
    let (home, index) = begin(dir.path());
    let change = change(2, "other lamp", 6);
    index
        .writer
        .lock()
        .unwrap()
        .write(&index.fields, &[(1, &change)], 6.into())
        .unwrap();
    assert_eq!((index.place().cursor, index.len()), (5, 1));
    index.dir().unwrap().keep(true);
    drop(index);
    let index = open(&home);
    assert_eq!((index.place().cursor, index.len()), (6, 2));
}

#[test]
fn what_was_written_before_there_were_milestones_is_read() {
    let older = r#"{"version": 3, "fingerprint": "model", "cursor": 12}"#;
    let payload: Payload = serde_json::from_str(older).unwrap();
    assert_eq!((payload.version, payload.place), (3, Place::from(12)));
    // And the other way round: a release before reads what is written now.
    let milestone = Some(search_core::Milestone {
        id: 7,
        token: Uuid::from_u128(1),
    });
    let place = Place {
        cursor: 12,
        milestone,
    };
    let newer = serde_json::to_value(Payload { place, ..payload }).unwrap();
    assert_eq!(newer["cursor"], 12);
    assert_eq!(
        serde_json::from_value::<Payload>(newer).unwrap().place,
        place
    );
}

#[test]
fn the_milestone_is_kept_with_the_cursor() {
    let dir = tempfile::tempdir().unwrap();
    let (home, index) = begin(dir.path());
    let place = Place {
        milestone: Some(search_core::Milestone {
            id: 7,
            token: Uuid::from_u128(1),
        }),
        ..index.place()
    };
    index.apply(&[], place).unwrap();
    index.dir().unwrap().keep(true);
    drop(index);
    assert_eq!(open(&home).place(), place);
}
