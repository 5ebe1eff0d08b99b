//! Shell completions and man pages of archctl.

use clap_complete::{Shell, generate};
use clap_mangen::Man;

use crate::Files;

const SHELLS: [(Shell, &str); 3] =
    [(Shell::Bash, "archctl.bash"), (Shell::Fish, "archctl.fish"), (Shell::Zsh, "_archctl")];

/// dist/completions and dist/man.
pub(crate) fn all() -> Result<Files, String> {
    let mut files = Files::new();
    for (shell, file) in SHELLS {
        let mut bytes = Vec::new();
        generate(shell, &mut arch_cli::command(), "archctl", &mut bytes);
        files.insert(format!("dist/completions/{file}").into(), bytes);
    }
    let mut tree = arch_cli::command();
    tree.build();
    pages(&tree, "archctl", &mut files)?;
    Ok(files)
}

/// One page for the command and one for each below it: `archctl-job-plan.1`.
fn pages(command: &clap::Command, name: &str, files: &mut Files) -> Result<(), String> {
    let page = command.clone().name(name.to_owned()).disable_help_subcommand(true);
    let mut bytes = Vec::new();
    // No date: the same code gives the same page.
    Man::new(page).date("").render(&mut bytes).map_err(|error| format!("{name}.1: {error}"))?;
    files.insert(format!("dist/man/{name}.1").into(), bytes);
    for below in
        command.get_subcommands().filter(|sub| !sub.is_hide_set() && sub.get_name() != "help")
    {
        pages(below, &format!("{name}-{}", below.get_name()), files)?;
    }
    Ok(())
}
