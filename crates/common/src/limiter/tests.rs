use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use kernel::TestClock;

use super::*;
use crate::test_servers::redis_url;

#[tokio::test]
async fn instances_count_together() {
    let url = redis_url();
    let instance = || {
        let cache = Cache::new(Some(&url), "auth", Duration::from_secs(2), 4).unwrap();
        Limiter::new(cache, Arc::new(test_clock()), 2)
    };
    let (one, other) = (instance(), instance());
    let rule = Rule::new("test", 4, 3600);
    let who = kernel::EventId::generate().to_string();
    for _ in 0..2 {
        assert_eq!(one.take(rule, &who).await, Ok(()));
        assert_eq!(other.take(rule, &who).await, Ok(()));
    }
    let refused = one.take(rule, &who).await.unwrap_err();
    assert!(
        (3590..=3600).contains(&refused.retry_after_s),
        "{refused:?}"
    );
    assert!(other.take(rule, &who).await.is_err());
    other.reset(rule, &who).await;
    assert_eq!(one.take(rule, &who).await, Ok(()));
    one.reset(rule, &who).await;
}

#[tokio::test]
async fn alone_it_is_stricter_and_refills() {
    let clock = test_clock();
    let limiter = Limiter::new(Cache::none("auth"), Arc::new(clock.clone()), 2);
    let rule = Rule::new("test", 6, 10);
    for _ in 0..3 {
        assert_eq!(limiter.take(rule, "a").await, Ok(()));
    }
    assert_eq!(
        limiter.take(rule, "a").await,
        Err(TooMany { retry_after_s: 20 })
    );
    assert_eq!(
        limiter.take(rule, "b").await,
        Ok(()),
        "others are not concerned"
    );
    clock.advance(SignedDuration::from_secs(19));
    assert_eq!(
        limiter.take(rule, "a").await,
        Err(TooMany { retry_after_s: 1 })
    );
    clock.advance(SignedDuration::from_secs(1));
    assert_eq!(limiter.take(rule, "a").await, Ok(()));
    assert!(
        limiter.take(rule, "a").await.is_err(),
        "a refused attempt does not count"
    );
    limiter.reset(rule, "a").await;
    assert_eq!(limiter.take(rule, "a").await, Ok(()));
}

#[test]
fn only_the_last_hop_counts() {
    let meta = RequestMeta {
        request_id: "r".into(),
        peer: Some("10.0.0.9:1234".parse().unwrap()),
    };
    let of = |forwarded: Option<&str>| {
        let mut headers = HeaderMap::new();
        if let Some(value) = forwarded {
            headers.insert("x-forwarded-for", value.parse().unwrap());
        }
        client(&headers, &meta)
    };
    assert_eq!(of(None), "10.0.0.9");
    assert_eq!(of(Some("1.2.3.4, 203.0.113.7")), "203.0.113.7");
    assert_eq!(of(Some("junk")), "10.0.0.9");
    assert_eq!(of(Some("::ffff:203.0.113.7")), "203.0.113.7");
    let same = of(Some("2001:db8:1:2:aaaa::1"));
    assert_eq!(same, "2001:db8:1:2::/64");
    assert_eq!(same, of(Some("2001:db8:1:2:bbbb::2")));
}

fn test_clock() -> TestClock {
    TestClock::new(Timestamp::from_second(1_800_000_000).unwrap())
}
