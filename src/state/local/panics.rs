//! Keeps a dependency's panic from becoming ours: sled panics on some damaged files. Knows no store.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

static HOOKED: Once = Once::new();

/// What `work` returns, or the text it panicked with; nothing is printed in that case.
///
/// Only panics of this thread, inside `work`, are kept quiet: the hook hands on all others.
pub(super) fn catch<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    HOOKED.call_once(|| {
        let next = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                next(info);
            }
        }));
    });
    QUIET.set(true);
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    QUIET.set(false);
    result.map_err(|payload| match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
        (Some(text), _) => (*text).to_owned(),
        (_, Some(text)) => text.clone(),
        _ => "no reason given".to_owned(),
    })
}
