//! Every operation of staff is closed to who has no right to it.

use std::collections::BTreeSet;
use std::sync::Arc;

use testkit::Tokens;

use crate::world::World;

#[tokio::test]
async fn every_operation_of_staff_asks_for_a_permission() {
    let mut world = World::new().await;
    let tokens = Tokens::new(Arc::new(world.clock.clone()));
    world.state.verifier = tokens.verifier();
    let world = world.restarted();
    let document = serde_json::to_value(auth::openapi()).unwrap();
    let missing = testkit::authorisation::check(world.app(), &document, &tokens).await;
    let meant = ["audit.read", "mailbox.read"].map(String::from);
    assert_eq!(missing, BTreeSet::from(meant));
}
