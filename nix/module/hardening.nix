# One service of the table as NixOS has it: what newer systemds can laid over what 252 can, programs
# where the store has them, and libraries left to closure.nix. Pure.
{ lib, table }:
{
  # Its name in the table.
  unit,
  # Of the systemd that will run it.
  version,
  # For each program of the table, where it is.
  programs,
  # A choice of the table, laid over that.
  chosen ? { },
  # Lines to add, and flags that stand otherwise.
  added ? { },
  changed ? { },
}:
let
  inherit (lib) filterAttrs mapAttrs optionalAttrs toList;
  inherit (table) places;

  names = builtins.attrNames;
  since = lib.filter (from: lib.versionAtLeast version from) (names table.since);
  newer = map (from: table.since.${from}.${unit}.Service or { }) since;
  overlaid = lib.foldl' (below: above: below // above) table.units.${unit}.Service newer;
  # `ExecReload=` in a drop-in takes back what the unit said; here nothing has to be taken back.
  emptied = lib.concatMap (drop: names (filterAttrs (_: value: value == "") drop)) newer;
  # Likewise a command in a choice: the last is the one.
  only = value: if builtins.isList value && builtins.head value == "" then lib.last value else value;
  said = removeAttrs overlaid emptied // mapAttrs (_: only) chosen;

  # Of no use without the line that calls it.
  killed = said ? ExecReload;
  gone = [
    places.libraries
    places.librariesInside
  ]
  ++ lib.optionals (!killed) [
    places.kill
    places.killInside
  ];
  put = lib.replaceStrings [ places.agent places.executor places.prover places.kill ] [
    programs.agent
    programs.executor
    programs.prover
    programs.kill
  ];

  # Keys whose lines add up. They are lists even if there is one line, so that others can add some.
  lists = [
    "BindPaths"
    "BindReadOnlyPaths"
    "ExecPaths"
    "NoExecPaths"
    "ReadOnlyPaths"
    "ReadWritePaths"
    "SystemCallFilter"
  ];
  isList = key: value: builtins.isList value || lib.elem key lists;
  lines = value: map put (lib.filter (line: !lib.elem line gone) (toList value));
  placed = mapAttrs (key: value: if isList key value then lines value else put value) said;

  plus =
    below: above:
    below
    // mapAttrs (
      key: value: if builtins.isList value then toList (below.${key} or [ ]) ++ value else value
    ) above;
in
plus (plus placed added) changed
