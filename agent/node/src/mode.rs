//! What a node is for, and where that is said.

mod name;

use arch_problem::codes;

pub use name::Mode;

use crate::{
    args::Args,
    settings::Settings,
    told::{Told, problem},
};

/// Names from another project's documents, for headless use: the mode, and what nothing is done with.
const ALIAS: &str = "RAMNET_MODE";
const UNUSED: [&str; 2] = ["RAMNET_PAYOUT_ADDRESS", "STAKED_BOND"];

impl Mode {
    /// In the order of who wins: `--mode` or `ARCH_MODE`, `RAMNET_MODE`, node.yaml; else a node with an
    /// address for peers is a provider, and one without is sovereign.
    ///
    /// # Errors
    /// A mode that does not exist, or an address for peers in one that has none.
    pub(crate) fn of(args: &Args, settings: &Settings) -> Told<Self> {
        let said = args.mode.map(Ok).or_else(alias).transpose()?.or(settings.mode);
        let mode = said.unwrap_or(match args.listen {
            Some(_) => Self::Provider,
            None => Self::Sovereign,
        });
        if args.listen.is_some() && mode != Self::Provider {
            let why = format!("a node in mode {mode} has no address for peers: leave --listen out");
            return Err(problem(codes::SETTINGS_SENSE, why));
        }
        Ok(mode)
    }
}

fn alias() -> Option<Told<Mode>> {
    let value = std::env::var(ALIAS).ok()?;
    let read = <Mode as clap::ValueEnum>::from_str(value.trim(), true);
    let wrong = |_| {
        let why = format!("{ALIAS} is `{value}`, not sovereign, provider or consumer");
        problem(codes::SETTINGS_SENSE, why)
    };
    Some(read.map_err(wrong))
}

/// Says which of the names are set that this version makes nothing of.
pub(crate) fn tell_of_unused() {
    for name in UNUSED.into_iter().filter(|name| std::env::var_os(name).is_some()) {
        tracing::info!(name, "set, and without effect: nothing is paid or staked in this version");
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    fn mode(arguments: &[&str], settings: Option<Mode>) -> Told<Mode> {
        let args = Args::parse_from([&["arch-node-agent"], arguments].concat());
        Mode::of(&args, &Settings { mode: settings, ..Settings::default() })
    }

    #[test]
    fn the_command_line_wins_over_the_settings_and_an_address_makes_a_provider() {
        assert_eq!(mode(&[], None), Ok(Mode::Sovereign));
        assert_eq!(mode(&[], Some(Mode::Consumer)), Ok(Mode::Consumer));
        assert_eq!(mode(&["--mode", "sovereign"], Some(Mode::Consumer)), Ok(Mode::Sovereign));
        assert_eq!(mode(&["--listen", "[::]:9000"], None), Ok(Mode::Provider));
    }

    #[test]
    fn a_node_that_is_no_provider_has_no_address_for_peers() {
        for other in [Mode::Sovereign, Mode::Consumer] {
            let refused = mode(&["--listen", "[::]:9000"], Some(other)).unwrap_err();
            assert_eq!(refused.code, codes::SETTINGS_SENSE);
        }
    }
}
