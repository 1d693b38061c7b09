//! The document of a trial, `provisor.prove/v1`: `format`, `seed`, `products`, `seconds`, `applies`, `kills`, `takeovers`, `given_up`, `deeds` (of
//! somebody else), `calls`, `changing_calls`, `looks`, `settled`, `interrupted`, and the lists `lost`, `doubled`, `untrue` and `stuck`.

use serde_json::json;

use super::printed;
use crate::report::view::ProofView;

/// A trial as one document.
#[must_use]
pub fn proof(view: &ProofView) -> String {
    let ProofView { seed, products, seconds, applies, kills, takeovers, given_up, deeds, .. } = view;
    let ProofView { calls, changing_calls, looks, is_settled, interrupted, .. } = view;
    let ProofView { lost, doubled, untrue, stuck, .. } = view;
    printed(&json!({
        "format": "provisor.prove/v1",
        "seed": seed,
        "products": products,
        "seconds": seconds,
        "applies": applies,
        "kills": kills,
        "takeovers": takeovers,
        "given_up": given_up,
        "deeds": deeds,
        "calls": calls,
        "changing_calls": changing_calls,
        "looks": looks,
        "settled": is_settled,
        "interrupted": interrupted,
        "lost": lost,
        "doubled": doubled,
        "untrue": untrue,
        "stuck": stuck,
    }))
}
