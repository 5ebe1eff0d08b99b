# The package: agent, executor, prover and archctl, with man pages and completions. Units are
# not in it: on NixOS the module makes them, from the table that dist/systemd is made from.
#
# rustPlatform has to have Rust 1.95 or newer.
{
  lib,
  rustPlatform,
  installShellFiles,
  versionCheckHook,
}:
let
  workspace = (builtins.fromTOML (builtins.readFile ../Cargo.toml)).workspace.package;
in
rustPlatform.buildRustPackage (final: {
  pname = "arch-node-agent";
  inherit (workspace) version;

  # What cargo made here before is of no use there.
  src = lib.cleanSourceWith {
    src = ../.;
    filter = path: _: baseNameOf path != "target" && baseNameOf path != ".git";
  };
  # Everything comes from crates.io with the digest that the lock file has; nothing comes from git.
  cargoLock.lockFile = ../Cargo.lock;
  cargoBuildFlags = lib.concatMap (name: [
    "--package"
    name
  ]) final.passthru.crates;

  # The tests boot systems, make file systems and start sandboxes, which the sandbox of a build
  # denies: `cargo xtask test` runs them.
  doCheck = false;

  nativeBuildInputs = [ installShellFiles ];
  postInstall = ''
    installManPage dist/man/*.1 dist/man/*.8
    installShellCompletion --cmd archctl \
      --bash dist/completions/archctl.bash \
      --fish dist/completions/archctl.fish \
      --zsh dist/completions/_archctl
    install -Dm444 dist/node.yaml.example -t $out/share/doc/arch-node-agent
  '';

  doInstallCheck = true;
  nativeInstallCheckInputs = [ versionCheckHook ];
  versionCheckProgram = "${placeholder "out"}/bin/arch-node-agent";

  passthru = {
    crates = [
      "arch-node"
      "arch-executor"
      "arch-prover"
      "arch-cli"
    ];
    # For `system.services` of NixOS and other managers of modular services.
    services.default = {
      imports = [ ./service.nix ];
      archNodeAgent.package = lib.mkDefault final.finalPackage;
    };
  };

  meta = {
    description = "Runs other people's signed compute jobs without trusting them, and proves what ran";
    license = lib.licenses.asl20;
    platforms = [
      "x86_64-linux"
      "aarch64-linux"
    ];
    mainProgram = "archctl";
  };
})
