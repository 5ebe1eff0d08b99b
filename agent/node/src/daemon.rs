//! From the command line to a running agent and back to an exit code.

mod life;
mod start;

use std::process::ExitCode;

use arch_problem::Problem;

use crate::{
    args::Args,
    confinement::{self, Confinement},
    handed_in::HandedIn,
    launcher::{self, Launch},
    logs,
    mode::{self, Mode},
    places::Places,
    premises, settings, told,
};

/// Ended as it should.
const DONE: u8 = 0;

/// Could not go on.
const STOPPED: u8 = 1;

/// How long threads that work for nobody any more may go on after the stop.
const LEFTOVERS: std::time::Duration = std::time::Duration::from_secs(5);

/// Why the agent ends with something else than 0.
#[derive(Debug)]
pub(crate) struct Stop {
    code: u8,
    problems: Vec<Problem>,
}

impl Stop {
    /// The settings or the trust documents are wrong (EX_CONFIG of sysexits.h).
    pub(crate) const CONFIGURATION: u8 = 78;

    /// Could not start.
    pub(crate) const COULD_NOT: u8 = 3;

    fn configuration(problem: Box<Problem>) -> Self {
        Self::with(Self::CONFIGURATION, problem)
    }

    /// Over trust. The clock is no configuration: it is set right without us, and then a start goes well.
    fn of_trust(problem: Box<Problem>) -> Self {
        Self::with(Self::code_of_trust(&problem), problem)
    }

    /// How a start ends with this.
    pub(crate) fn code_of_trust(problem: &Problem) -> u8 {
        let clock = problem.code == arch_problem::codes::CLOCK_STEPPED_BACK;
        if clock { Self::COULD_NOT } else { Self::CONFIGURATION }
    }

    fn could_not(problem: Box<Problem>) -> Self {
        Self::with(Self::COULD_NOT, problem)
    }

    fn stopped(problem: Box<Problem>) -> Self {
        Self::with(STOPPED, problem)
    }

    #[expect(clippy::boxed_local, reason = "problems travel in boxes")]
    fn with(code: u8, problem: Box<Problem>) -> Self {
        Self { code, problems: vec![*problem] }
    }
}

/// Runs the agent.
#[must_use]
pub fn run(args: &Args) -> ExitCode {
    if let Some(values) = &args.launch_executors {
        return match Launch::from_arguments(values) {
            Some(launch) => launcher::run(&launch),
            None => ExitCode::from(Stop::COULD_NOT),
        };
    }
    if args.check_installation {
        return check_installation(args);
    }
    match try_to(args) {
        Ok(()) => ExitCode::from(DONE),
        Err(stop) => {
            for problem in &stop.problems {
                tell(problem);
                logs::last_word(problem);
            }
            ExitCode::from(stop.code)
        }
    }
}

fn try_to(args: &Args) -> Result<(), Stop> {
    let user = rustix::process::geteuid().as_raw();
    let settings = premises::settings(&args.config, user)
        .map_err(|problems| Stop { code: Stop::CONFIGURATION, problems })?;
    let places = Places::new(args, &settings);
    let mode = Mode::of(args, &settings).map_err(Stop::configuration)?;
    if args.check_config {
        return check(&settings, &places);
    }
    if args.print_confinement {
        return print_confinement(args, &places);
    }
    // Nothing is written by the clock of a machine that has none.
    premises::clock().map_err(Stop::could_not)?;
    let handed_in = HandedIn::take().map_err(Stop::configuration)?;
    logs::start(&settings.log);
    if args.listen.is_some() {
        tracing::warn!("listening comes with the mesh; not listening");
    }
    mode::tell_of_unused();
    lift_the_cap_on_descriptors();
    // Whatever we make is ours alone, sockets included.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    premises::state(&places, user).map_err(Stop::could_not)?;
    start::folders(&places).map_err(Stop::could_not)?;
    for doubt in premises::doubts(&places, user) {
        tell_doubt(&doubt);
    }
    // From here on nothing can be started any more.
    let executor = start::executor(args, &settings, &places, mode).map_err(Stop::could_not)?;
    Confinement::close(&places).map_err(unconfined)?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|e| {
            Stop::could_not(told::problem(arch_problem::codes::FILE_MACHINE, e.to_string()))
        })?;
    let lived = runtime.block_on(life::live(args, settings, places, handed_in, executor, mode));
    // A thread that still reads or hashes for somebody who is gone holds nobody up.
    runtime.shutdown_timeout(LEFTOVERS);
    lived
}

/// Runs are fed through descriptors: as many as this process may have at all.
fn lift_the_cap_on_descriptors() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let lifted = Rlimit { current: limit.maximum, maximum: limit.maximum };
    if let Err(error) = setrlimit(Resource::Nofile, lifted) {
        tracing::warn!(%error, "the soft cap on descriptors stays as it was");
    }
}

fn unconfined(error: arch_confine::ConfineError) -> Stop {
    Stop::could_not(told::problem(error.code(), error.to_string()))
}

/// `--print-confinement`.
fn print_confinement(args: &Args, places: &Places) -> Result<(), Stop> {
    start::folders(places).map_err(Stop::could_not)?;
    if confinement::print(args, places).map_err(unconfined)? {
        return Ok(());
    }
    let why = "not all of it is in force, or something worked that must not";
    Err(Stop::stopped(told::problem(arch_problem::codes::CANNOT_CONFINE, why)))
}

/// `--check-config`: the settings in force on standard output, what is wrong on standard error.
fn check(settings: &settings::Settings, places: &Places) -> Result<(), Stop> {
    use std::io::Write as _;
    let text = serde_yaml::to_string(settings).unwrap_or_default();
    // A closed pipe is the reader's choice.
    let _ = writeln!(std::io::stdout(), "{}", text.trim_end());
    start::look_at_trust(settings, places).map_err(Stop::of_trust)
}

/// `--check-installation`: everything that a start rests upon, as one JSON object.
fn check_installation(args: &Args) -> ExitCode {
    use std::io::Write as _;
    let report = premises::look(args);
    let text = serde_json::to_string(&report).unwrap_or_default();
    // A closed pipe is the reader's choice.
    let _ = writeln!(std::io::stdout(), "{text}");
    ExitCode::from(report.ends.unwrap_or(DONE))
}

/// What a start goes on in spite of.
fn tell_doubt(doubt: &Problem) {
    let (code, why, help) = (doubt.code.as_str(), &doubt.message, &doubt.help);
    // It is so on most machines, and jobs of this version want for nothing.
    if doubt.code == arch_problem::codes::NOT_DELEGATED {
        tracing::info!(code, why, help, "not as it should be");
    } else {
        tracing::warn!(code, why, help, "not as it should be");
    }
}

/// For people, on standard error: what, where, what to do.
#[expect(clippy::let_underscore_must_use, reason = "nobody is left to be told of a closed stderr")]
fn tell(problem: &Problem) {
    use std::io::Write as _;
    let mut err = std::io::stderr();
    let _ = writeln!(err, "error[{}]: {}", problem.code, problem.message);
    if let Some(place) = &problem.at {
        let _ = writeln!(err, "  --> {place}");
    }
    if let Some(rule) = &problem.rule {
        let _ = writeln!(err, "  ::: {rule} {}", rule.label);
    }
    let _ = writeln!(err, "help: {}", problem.help);
}
