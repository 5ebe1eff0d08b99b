# A sovereign node beside a stranger: nothing of it is reached from outside.
{ self }:
{
  name = "arch-node-agent-shut";

  nodes.node = {
    imports = [ self.nixosModules.default ];
    services.archNodeAgent = {
      enable = true;
      trustRoot.digest = "sha256:0000000000000000000000000000000000000000000000000000000000000000";
    };
  };
  nodes.stranger =
    { pkgs, ... }:
    {
      environment.systemPackages = [ pkgs.nmap ];
    };

  testScript = ''
    start_all()
    node.wait_for_unit("sockets.target")
    stranger.wait_for_unit("multi-user.target")
    node.succeed("test -z \"$(ss --no-header --listening --tcp --udp --processes | grep arch-)\"")
    node.fail("iptables -S | grep -w 7340")
    stranger.succeed("nmap -Pn -p 7340 node | grep -E '7340/tcp +(closed|filtered)'")
  '';
}
