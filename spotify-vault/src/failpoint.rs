//! Points at which a test makes the file system fail or ends the process.
//!
//! Only for the feature `failpoints`, which no program has. Before each change to the file system
//! a hook is called with its name; an error that it returns happens instead of the change.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;

/// Is called before each change, with what is to be done.
pub type Hook = dyn Fn(&'static str) -> io::Result<()>;

thread_local! {
    static HOOK: RefCell<Option<Rc<Hook>>> = const { RefCell::new(None) };
}

/// Sets the hook of this thread, or takes it away.
pub fn set(hook: Option<Rc<Hook>>) {
    HOOK.set(hook);
}

pub(crate) fn pass(step: &'static str) -> io::Result<()> {
    let hook = HOOK.with_borrow(Clone::clone);
    hook.map_or(Ok(()), |hook| hook(step))
}
