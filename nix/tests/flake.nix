# In the place of nixpkgs where there is none: enough for `nix flake check --no-build`.
{
  outputs =
    _:
    let
      lib = import ./stub/lib.nix;
    in
    {
      inherit lib;
      legacyPackages = lib.genAttrs [ "x86_64-linux" "aarch64-linux" ] (
        system: import ./stub/pkgs.nix { inherit lib system; }
      );
    };
}
