//! `wasi:cli`: arguments, environment, the three streams, exit; no terminal.

use wasmtime::component::{Linker, Resource, ResourceType};

use super::types::{InStream, OutStream, TerminalInput, TerminalOutput};
use super::{gate, push, versioned};
use crate::wasm::guest::Guest;
use crate::wasm::stop::Stop;
use crate::wasm::vfs::Stream;

pub(super) fn link(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    environment(linker)?;
    exit(linker)?;
    streams(linker)?;
    terminals(linker)
}

fn environment(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    let mut environment = linker.instance(&versioned("wasi:cli/environment"))?;
    environment.func_wrap("get-environment", |store, ()| gate(store, |g| Ok(g.env.clone())))?;
    environment.func_wrap("get-arguments", |store, ()| gate(store, |g| Ok(g.args.clone())))?;
    environment.func_wrap("initial-cwd", |store, ()| gate(store, |_| Ok(Some("/".to_owned()))))
}

fn exit(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    let mut exit = linker.instance(&versioned("wasi:cli/exit"))?;
    exit.func_wrap("exit", |store, (status,): (Result<(), ()>,)| {
        leave(store, i32::from(status.is_err()))
    })?;
    exit.func_wrap("exit-with-code", |store, (code,): (u8,)| leave(store, i32::from(code)))
}

fn leave(store: wasmtime::StoreContextMut<'_, Guest>, code: i32) -> wasmtime::Result<()> {
    gate(store, |_| Err::<(), _>(Stop::Exit(code).into())).map(|((),)| ())
}

fn streams(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    linker.instance(&versioned("wasi:cli/stdin"))?.func_wrap("get-stdin", |store, ()| {
        gate(store, |guest| push(&mut guest.resources, InStream::Empty))
    })?;
    linker.instance(&versioned("wasi:cli/stdout"))?.func_wrap("get-stdout", |store, ()| {
        gate(store, |guest| push(&mut guest.resources, OutStream::Print(Stream::Stdout)))
    })?;
    linker.instance(&versioned("wasi:cli/stderr"))?.func_wrap("get-stderr", |store, ()| {
        gate(store, |guest| push(&mut guest.resources, OutStream::Print(Stream::Stderr)))
    })
}

fn terminals(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    linker.instance(&versioned("wasi:cli/terminal-input"))?.resource(
        "terminal-input",
        ResourceType::host::<TerminalInput>(),
        |_, _| Ok(()),
    )?;
    linker.instance(&versioned("wasi:cli/terminal-output"))?.resource(
        "terminal-output",
        ResourceType::host::<TerminalOutput>(),
        |_, _| Ok(()),
    )?;
    linker
        .instance(&versioned("wasi:cli/terminal-stdin"))?
        .func_wrap("get-terminal-stdin", |store, ()| {
            gate(store, |_| Ok(None::<Resource<TerminalInput>>))
        })?;
    for name in ["stdout", "stderr"] {
        linker
            .instance(&versioned(&format!("wasi:cli/terminal-{name}")))?
            .func_wrap(&format!("get-terminal-{name}"), |store, ()| {
                gate(store, |_| Ok(None::<Resource<TerminalOutput>>))
            })?;
    }
    Ok(())
}
