//! Changes come in once, whole, and never go back.

use search_core::SearchEngine as _;

use crate::support::*;

#[tokio::test]
async fn what_is_older_is_ignored() {
    let engine = in_memory();
    engine.apply(Vec::new(), 0).await.unwrap();
    assert_eq!(
        (engine.cursor().await.unwrap(), engine.is_empty()),
        (0, true)
    );
    engine
        .apply(vec![product(1, "new lamp").change(5)], 5)
        .await
        .unwrap();
    engine
        .apply(vec![product(1, "old lamp").change(4), gone(1, 3)], 6)
        .await
        .unwrap();
    assert_eq!(ask(&engine, &plan("new")).await.total, 1);
    assert_eq!(ask(&engine, &plan("old")).await.total, 0);
    assert_eq!(engine.cursor().await.unwrap(), 6);
    // Within a batch too, whatever the order.
    let batch = vec![
        product(2, "second").change(9),
        product(2, "first").change(8),
        gone(3, 9),
        product(3, "x").change(8),
    ];
    engine.apply(batch, 9).await.unwrap();
    assert_eq!(engine.len(), 2);
    assert_eq!(ask(&engine, &plan("second")).await.total, 1);
    // What is gone stays gone.
    engine.apply(vec![gone(1, 10)], 10).await.unwrap();
    engine
        .apply(vec![product(1, "new lamp").change(5)], 10)
        .await
        .unwrap();
    assert_eq!(
        (engine.len(), ask(&engine, &plan("lamp")).await.total),
        (1, 0)
    );
    engine
        .apply(vec![product(1, "back").change(11)], 11)
        .await
        .unwrap();
    assert_eq!(ask(&engine, &plan("back")).await.total, 1);
}

#[tokio::test]
async fn a_product_that_changes_is_there_once() {
    let engine = in_memory();
    for revision in 2..8 {
        put(
            &engine,
            &[product(1, &format!("lamp {revision}"))],
            revision,
        )
        .await;
        let found = ask(&engine, &plan("lamp")).await;
        assert_eq!(
            (engine.len(), found.total, found.candidates.len()),
            (1, 1, 1)
        );
        let documents = engine.documents(&[id(1)]).await.unwrap();
        assert_eq!(documents[0].title, format!("lamp {revision}"));
    }
    assert_eq!(ask(&engine, &plan("7")).await.total, 1);
    assert_eq!(ask(&engine, &plan("6")).await.total, 0);
    engine.apply(vec![gone(1, 8)], 8).await.unwrap();
    assert_eq!((engine.len(), ask(&engine, &plan("")).await.total), (0, 0));
    assert_eq!(engine.vector(id(1)).await.unwrap(), None);
}

#[tokio::test]
async fn the_same_revision_may_bring_a_vector() {
    let engine = filled(&[product(1, "lamp")]).await;
    assert_eq!(engine.vector(id(1)).await.unwrap(), None);
    put(
        &engine,
        &[product(1, "lamp").with(|p| p.vector = Some(towards(0, 0.0)))],
        1,
    )
    .await;
    assert_eq!(engine.vector(id(1)).await.unwrap(), Some(towards(0, 0.0)));
    assert_eq!(engine.vector(id(2)).await.unwrap(), None);
}

#[tokio::test]
async fn documents_come_in_the_order_asked_without_those_that_are_gone() {
    let engine = filled(&[product(1, "one"), product(2, "two"), product(3, "three")]).await;
    engine.apply(vec![gone(2, 2)], 2).await.unwrap();
    let asked = [id(3), id(9), id(2), id(1), id(3)];
    for _ in 0..2 {
        let documents = engine.documents(&asked).await.unwrap();
        let titles: Vec<_> = documents.iter().map(|d| d.title.as_str()).collect();
        assert_eq!(titles, ["three", "one", "three"]);
    }
}

#[tokio::test]
async fn a_new_name_of_a_brand_holds_for_all_its_products() {
    let engine = filled(&[product(1, "lamp"), product(2, "lamp")]).await;
    let mut change = product(2, "lamp").change(2);
    if let Some(entry) = &mut change.entry {
        entry.document.brand.as_mut().unwrap().name = "Newname".to_owned();
    }
    engine.apply(vec![change], 2).await.unwrap();
    let brands = ask(&engine, &plan("lamp")).await.facets.brands.clone();
    assert_eq!(
        (brands.len(), &*brands[0].name, brands[0].count),
        (1, "Newname", 2)
    );
}

#[tokio::test]
async fn answers_follow_every_change() {
    let engine = filled(&[product(1, "lamp")]).await;
    for revision in 2..5 {
        let plan = plan("lamp");
        let (first, second) = (ask(&engine, &plan).await, ask(&engine, &plan).await);
        assert_eq!((first.total, first.facets), (second.total, second.facets));
        let more = product(u128::try_from(revision).unwrap(), "lamp");
        put(&engine, &[more], revision).await;
        assert_eq!(
            ask(&engine, &plan).await.total,
            u64::try_from(revision).unwrap()
        );
    }
}

#[tokio::test]
async fn what_is_gone_is_no_result_of_anything() {
    let engine = filled(&[product(1, "lamp"), product(2, "chair")]).await;
    engine.apply(vec![gone(1, 2), gone(7, 2)], 2).await.unwrap();
    for (optional, facets) in [(true, true), (true, false), (false, true), (false, false)] {
        let mut plan = plan("lamp");
        plan.facets = facets;
        plan.concepts[0].optional = optional;
        let expected = if optional { vec![2] } else { Vec::new() };
        let found = ask(&engine, &plan).await;
        assert_eq!(
            (found.total, numbers(&found)),
            (expected.len() as u64, expected),
            "{optional} {facets}"
        );
        plan.include = vec![id(1), id(7)];
        assert_eq!(ask(&engine, &plan).await.total, found.total);
    }
}

#[tokio::test]
async fn answers_without_facets_are_those_with_them() {
    let products: Vec<_> = (0..300)
        .map(|n| product(n, if n % 3 == 0 { "red lamp" } else { "lamp" }))
        .collect();
    let engine = filled(&products).await;
    engine
        .apply((0..300).step_by(7).map(|n| gone(n, 2)).collect(), 2)
        .await
        .unwrap();
    for text in ["", "lamp", "red", "red lamp", "chair"] {
        let mut plan = plan(text);
        plan.include = vec![id(1), id(3), id(7)];
        let with = ask(&engine, &plan).await;
        plan.facets = false;
        let without = ask(&engine, &plan).await;
        assert_eq!(
            (with.total, ranked(&with)),
            (without.total, ranked(&without)),
            "{text}"
        );
    }
}
