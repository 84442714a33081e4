use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use kernel::{ProductId, TestClock};

use super::*;

fn settings() -> SignalSettings {
    SignalSettings {
        buffer_max: 50,
        flush_ms: 1000,
        address_burst: 4,
        address_refill_s: 1,
        client_burst: 6,
        client_refill_s: 1200,
        alone_factor: 2,
        kept_days: 90,
        searches_min: 3,
        popularity_s: 600,
        popularity_batch: 500,
        popular_queries_max: 100,
    }
}

fn recorder() -> (Recorder, TestClock) {
    let clock = TestClock::new(Timestamp::from_second(1_800_000_000).expect("a time"));
    let recorder = Recorder::new(Cache::none("search"), Arc::new(clock.clone()), &settings());
    (recorder, clock)
}

fn search(text: &str, total: u64) -> Searched {
    Searched {
        text: text.to_owned(),
        total,
        corrected: false,
        degraded: false,
    }
}

fn event(kind: EventKind, product_id: ProductId, query: Option<&str>) -> SearchEvent {
    SearchEvent {
        kind,
        product_id,
        search_id: None,
        query: query.map(str::to_owned),
        position: Some(3),
    }
}

#[test]
fn a_client_counts_once_an_hour_for_a_text() {
    let (recorder, clock) = recorder();
    for _ in 0..20 {
        recorder.searched("10.0.0.1", &search("Laptop ", 5));
        recorder.repeated("10.0.0.1", "Laptop ");
    }
    recorder.searched("10.0.0.2", &search("laptop", 5));
    clock.advance(SignedDuration::from_hours(1));
    recorder.searched("10.0.0.1", &search("Laptop ", 5));
    assert_eq!(recorder.take().queries["laptop"].searches, 3);
    assert!(recorder.take().is_empty());
}

#[test]
fn what_was_found_is_remembered_for_repetitions() {
    let (recorder, _) = recorder();
    recorder.searched("a", &search("nothing", 0));
    recorder.repeated("b", "nothing");
    recorder.repeated("b", "unseen");
    let corrected = Searched {
        corrected: true,
        ..search("latpop", 9)
    };
    recorder.searched("a", &corrected);
    recorder.repeated("b", "latpop");
    let away = Searched {
        degraded: true,
        corrected: true,
        ..search("away", 0)
    };
    recorder.searched("a", &away);
    let counts = recorder.take().queries;
    let of = |text: &str| {
        let c = counts[text];
        (c.searches, c.zero_results, c.corrected)
    };
    assert_eq!(of("nothing"), (2, 2, 0));
    assert_eq!(of("unseen"), (1, 0, 0));
    assert_eq!(of("latpop"), (2, 0, 2));
    assert_eq!(of("away"), (1, 0, 0));
}

#[test]
fn what_does_not_fit_is_dropped_and_what_is_held_still_counts() {
    let (recorder, _) = recorder();
    for number in 0..200 {
        recorder.searched("a", &search(&format!("text {number}"), 1));
        recorder.searched("a", &search(&format!("code 12345678{number}"), 1));
    }
    recorder.searched("b", &search("text 0", 1));
    let counts = recorder.take();
    assert_eq!(counts.queries.len() + counts.numbered.len(), 50);
    assert_eq!(counts.queries["text 0"].searches, 2);
}

#[test]
fn personal_texts_never_reach_memory() {
    let (recorder, _) = recorder();
    for text in ["jane@example.com", "", "https://example.com/reset"] {
        recorder.searched("a", &search(text, 1));
    }
    assert!(recorder.take().is_empty());
    recorder.searched("a", &search("+49 171 2345678", 1));
    let counts = recorder.take();
    assert!(counts.queries.is_empty() && counts.numbered.len() == 1);
}

#[tokio::test]
async fn one_client_cannot_push_a_product() {
    let (recorder, clock) = recorder();
    let (pushed, other) = (ProductId::generate(), ProductId::generate());
    let many = || vec![event(EventKind::Click, pushed, Some("laptop")); 40];
    recorder.record("10.0.0.1", many()).await;
    recorder.record("10.0.0.1", many()).await;
    // Alone an instance is twice as strict: three of six.
    let counts = recorder.take();
    assert_eq!(counts.products[&pushed].clicks, 3);
    assert_eq!(counts.queries["laptop"].clicks, 3);
    assert_eq!(counts.queries["laptop"].place_sum, 9);
    recorder
        .record("10.0.0.1", vec![event(EventKind::View, pushed, None)])
        .await;
    recorder
        .record("10.0.0.1", vec![event(EventKind::Click, other, None)])
        .await;
    recorder.record("10.0.0.2", many()).await;
    let counts = recorder.take();
    assert_eq!(counts.products[&pushed].views, 1, "kinds count apart");
    assert_eq!(counts.products[&pushed].clicks, 3, "as do clients");
    assert_eq!(counts.products[&other].clicks, 1, "and products");
    clock.advance(SignedDuration::from_hours(1));
    recorder.record("10.0.0.1", many()).await;
    assert_eq!(recorder.take().products[&pushed].clicks, 1);
}

#[tokio::test]
async fn a_search_has_one_click_and_one_cart() {
    let (recorder, _) = recorder();
    let from_search = |kind| SearchEvent {
        search_id: Some("s1".to_owned()),
        ..event(kind, ProductId::generate(), Some("laptop"))
    };
    let events = vec![
        from_search(EventKind::Click),
        from_search(EventKind::Click),
        from_search(EventKind::Cart),
        from_search(EventKind::Cart),
        from_search(EventKind::View),
    ];
    recorder.record("10.0.0.1", events).await;
    let counts = recorder.take();
    assert_eq!(counts.products.len(), 5, "products count each");
    let laptop = counts.queries["laptop"];
    assert_eq!((laptop.clicks, laptop.carts, laptop.searches), (1, 1, 0));
}

#[tokio::test]
async fn an_address_may_send_so_many() {
    let (recorder, clock) = recorder();
    assert!(recorder.admit("10.0.0.1").await.is_ok());
    assert!(recorder.admit("10.0.0.1").await.is_ok());
    assert!(recorder.admit("10.0.0.1").await.is_err());
    assert!(recorder.admit("10.0.0.2").await.is_ok());
    clock.advance(SignedDuration::from_secs(2));
    assert!(recorder.admit("10.0.0.1").await.is_ok());
}

#[test]
fn what_could_not_be_written_is_put_back() {
    let (recorder, _) = recorder();
    recorder.searched("a", &search("laptop", 1));
    recorder.searched("a", &search("code 123456789", 1));
    let taken = recorder.take();
    recorder.searched("b", &search("laptop", 0));
    recorder.put_back(taken);
    let counts = recorder.take();
    assert_eq!(counts.queries["laptop"].searches, 2);
    assert_eq!(counts.queries["laptop"].zero_results, 1);
    assert_eq!(counts.numbered["code 123456789"].1.searches, 1);
}
