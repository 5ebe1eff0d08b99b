//! The script that writes the drop-ins of libraries, run as a build would, over a closure of three.

use std::process::Command;

use serde_json::Value;

use crate::{house, process};

const PATHS: &str = "/nix/store/aaa-glibc\n/nix/store/bbb-libgcc\n/nix/store/ccc-arch-node-agent\n";

const WRITTEN: &str = "[Service]\n\
    BindReadOnlyPaths=/nix/store/aaa-glibc\nExecPaths=+/nix/store/aaa-glibc\n\
    BindReadOnlyPaths=/nix/store/bbb-libgcc\nExecPaths=+/nix/store/bbb-libgcc\n";

/// Each unit has a line for each library; the package is left out, of which units name the programs.
pub(super) fn works(all: &Value) -> Result<(), String> {
    let text = |key: &str| all.pointer(key).and_then(Value::as_str).map(str::to_owned);
    let script = text("/closure/script").ok_or("there is no script")?;
    let units = text("/closure/env/units").ok_or("it is told of no units")?;
    let folder = house::kept("nix")?.join("closure");
    let _start_afresh = std::fs::remove_dir_all(&folder);
    let told = |error: std::io::Error| format!("{}: {error}", folder.display());
    std::fs::create_dir_all(&folder).map_err(told)?;
    std::fs::write(folder.join("store-paths"), PATHS).map_err(told)?;
    let out = folder.join("out");
    let mut shell = Command::new("sh");
    shell.args(["-eu", "-c", &script]).env("closure", &folder).env("out", &out);
    shell.env("units", &units).env("named", "/nix/store/ccc-arch-node-agent");
    process::output(&mut shell)?;
    let written = |unit: &str| {
        let drop_in = out.join(format!("lib/systemd/system/{unit}.d/closure.conf"));
        house::text(&drop_in).is_ok_and(|text| text == WRITTEN)
    };
    match units.split(' ').find(|unit| !written(unit)) {
        None => Ok(()),
        Some(unit) => Err(format!("the drop-in of {unit} is another")),
    }
}
