# All evaluations in one go: for each its name and whether it came out, and what it gave.
#
#   nix-instantiate --eval --strict --json nix/tests
#   nix-instantiate --eval --strict --json nix/tests --arg lib 'import <nixpkgs/lib>'
{
  lib ? import ./mini/lib.nix,
}:
let
  pkgs = import ./mini/pkgs.nix;
  evaluate = import ./evaluate.nix { inherit lib; };
  evaluateWithout =
    name:
    import ./evaluate.nix {
      inherit lib;
      pkgs = removeAttrs pkgs [ name ];
    };

  digest = "sha256:0000000000000000000000000000000000000000000000000000000000000000";
  # The least that a node needs, under what a case says.
  node = [
    {
      enable = lib.mkDefault true;
      trustRoot.digest = lib.mkOverride 900 digest;
    }
  ];
  together = parts: lib.mkMerge (node ++ parts);

  # What comes of it, or nothing where the evaluation ends. All of it, as nothing may hide.
  tried =
    found:
    let
      result = builtins.tryEval (builtins.deepSeq found found);
    in
    if result.success then result.value else null;

  options = import ./options.nix { inherit lib; };
  at = option: value: lib.setAttrByPath (lib.splitString "." option) value;
  accepted =
    option:
    { set, shows, ... }@case:
    let
      found = tried (evaluate {
        config = together [
          (case.beside or { })
          (at option set)
        ];
      });
    in
    {
      name = "${option} is taken";
      good = found != null && found.refused == [ ] && shows found;
      inherit found;
    };
  refused =
    option: case:
    lib.imap1 (
      number: value:
      let
        found = tried (evaluate {
          config = together [
            (case.beside or { })
            (at option value)
          ];
        });
      in
      {
        name = "${option} is refused, value ${toString number}";
        good = found == null || lib.any (lib.hasPrefix "services.archNodeAgent.${option}: ") found.refused;
        inherit found;
      }
    ) case.refused;
  bothWays = lib.concatMap (option: [ (accepted option options.${option}) ] ++ refused option options.${option}) (
    builtins.attrNames options
  );

  cases = lib.mapAttrsToList (
    name: case:
    let
      found = tried (
        (if case ? without then evaluateWithout case.without else evaluate) {
          config = together [ (case.config or { }) ];
          systemd = case.systemd or "260.1";
          beside = case.beside or { };
        }
      );
    in
    {
      inherit name found;
      good = if case.fails or false then found == null else found != null && case.holds found;
    }
  ) (import ./cases.nix { inherit lib; });

  leaves = import ./leaves.nix { inherit lib pkgs; };
  # Options without a case, and cases without an option: none.
  uncovered = lib.filter (option: !(options ? ${option})) (map (leaf: leaf.name) leaves);
  strange = lib.filter (option: !lib.any (leaf: leaf.name == option) leaves) (
    builtins.attrNames options
  );
  oneSided = lib.filter (option: options.${option}.refused == [ ]) (builtins.attrNames options);
  undocumented = lib.filter (leaf: leaf.description == "") leaves;
  complete = name: list: {
    inherit name;
    good = list == [ ];
    found = list;
  };
in
{
  evaluations =
    bothWays
    ++ cases
    ++ [
      (complete "every option is tried" uncovered)
      (complete "every option that is tried is there" strange)
      (complete "every option is tried both ways" oneSided)
      (complete "every option is documented" undocumented)
    ];
  # The same units as in dist/systemd, for systemds that are old and new.
  drift = lib.mapAttrs' (_: version: {
    name = version;
    value = (evaluate {
      config = together [ ];
      systemd = version;
    }).units;
  }) {
    a = "252";
    b = "253";
    c = "254";
    d = "260";
  };
  inherit leaves;
  # The script that writes the drop-ins of libraries.
  closure = builtins.head (evaluate { config = together [ ]; }).closures;
}
