# services.archNodeAgent: the node agent and its executor on NixOS.
#
#   table.nix ──> hardening.nix ──> units.nix ──> systemd.services, .sockets, .slices
#   (generated)   (one service)  ╱
#   options.nix ────────────────┴──> files.nix ──> /etc/arch, users, folders
#               └──> assertions.nix  (what must not be set together, and what to change)
#
# Nothing here says what a unit is denied: that is the table, which the units in dist/systemd are
# written from as well.
{
  imports = [
    ./options.nix
    ./units.nix
    ./files.nix
    ./assertions.nix
  ];
}
