# What `nix flake check` builds where there is a nixpkgs: the package, the evaluations with the real
# library of modules, and a machine that is booted with the node on it.
{
  lib,
  pkgs,
  self,
}:
let
  system = pkgs.stdenv.hostPlatform.system;
  evaluated = (import ./. { inherit lib; }).evaluations;
  bad = lib.filter (one: !one.good) evaluated;
  sample = builtins.toJSON (import ./sample { inherit lib; });
  answers = builtins.toJSON (builtins.fromJSON (builtins.readFile ./sample/answers.json));
in
{
  package = self.packages.${system}.default;

  evaluations =
    if bad == [ ] then
      pkgs.runCommand "evaluations" { count = builtins.length evaluated; } ''echo "$count" > "$out"''
    else
      throw "not as it should be: ${lib.concatMapStringsSep ", " (one: one.name) bad}";

  # That the miniature, with which all this is evaluated where there is no nixpkgs, is still like it.
  miniature =
    if sample == answers then
      pkgs.runCommand "miniature" { } ''touch "$out"''
    else
      throw "this nixpkgs answers nix/tests/sample otherwise than its answers.json; mend nix/tests/mini/lib.nix";
}
// lib.mapAttrs' (name: file: {
  name = "machine-${name}";
  value = pkgs.testers.runNixOSTest (import file { inherit self; });
}) {
  installed = ./vm/installed.nix;
  shut = ./vm/shut.nix;
}
