use std::sync::{Arc, Mutex};
use std::time::Instant;

use super::*;
use crate::test_servers;

/// The functions as schemas that emit events have them.
const OUTBOX: &str = "
create table {schema}.outbox (
    position bigint generated always as identity primary key, event_id uuid not null default gen_random_uuid(),
    consumer text not null, kind text not null, aggregate_id uuid not null, payload jsonb not null,
    attempts int not null default 0, available_at timestamptz not null default now(), last_error text,
    created_at timestamptz not null default now());
create function {schema}.claim_events_v1(p_consumer text, p_batch int, p_lease_seconds int)
returns table (event_id uuid, kind text, aggregate_id uuid, payload jsonb, attempts int, created_at timestamptz)
language sql as $$
  with claimed as (
    select o.position from {schema}.outbox o
     where o.consumer = p_consumer and o.available_at <= now()
       and not exists (select 1 from {schema}.outbox e where e.consumer = o.consumer
                          and e.aggregate_id = o.aggregate_id and e.position < o.position)
     order by o.position limit p_batch for update skip locked
  ), leased as (
    update {schema}.outbox o set attempts = o.attempts + 1, available_at = now() + make_interval(secs => p_lease_seconds)
      from claimed c where o.position = c.position
    returning o.*
  )
  select event_id, kind, aggregate_id, payload, attempts, created_at from leased order by position
$$;
create function {schema}.finish_events_v1(p_consumer text, p_event_ids uuid[]) returns void language sql as $$
  delete from {schema}.outbox o where o.consumer = p_consumer and o.event_id = any (p_event_ids)
$$;
create function {schema}.retry_event_v1(p_consumer text, p_event_id uuid, p_delay_seconds int, p_error text)
returns void language sql as $$
  update {schema}.outbox o set available_at = now() + make_interval(secs => p_delay_seconds), last_error = p_error
   where o.consumer = p_consumer and o.event_id = p_event_id
$$;";

async fn emit(db: &Db, schema: &str, aggregate: Uuid, number: i64) {
    let sql = format!(
        "insert into {schema}.outbox (consumer, kind, aggregate_id, payload)
         values ('test', 'thing.changed', $1, jsonb_build_object('n', $2::bigint))"
    );
    sqlx::query(AssertSqlSafe(sql))
        .bind(aggregate)
        .bind(number)
        .execute(db.primary())
        .await
        .unwrap();
}

async fn open(db: &Db, schema: &str) -> i64 {
    let sql = format!("select count(*) from {schema}.outbox");
    sqlx::query_scalar(AssertSqlSafe(sql))
        .fetch_one(db.primary())
        .await
        .unwrap()
}

fn number(event: &Event) -> i64 {
    event.payload["n"].as_i64().unwrap()
}

async fn until_empty(db: &Db, schema: &str) {
    let start = Instant::now();
    while open(db, schema).await > 0 {
        assert!(start.elapsed() < Duration::from_secs(20), "events are left");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn events_of_one_thing_come_in_order_also_after_failures() {
    let (db, schema) = test_servers::schema(OUTBOX).await;
    let things = [Uuid::from_u128(1), Uuid::from_u128(2)];
    for n in 0..5 {
        for thing in things {
            emit(&db, schema, thing, n).await;
        }
    }
    let seen = Arc::new(Mutex::new(Vec::new()));
    let jobs = Jobs::new();
    let handled = Arc::clone(&seen);
    Worker::new(db.clone(), schema, "test", 10).run(&jobs, Wakeups::local(), move |event| {
        let handled = Arc::clone(&handled);
        async move {
            // The third of the first thing fails once, by an error, and of the second by a panic.
            if number(&event) == 2 && event.attempts == 1 {
                assert!(event.aggregate_id == Uuid::from_u128(1), "on purpose");
                anyhow::bail!("not yet");
            }
            handled
                .lock()
                .unwrap()
                .push((event.aggregate_id, number(&event)));
            Ok(())
        }
    });
    until_empty(&db, schema).await;
    assert!(jobs.shutdown(Duration::from_secs(5)).await);
    let seen = std::mem::take(&mut *seen.lock().unwrap());
    for thing in things {
        let numbers: Vec<i64> = seen
            .iter()
            .filter(|(id, _)| *id == thing)
            .map(|(_, n)| *n)
            .collect();
        assert_eq!(numbers, [0, 1, 2, 3, 4]);
    }
    test_servers::drop_schema(&db, schema).await;
}

#[tokio::test]
async fn a_batch_that_fails_is_handled_one_by_one() {
    let (db, schema) = test_servers::schema(OUTBOX).await;
    for n in 0..6 {
        emit(&db, schema, Uuid::from_u128(n), i64::try_from(n).unwrap()).await;
    }
    let sizes = Mutex::new(Vec::new());
    let worker = Worker::new(db.clone(), schema, "test", 4);
    let handle = |events: Vec<Event>| {
        sizes.lock().unwrap().push(events.len());
        let poisoned = events.iter().any(|event| number(event) == 2);
        async move {
            anyhow::ensure!(!poisoned, "poison");
            Ok(())
        }
    };
    assert_eq!(worker.deliver(true, &handle, None).await.unwrap(), 4);
    assert_eq!(worker.deliver(true, &handle, None).await.unwrap(), 2);
    assert_eq!(*sizes.lock().unwrap(), [4, 1, 1, 1, 1, 2]);
    assert_eq!(open(&db, schema).await, 1);
    test_servers::drop_schema(&db, schema).await;
}

#[tokio::test]
async fn a_hint_brings_events_before_the_next_poll() {
    let (db, schema) = test_servers::schema(OUTBOX).await;
    let jobs = Jobs::new();
    let wakeups = Wakeups::local();
    let waker = wakeups.waker();
    Worker::new(db.clone(), schema, "test", 10).run(&jobs, wakeups, |_| async { Ok(()) });
    tokio::time::sleep(Duration::from_millis(300)).await;
    emit(&db, schema, Uuid::from_u128(1), 1).await;
    waker.wake();
    until_empty(&db, schema).await;
    assert!(jobs.shutdown(Duration::from_secs(5)).await);
    test_servers::drop_schema(&db, schema).await;
}
