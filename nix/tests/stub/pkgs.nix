# Packages that are derivations which nobody builds.
{ lib, system }:
let
  package =
    name: beside:
    derivation {
      inherit name system;
      builder = "/bin/sh";
      args = [ "-c" ":" ];
    }
    // beside;
  # What a package was called with, and a derivation that has it.
  built =
    make:
    let
      final = make (final // { finalPackage = drv; });
      drv = package "${final.pname}-${final.version}" (final.passthru // { inherit (final) meta; arguments = final; });
    in
    drv;
  # A test of machines has to have these, or nobody can run it.
  machines =
    test:
    assert lib.all (part: test ? ${part}) [
      "name"
      "nodes"
      "testScript"
    ];
    package test.name { };
  pkgs = {
    inherit lib;
    stdenv.hostPlatform = { inherit system; };
    callPackage =
      file: given:
      let
        make = import file;
      in
      make (builtins.intersectAttrs (builtins.functionArgs make) pkgs // given);
    rustPlatform.buildRustPackage = built;
    mkShell = { packages }: package "shell" { inherit packages; };
    runCommand = name: env: script: package name { inherit env script; };
    testers.runNixOSTest = machines;
  }
  // lib.genAttrs [
    "cargo"
    "clippy"
    "installShellFiles"
    "nixfmt-tree"
    "rustc"
    "rustfmt"
    "versionCheckHook"
  ] (name: package name { });
in
pkgs
