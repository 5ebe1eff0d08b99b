# pkgs.arch-node-agent.
final: _: {
  arch-node-agent = final.callPackage ./package.nix { };
}
