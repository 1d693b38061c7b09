//! How worlds begin: with the provisioned products that the world file says are there.

use std::collections::HashMap;

use super::Scope;
use crate::catalog::{Catalog, CatalogView};
use crate::clock::Millis;
use crate::faults::Faults;
use crate::ids;
use crate::operations::{Caller, Lags, Notes, Session, exist};
use crate::world::World;
use crate::world_file::{Problem, Problems};

/// The worlds that are not empty in the beginning.
pub(crate) fn beginning(catalog: &Catalog, now: Millis) -> Result<HashMap<Scope, World>, Problems> {
    let mut worlds: HashMap<Scope, World> = HashMap::new();
    let mut found = Vec::new();
    for wanted in &catalog.existing {
        let scope = (wanted.account_id.clone(), wanted.region.clone());
        let caller = Caller {
            account_id: wanted.account_id.clone(),
            region: wanted.region.clone(),
            user_arn: wanted.owner_arn.clone(),
            is_everywhere: true,
        };
        let mut session = Session {
            catalog: CatalogView { whole: catalog, account_id: &wanted.account_id, region: &wanted.region },
            world: worlds.entry(scope).or_default(),
            // of the file's faults none strikes what was before
            faults: &mut Faults::new(&wanted.faults, &catalog.seed),
            lags: &mut Lags::default(),
            caller: &caller,
            operation: "ProvisionProduct",
            now,
            digest: "",
            request_id: &ids::uuid(&["beginning", &wanted.name]),
            notes: Notes::default(),
        };
        if let Err(message) = exist(&mut session, wanted) {
            found.push(Problem { message, ..wanted.place.clone() });
        }
    }
    Problems::none(found).map(|()| worlds)
}
