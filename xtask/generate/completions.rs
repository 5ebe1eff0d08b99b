//! Shell completions of archctl, and man pages of all programs.

use clap_complete::{Shell, generate};
use clap_mangen::Man;

use crate::{Files, programs};

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
    let mut tree = arch_cli::command().disable_help_subcommand(true);
    tree.build();
    pages(&tree, &mut files)?;
    for program in [programs::agent(), programs::executor(), programs::prover()] {
        page(Man::new(program).section("8"), &mut files)?;
    }
    Ok(files)
}

/// One page for the command and one for each below it: `archctl-job-plan.1`.
fn pages(command: &clap::Command, files: &mut Files) -> Result<(), String> {
    page(Man::new(command.clone()), files)?;
    command.get_subcommands().filter(|sub| !sub.is_hide_set()).try_for_each(|sub| pages(sub, files))
}

fn page(page: Man, files: &mut Files) -> Result<(), String> {
    // No date: the same code gives the same page.
    let page = page.date("");
    let mut bytes = Vec::new();
    page.render(&mut bytes).map_err(|error| format!("{}: {error}", page.get_filename()))?;
    files.insert(format!("dist/man/{}", page.get_filename()).into(), bytes);
    Ok(())
}
