//! The checks of an admission, one file a question. Each looks at the whole case and adds what it
//! found; none knows of the others.

pub(crate) mod after;
pub(crate) mod audience;
pub(crate) mod capabilities;
pub(crate) mod image;
pub(crate) mod inputs;
pub(crate) mod isolation;
pub(crate) mod owner;
pub(crate) mod placement;
pub(crate) mod refuse;
pub(crate) mod resources;
pub(crate) mod runtime;
pub(crate) mod time;
