//! Empty capability sets, for root as for anybody else.

use caps::CapSet;
use rustix::thread::set_no_new_privs;

use super::ConfineError;

/// Sets no_new_privs and empties every capability set.
///
/// An ordinary user may not shrink the bounding set; without capabilities and with no_new_privs it
/// gives nothing, so that it stays is no error.
pub fn drop_all() -> Result<(), ConfineError> {
    set_no_new_privs(true).map_err(|errno| ConfineError::Setting("no_new_privs", errno))?;
    let refused = |error: caps::errors::CapsError| ConfineError::Capabilities(error.to_string());
    if caps::has_cap(None, CapSet::Effective, caps::Capability::CAP_SETPCAP).map_err(refused)? {
        caps::clear(None, CapSet::Bounding).map_err(refused)?;
    }
    let is_empty = |set| caps::read(None, set).map(|left| left.is_empty()).map_err(refused);
    for set in [CapSet::Ambient, CapSet::Effective, CapSet::Inheritable, CapSet::Permitted] {
        // Asked first: a service manager that has emptied it forbids capset(2) as well.
        if is_empty(set)? {
            continue;
        }
        caps::clear(None, set).map_err(refused)?;
        if !is_empty(set)? {
            return Err(ConfineError::Capabilities(format!("{set:?} is not empty")));
        }
    }
    Ok(())
}
