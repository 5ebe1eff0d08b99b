//! What is left when an agent has ended: nothing but what it keeps.

use std::{
    thread,
    time::{Duration, Instant},
};

use arch_tests::{World, process};

/// Its launcher and executor end when they hear that it has ended, hence after it.
const SOON: Duration = Duration::from_secs(60);

/// Processes that still name the world's folder, and files that no folder of the state keeps, unless
/// they go soon.
pub(crate) fn behind(world: &World) -> Result<(), String> {
    let begun = Instant::now();
    loop {
        match still_there(world) {
            Err(_) if begun.elapsed() < SOON => thread::sleep(Duration::from_millis(20)),
            left => return left,
        }
    }
}

fn still_there(world: &World) -> Result<(), String> {
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
