//! What is left when an agent has ended: nothing but what it keeps.

use arch_tests::{World, process};

/// Processes that still name the world's folder, and files that no folder of the state keeps.
pub(crate) fn behind(world: &World) -> Result<(), String> {
    let folder = world.path("");
    let mut left = process::that_name(&folder);
    let temporary = |name: &str| {
        name.starts_with('.') || [".new", ".tmp"].iter().any(|suffix| name.ends_with(suffix))
    };
    for path in process::files(&world.path("state")) {
        if path.file_name().and_then(|name| name.to_str()).is_none_or(temporary) {
            left.push(path.display().to_string());
        }
    }
    if left.is_empty() { Ok(()) } else { Err(left.join("\n")) }
}
