//! The steps of the read cache that must be one step in Redis.

use std::sync::LazyLock;

use common::redis::Cache;
use common::redis::redis::Script;

use super::Entry;

/// Products per call of [`forget_products`].
pub(super) const PRODUCTS_MAX: usize = 200;

/// Keeps an entry unless a newer version is known. KEYS: entry, floor. ARGV: version, seconds, entry.
static FILL: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local floor = tonumber(redis.call('get', KEYS[2]) or '0')
         if tonumber(ARGV[1]) < floor then return 0 end
         redis.call('set', KEYS[1], ARGV[3], 'EX', ARGV[2])
         return 1",
    )
});

/// Removes entries and raises floors. KEYS: by id, by slug, floor, of each product. ARGV: seconds, version of each.
static FORGET: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "for i = 2, #ARGV do
           local at = (i - 2) * 3
           local floor = tonumber(redis.call('get', KEYS[at + 3]) or '0')
           if tonumber(ARGV[i]) > floor then redis.call('set', KEYS[at + 3], ARGV[i], 'EX', ARGV[1]) end
           redis.call('del', KEYS[at + 1], KEYS[at + 2])
         end
         return #ARGV - 1",
    )
});

/// An entry with the epoch. KEYS: entry, epoch, recent.
static GET_LIST: LazyLock<Script> =
    LazyLock::new(|| Script::new("return redis.call('mget', KEYS[1], KEYS[2], KEYS[3])"));

/// Begins an epoch. KEYS: epoch, recent. ARGV: seconds for which it is recent. The epoch comes from the clock, so that
/// it grows even if Redis forgot the last one.
static BEGIN_EPOCH: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local time = redis.call('time')
         local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
         local last = tonumber(redis.call('get', KEYS[1]) or '0')
         redis.call('set', KEYS[1], string.format('%.0f', math.max(now, last + 1)), 'EX', 86400)
         redis.call('set', KEYS[2], '1', 'EX', ARGV[1])
         return 1",
    )
});

/// What is known of a list.
#[derive(Debug)]
pub(super) struct FoundList {
    /// The entry, of whatever epoch.
    pub(super) entry: Option<Entry>,
    /// The current epoch.
    pub(super) epoch: i64,
    /// Whether it began a moment ago.
    pub(super) recent: bool,
}

pub(super) async fn fill_product(
    redis: &Cache,
    entry: &str,
    floor: &str,
    version: i64,
    ttl_s: u64,
    json: &str,
) -> Option<bool> {
    let args = [
        version.to_string(),
        ttl_s.max(1).to_string(),
        json.to_owned(),
    ];
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    redis
        .eval::<i64>(&FILL, &[entry, floor], &args)
        .await
        .map(|kept| kept == 1)
}

pub(super) async fn forget_products(redis: &Cache, keys: &[String], versions: &[i64], ttl_s: u64) {
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let args: Vec<String> = std::iter::once(ttl_s.max(1).to_string())
        .chain(versions.iter().map(i64::to_string))
        .collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    // Redis away: its entries end by themselves.
    let _forgotten: Option<i64> = redis.eval(&FORGET, &keys, &args).await;
}

pub(super) async fn get_list(
    redis: &Cache,
    entry: &str,
    epoch: &str,
    recent: &str,
) -> Option<FoundList> {
    type Reply = (Option<Vec<u8>>, Option<i64>, Option<i64>);
    let (json, epoch, recent) = redis
        .eval::<Reply>(&GET_LIST, &[entry, epoch, recent], &[])
        .await?;
    Some(FoundList {
        entry: json.and_then(|json| serde_json::from_slice(&json).ok()),
        epoch: epoch.unwrap_or(0),
        recent: recent.is_some(),
    })
}

pub(super) async fn begin_epoch(redis: &Cache, epoch: &str, recent: &str, recent_s: u64) {
    // Redis away: its entries end by themselves.
    let _begun: Option<i64> = redis
        .eval(
            &BEGIN_EPOCH,
            &[epoch, recent],
            &[&recent_s.max(1).to_string()],
        )
        .await;
}
