//! What staff arranged for a query: pins, burying, redirects.

use std::collections::BTreeSet;

use kernel::ProductId;
use serde_json::{Value, json};

use crate::shop::{Instance, New, Shop, counts, titles};
use crate::staff_desk::RULES;

const LAMPS: usize = 30;

/// A shop with many lamps and one chair; the ids of the lamps, then that of the chair.
async fn shop() -> (Shop, Vec<ProductId>, Instance) {
    let shop = Shop::open().await;
    let mut ids = Vec::new();
    for (number, price) in (1..=LAMPS).zip(1_001..) {
        let title = format!("Lamp number {number}").leak();
        let brand = if number % 2 == 0 { "Even" } else { "Odd" };
        ids.push(
            shop.add(&New {
                title,
                brand,
                price,
                ..New::default()
            })
            .await,
        );
    }
    ids.push(
        shop.add(&New {
            title: "Chair",
            brand: "Odd",
            price: 5,
            ..New::default()
        })
        .await,
    );
    shop.reindex().await;
    let instance = shop.instance().await;
    (shop, ids, instance)
}

fn ids(items: &[Value]) -> Vec<&str> {
    let id = |item: &Value| item["id"].as_str().map(str::len).map(|_| ());
    assert!(items.iter().all(|item| id(item).is_some()));
    items
        .iter()
        .filter_map(|item| item["id"].as_str())
        .collect()
}

fn pinned(items: &[Value]) -> usize {
    items.iter().filter(|item| item["pinned"] == true).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pins_come_first_and_once_over_all_pages() {
    let (shop, all, instance) = shop().await;
    let (chair, first, second) = (all[LAMPS], all[20], all[3]);
    let (buried, other) = (all[7], all[29]);
    let unknown = ProductId::generate();
    let rule = json!({"query": "lamp", "matches": "exact", "pinned": [first, unknown, chair, second], "buried": [buried, other]});
    shop.manage(&instance, RULES, rule).await.expect(201);
    let wanted = [first, chair, second].map(|id| id.to_string());
    for limit in [1, 2, 3, 7, 100] {
        let (page, items) = instance.all(&format!("q=lamp&limit={limit}")).await;
        let found = ids(&items);
        assert_eq!(found[..3], wanted, "limit {limit}");
        assert_eq!(pinned(&items), 3, "limit {limit}");
        assert!(items[..3].iter().all(|item| item["pinned"] == true));
        let last: BTreeSet<&str> = found[LAMPS - 1..].iter().copied().collect();
        let (buried, other) = (buried.to_string(), other.to_string());
        assert_eq!(
            last,
            BTreeSet::from([buried.as_str(), &other]),
            "limit {limit}"
        );
        let distinct: BTreeSet<_> = found.iter().collect();
        assert_eq!((distinct.len(), found.len()), (LAMPS + 1, LAMPS + 1));
        assert_eq!(page["total"], LAMPS + 1);
        assert_eq!(
            counts(&page["facets"]["brands"]),
            [("odd", 16), ("even", 15)]
        );
    }
    // Filters hold for pinned products too.
    for (filter, wanted) in [
        ("brand=even", vec![second.to_string()]),
        (
            "price_min=1000",
            vec![first.to_string(), second.to_string()],
        ),
        ("price_max=10", vec![chair.to_string()]),
    ] {
        let (page, items) = instance.all(&format!("q=lamp&{filter}&limit=4")).await;
        assert_eq!(ids(&items)[..wanted.len()], wanted, "{filter}");
        assert_eq!(pinned(&items), wanted.len(), "{filter}");
        assert_eq!(page["total"], items.len(), "{filter}");
    }
    // Sorted lists stay sorted, and hold the same products.
    let (page, items) = instance.all("q=lamp&sort=price_desc&limit=4").await;
    assert_eq!(
        (&page["total"], items.len()),
        (&json!(LAMPS + 1), LAMPS + 1)
    );
    assert_eq!(ids(&items).last(), Some(&chair.to_string().as_str()));
    // Another query is not touched.
    let (_, items) = instance.all("q=lamps").await;
    assert_eq!((items.len(), pinned(&items)), (LAMPS, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pin_does_not_keep_a_query_from_being_corrected() {
    let (shop, all, instance) = shop().await;
    let rule = json!({"query": "lqmp", "matches": "contains", "pinned": [all[LAMPS]]});
    shop.manage(&instance, RULES, rule).await.expect(201);
    for sort in ["relevance", "price_asc"] {
        let page = instance.search(&format!("q=lqmp&sort={sort}")).await;
        assert_eq!(page["query"]["corrected"], "lamp", "{sort}");
        assert_eq!(page["total"], LAMPS + 1, "{sort}");
        let number = instance.search(&format!("q=lqmp+30&sort={sort}")).await;
        assert_eq!(number["total"], 2, "{sort}: {}", number["query"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redirect_leads_away_and_ends_with_its_rule() {
    let (shop, all, instance) = shop().await;
    let none = instance.search("q=sale").await;
    assert_eq!(none["redirect"], Value::Null);
    let rule = json!({"query": "sale", "matches": "exact", "redirect": "/category/audio"});
    let made = shop.manage(&instance, RULES, rule).await.expect(201);
    let page = instance.search("q=SALE").await;
    assert_eq!(page["redirect"], "/category/audio");
    assert_eq!(instance.search("q=sale+now").await["redirect"], Value::Null);
    let staff = shop.tokens.staff_with(&["search.read", "search.write"]);
    let place = crate::staff_desk::place(RULES, &made);
    let gone = instance.app.delete(place).bearer(staff);
    let gone = gone.header("if-match", made.header("etag").expect("a tag"));
    gone.send().await.expect(204);
    assert_eq!(instance.search("q=sale").await["redirect"], Value::Null);
    // A pin that left the shop is no result.
    let rule = json!({"query": "chair", "matches": "exact", "pinned": [all[0], all[LAMPS]]});
    shop.manage(&instance, RULES, rule).await.expect(201);
    assert_eq!(
        titles(&instance.search("q=chair").await),
        ["Lamp number 1", "Chair"]
    );
    shop.set(all[0], "status", "archived").await;
    instance.until_found("q=chair", &["Chair"]).await;
}
