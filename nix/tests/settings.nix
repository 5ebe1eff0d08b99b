# Every setting that an option takes, at once, as the module writes it into node.yaml.
let
  lib = import ./mini/lib.nix;
  options = import ./options.nix { inherit lib; };
  settings = lib.filter (lib.hasPrefix "settings.") (builtins.attrNames options);
  at = option: lib.setAttrByPath (lib.splitString "." option) options.${option}.set;
  digest = options."settings.trustRoot".set;
in
(import ./evaluate.nix { inherit lib; } {
  config = lib.mkMerge (
    [
      {
        enable = true;
        trustRoot = { inherit digest; };
      }
    ]
    ++ map at settings
  );
}).settings
