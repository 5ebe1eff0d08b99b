# A machine with the node: not ready without its trust, ready with it, a job run to its end, and the
# flags of the table in force.
{ self }:
{
  name = "arch-node-agent-installed";

  nodes.machine =
    {
      imports = [ self.nixosModules.default ];
      services.archNodeAgent = {
        enable = true;
        # The root is made on the machine; a fragment in node.d/ pins it there.
        trustRoot.digest = "sha256:0000000000000000000000000000000000000000000000000000000000000000";
        executor.memoryMax = "512M";
        inputPaths = [ "/srv/inputs" ];
      };
      environment.etc."examples".source = ../../../manifests/examples;
      environment.etc."policy.yaml".source = ../../../policies/default.yaml;
      systemd.tmpfiles.rules = [ "d /srv/inputs 0755 root root -" ];
    };

  testScript = ''
    machine.wait_for_unit("sockets.target")

    with subtest("without a root the agent ends with 78 and is not started again"):
        machine.wait_until_succeeds("systemctl is-failed arch-node-agent.service")
        machine.succeed("systemctl show -P ExecMainStatus arch-node-agent | grep -qx 78")
        machine.succeed("systemctl show -P NRestarts arch-node-agent | grep -qx 0")

    with subtest("with root and policy it is ready"):
        machine.succeed(
            "archctl key generate --plain --out /root/me.key",
            "archctl root new --root /root/me.key --policy /root/me.key --jobs /root/me.key --out /etc/arch/root.yaml",
            "mkdir -p /etc/arch/node.d",
            'echo "trustRoot: \"$(archctl root show /etc/arch/root.yaml | head -1)\"" > /etc/arch/node.d/root.yaml',
            "cp --no-preserve=mode $(readlink -f /etc/policy.yaml) /etc/arch/policy.yaml",
            "archctl policy sign /etc/arch/policy.yaml --key /root/me.key",
            "systemctl reset-failed arch-node-agent",
            "systemctl start arch-node-agent",
        )
        machine.wait_for_unit("arch-node-agent.service")
        machine.succeed("archctl status")

    with subtest("what the table says is in force"):
        for unit, flag, value in [
            ("arch-node-agent", "MemoryDenyWriteExecute", "yes"),
            ("arch-node-agent", "PrivateNetwork", "yes"),
            ("arch-node-agent", "RestrictAddressFamilies", "AF_UNIX"),
            ("arch-node-agent", "Type", "notify-reload"),
            # It compiles wasm to native code: docs/HARDENING.md.
            ("arch-executor-wasm", "MemoryDenyWriteExecute", "no"),
            ("arch-executor-wasm", "PrivateNetwork", "yes"),
            ("arch-prover", "MemoryDenyWriteExecute", "yes"),
            ("arch-prover", "PrivateNetwork", "yes"),
            ("arch-executor-wasm", "MemoryMax", "536870912"),
        ]:
            found = machine.succeed(f"systemctl show -P {flag} {unit}").strip()
            assert found == value, f"{flag} of {unit} is {found}"

    with subtest("a job is run and anchored"):
        machine.succeed(
            "cp --no-preserve=mode /etc/examples/text-index.wasm /etc/arch/modules/",
            "echo one two three > /srv/inputs/text",
            "archctl job new index --owner user:me --image /etc/arch/modules/text-index.wasm --input README.md=/srv/inputs/text --arg /in --arg one --out /root/index.yaml",
            "archctl job sign /root/index.yaml --key /root/me.key",
            "cp /root/index.yaml /etc/arch/jobs/",
        )
        machine.wait_until_succeeds("archctl job list | grep -q completed")
        machine.succeed("archctl ledger verify /var/lib/archagent/ledger")

    with subtest("a reload drops nothing, a kill is mended"):
        machine.succeed("systemctl reload arch-node-agent", "archctl status")
        machine.succeed("systemctl kill -s KILL arch-node-agent")
        machine.wait_until_succeeds("archctl status")
  '';
}
