//! The clock of what happens by itself.

use std::{sync::Arc, time::Duration};

use crate::{app::App, clock, domain::settle::settle, store::Cause};

/// Settles what is open when its time has come, until it is dropped.
pub(crate) async fn run(app: Arc<App>) {
    loop {
        let next = app
            .store
            .read(|state| state.next_settling().map(|(at, _)| *at));
        let Ok((next, _)) = next else { return };
        match next {
            None => app.settle_wake.notified().await,
            Some(at) => {
                let wait = u64::try_from(at - clock::now_ms()).unwrap_or(0);
                tokio::select! {
                    () = tokio::time::sleep(Duration::from_millis(wait)) => {}
                    // Something may come before that now.
                    () = app.settle_wake.notified() => continue,
                }
                let cause = Cause {
                    deliver: app.webhook().is_some(),
                    ..Cause::default()
                };
                let Ok(((), seq)) = app.store.write(cause, settle) else {
                    return;
                };
                if app.store.durable(seq).await.is_err() {
                    return;
                }
                app.outbox_wake.notify_one();
            }
        }
    }
}
