# Values as the agent reads them, so that a slip is told when the system is built and not when it
# runs. Patterns are those of agent/document/src/quantity.
{ lib }:
let
  inherit (lib) types;
in
rec {
  digest = types.strMatching "sha256:[0-9a-f]{64}";
  processors = types.strMatching "(0|[1-9][0-9]*)([.][0-9]{1,3})?|(0|[1-9][0-9]*)m";
  bytes = types.strMatching "(0|[1-9][0-9]*)(Ki|Mi|Gi|Ti|Pi|k|M|G|T|P)?";
  duration = types.strMatching "([0-9]+[dhms])+";
  fact = types.oneOf [
    types.bool
    types.int
    types.float
    types.str
  ];
  # An address and a port, IPv6 in brackets.
  address = types.strMatching "([0-9]+[.][0-9]+[.][0-9]+[.][0-9]+|[[][0-9a-fA-F:.]+]):[1-9][0-9]{0,4}";
  # What stands in a unit without quotes, as a place on the machine; no `.` and no `..`, so that what
  # it is below can be seen.
  places = "/|(/[.]?[A-Za-z0-9_+@-][A-Za-z0-9._+@-]*)+";
  isPlace = text: builtins.match places text != null;
  place = types.strMatching places;
  # As systemd.resource-control(5) has it.
  limit = types.strMatching "[0-9]+[KMGT]?|[0-9]+%|infinity";
  weight = types.ints.between 1 10000;
  fileMode = types.strMatching "0[0-7]{3}";
  # A value, or several of which each is a line.
  directive = types.oneOf [
    types.bool
    types.int
    types.str
    (types.listOf types.str)
  ];
  # A signed document: a file of this configuration, or a place on the machine.
  document = types.path;
  documents = types.attrsOf document;
}
