//! dist/journal/arch.catalog: what `journalctl --catalog` says under a line with a MESSAGE_ID.

use arch_problem::{EVENTS, Event};

/// The whole file.
pub(crate) fn catalogue() -> String {
    let mut text = "# Journal catalogue of the Arch node agent\n\
        # Written by `cargo xtask docs` from agent/problem/src/event.rs.\n"
        .to_owned();
    for Event { id, subject, text: body, .. } in EVENTS {
        text.push_str(&format!(
            "\n-- {id}\nSubject: {subject}\nDefined-By: arch-node-agent\n\n{body}\n"
        ));
    }
    text
}
