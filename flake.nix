{
  description = "Lends a machine to other people's signed compute jobs without lending it trust";

  # For Rust 1.95 or newer. There is no flake.lock here: `nix flake lock` pins what you trust.
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { self, nixpkgs }:
    let
      inherit (nixpkgs) lib;
      systems = [
        "x86_64-linux"
        "aarch64-linux"
      ];
      forAll = make: lib.genAttrs systems (system: make nixpkgs.legacyPackages.${system});
    in
    {
      overlays.default = import ./nix/overlay.nix;

      packages = forAll (pkgs: {
        default = pkgs.callPackage ./nix/package.nix { };
      });

      # With its package, and without an overlay: some systems have their pkgs made already.
      nixosModules.arch-node-agent =
        { lib, pkgs, ... }:
        {
          imports = [ ./nix/module ];
          services.archNodeAgent.package = lib.mkDefault (pkgs.callPackage ./nix/package.nix { });
        };
      nixosModules.default = self.nixosModules.arch-node-agent;

      checks = forAll (pkgs: import ./nix/tests/checks.nix { inherit lib pkgs self; });

      devShells = forAll (pkgs: {
        default = pkgs.mkShell {
          packages = [
            pkgs.cargo
            pkgs.clippy
            pkgs.rustc
            pkgs.rustfmt
          ];
        };
      });

      formatter = forAll (pkgs: pkgs.nixfmt-tree);
    };
}
