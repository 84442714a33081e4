use super::*;

#[tokio::test]
async fn without_an_address_everything_is_a_miss() {
    let cache = Cache::none("test");
    assert!(!cache.set_json("k", &1, Duration::from_secs(1)).await);
    assert_eq!(cache.get_json::<i32>("k").await, None);
    assert!(cache.probe().is_none());
    cache.publish("c").await;
}

#[tokio::test]
async fn a_server_that_is_away_costs_a_deadline_at_most_and_then_nothing() {
    // A listener that never answers: the deadline has to do it.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("redis://{}", silent.local_addr().unwrap());
    let cache = Cache::new(Some(&url), "test", Duration::from_millis(50), 4).unwrap();
    let start = std::time::Instant::now();
    for _ in 0..100 {
        assert_eq!(cache.get_json::<i32>("k").await, None);
    }
    assert!(
        start.elapsed() < Duration::from_secs(1),
        "{:?}",
        start.elapsed()
    );
}

#[test]
fn an_address_that_cannot_be_read_is_refused_without_showing_it() {
    let error = Cache::new(
        Some("nonsense:secret"),
        "test",
        Duration::from_millis(50),
        4,
    )
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "TECHMART_TEST__REDIS__URL: not a redis:// or rediss:// address"
    );
}

#[tokio::test]
async fn values_live_until_they_are_deleted() {
    let url = crate::test_servers::redis_url();
    let cache = Cache::new(Some(&url), "common-test", Duration::from_millis(500), 4).unwrap();
    let key = crate::test_servers::unique("value");
    assert_eq!(cache.get_json::<Vec<u8>>(&key).await, None);
    assert!(cache.set_json(&key, &[1, 2], Duration::from_mins(1)).await);
    assert_eq!(cache.get_json::<Vec<u8>>(&key).await, Some(vec![1, 2]));
    assert_eq!(
        cache.get_json::<String>(&key).await,
        None,
        "another type is a miss"
    );
    let script = Script::new("return redis.call('strlen', KEYS[1]) + ARGV[1]");
    assert_eq!(cache.eval::<i64>(&script, &[&key], &["10"]).await, Some(15));
    assert!(cache.delete(&key).await);
    assert_eq!(cache.get_json::<Vec<u8>>(&key).await, None);
}

#[tokio::test]
async fn a_published_hint_wakes_the_listener() {
    let url = crate::test_servers::redis_url();
    let cache = Cache::new(Some(&url), "common-test", Duration::from_millis(500), 4).unwrap();
    let jobs = crate::jobs::Jobs::new();
    let channel = crate::test_servers::unique("hints");
    let mut wakeups = cache.subscribe_wakeups(&channel, &jobs);
    // The first one comes when the listener is connected.
    wakeups.wait(Duration::from_secs(5)).await;
    let start = std::time::Instant::now();
    cache.publish(&channel).await;
    wakeups.wait(Duration::from_secs(5)).await;
    assert!(start.elapsed() < Duration::from_secs(2));
    assert!(jobs.shutdown(Duration::from_secs(2)).await);
}
